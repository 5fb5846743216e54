import Importers
import SchemaModel

/// The names that `[import]` has, with what they say: those of the command line, without its dashes.
private enum SettingName: String, CaseIterable {
  case alembic, sql, layout, define
  case foreignKeys = "foreign-keys"
  case env, database
  case section = "ini-section"
  case application = "app"
  case argument = "x"
  case namingConvention = "naming-convention"
  case transactionPerMigration = "transaction-per-migration"
  case authorFrom = "author-from"
  case python, path
}

/// Reads the table `[import]`.
struct SettingsReader {
  let table: [String: TOMLValue]
  /// What is wrong, where anything is.
  private(set) var problem: String?

  init(table: [String: TOMLValue]) { self.table = table }

  mutating func settings() -> ProjectSettings {
    var result = ProjectSettings()
    for key in table.keys.sorted() where SettingName(rawValue: key) == nil {
      let nearest = NearestNames.find(key, among: SettingName.allCases.map(\.rawValue))
      problem =
        "'\(key)', which is no option of an import"
        + (nearest.isEmpty ? "" : "; nearest: \(nearest.joined(separator: ", "))")
    }
    result.alembic = text(.alembic)
    result.sql = text(.sql)
    if result.alembic != nil, result.sql != nil {
      problem = "both alembic and sql; a history has one"
    }
    result.layout = choice(.layout, SQLLayout.allCases.map { ($0.rawValue, $0) })
    result.definitions = texts(.define)
    result.enforcesForeignKeys = choice(.foreignKeys, [("on", true), ("off", false)])
    result.usesEnv = flag(.env)
    result.database = text(.database)
    result.section = text(.section)
    result.application = text(.application)
    result.arguments = texts(.argument)
    result.namingConvention = text(.namingConvention)
    result.isTransactionPerMigration = flag(.transactionPerMigration) ?? false
    result.takesAuthorsFromGit = choice(.authorFrom, [("git", true), ("none", false)]) ?? true
    result.python = text(.python)
    result.paths = texts(.path)
    return result
  }

  private mutating func text(_ name: SettingName) -> String? {
    switch table[name.rawValue] {
    case nil: return nil
    case .text(let text) where !text.isEmpty && !text.utf8.contains(0): return text
    default:
      problem = "no text for '\(name.rawValue)'"
      return nil
    }
  }

  private mutating func flag(_ name: SettingName) -> Bool? {
    switch table[name.rawValue] {
    case nil: return nil
    case .flag(let flag): return flag
    default:
      problem = "neither true nor false for '\(name.rawValue)'"
      return nil
    }
  }

  private mutating func texts(_ name: SettingName) -> [String] {
    guard case .list(let values)? = table[name.rawValue] else {
      return text(name).map { [$0] } ?? []
    }
    return values.compactMap { value in
      if case .text(let text) = value { return text }
      problem = "something else than texts in '\(name.rawValue)'"
      return nil
    }
  }

  private mutating func choice<Value>(
    _ name: SettingName, _ choices: [(word: String, value: Value)]
  ) -> Value? {
    guard let word = text(name) else { return nil }
    if let found = choices.first(where: { $0.word == word }) { return found.value }
    problem =
      "'\(word)' for '\(name.rawValue)', which is \(choices.map(\.word).joined(separator: ", "))"
    return nil
  }
}

/// The file's text.
enum SettingsText {
  private static let heading = """
    # How `strata import` runs the migrations of this history, in the words of its options. Imports write
    # what they were told; people may, too. Paths begin at the folder that holds the store.
    [import]

    """

  /// The file that was there with what is said now: lines of other keys, comments and order stay. A file
  /// that was none is replaced.
  static func merged(_ settings: ProjectSettings, into bytes: [UInt8]?) -> String {
    let values = values(settings)
    guard let bytes, let text = String(validating: bytes, as: UTF8.self), text.contains("[import]"),
      (try? TOMLDocument(text)) != nil
    else { return heading + values.map { "\($0.name.rawValue) = \($0.value)\n" }.joined() }
    var left = values
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let key = line.split(separator: "=", maxSplits: 1).first.map { $0.trimmingBlanks } ?? ""
      guard let name = SettingName(rawValue: key), line.contains("=") else {
        lines.append(line)
        continue
      }
      guard let place = left.firstIndex(where: { $0.name == name }) else { continue }
      let value = left.remove(at: place).value
      lines.append(line.contains(value) ? line : "\(key) = \(value)")
    }
    while lines.last == "" { lines.removeLast() }
    lines += left.map { "\($0.name.rawValue) = \($0.value)" }
    let result = lines.joined(separator: "\n") + "\n"
    // A value of several lines was left in pieces.
    guard (try? TOMLDocument(result)) != nil else { return merged(settings, into: nil) }
    return result
  }

  private static func values(_ settings: ProjectSettings) -> [(name: SettingName, value: String)] {
    func quoted(_ text: String?) -> String? { text.map(Self.quoted) }
    func list(_ texts: [String]) -> String? {
      texts.isEmpty ? nil : "[" + texts.map(Self.quoted).joined(separator: ", ") + "]"
    }
    let found: [(SettingName, String?)] = [
      (.alembic, quoted(settings.alembic)), (.sql, quoted(settings.sql)),
      (.layout, quoted(settings.layout?.rawValue)), (.define, list(settings.definitions)),
      (.foreignKeys, settings.enforcesForeignKeys.map { $0 ? "\"on\"" : "\"off\"" }),
      (.env, settings.usesEnv.map { "\($0)" }), (.database, quoted(settings.database)),
      (.section, quoted(settings.section)), (.application, quoted(settings.application)),
      (.argument, list(settings.arguments)),
      (.namingConvention, quoted(settings.namingConvention)),
      (.transactionPerMigration, settings.isTransactionPerMigration ? "true" : nil),
      (.authorFrom, settings.takesAuthorsFromGit ? nil : "\"none\""),
      (.python, quoted(settings.python)), (.path, list(settings.paths)),
    ]
    return found.compactMap { name, value in value.map { (name, $0) } }
  }

  /// A basic string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
