import ArgumentParser
import SchemaHistory
import SchemaModel

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What changed between two revisions.",
    discussion: """
      text is one line an operation; sql shows the engine's own text of each changed object, before \
      and after; stat counts. With --exit-code the command ends with 1 where there is a difference.

      Example:
        strata diff v1.0 v1.1
        strata diff head~1 --format sql --object users
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, sql, json, stat }

  @OptionGroup var location: StoreOptions
  @Argument(help: ArgumentHelp("The older revision.", valueName: "a"))
  var from: String
  @Argument(help: ArgumentHelp("The newer revision; head without it.", valueName: "b"))
  var to: String?
  @Option(help: ArgumentHelp("Only what concerns it.", valueName: "object"))
  var object: String?
  @Option(help: "The form: text, sql, json, stat.")
  var format: Format = .text
  @Flag(help: "End with 1 where there is a difference.")
  var exitCode = false

  func run() throws {
    let history = try location.openForReading()
    let (a, b) = (try history.resolve(from), try history.resolve(orHead: to))
    var operations = try history.diff(from: a, to: b)
    if let object {
      let name = try named(object, a, b, history)
      operations = operations.filter { OperationScope($0).concerns(name) }
    }
    switch format {
    case .text: Console.print(Self.visible(operations).map { OperationLine($0).text })
    case .sql: Console.print(try texts(operations, a, b, history))
    case .stat: Console.print(DiffStatistics(operations).lines)
    case .json:
      Console.print(
        JSONValue.object([
          ("from", .text(a.text)), ("to", .text(b.text)),
          ("operations", .list(operations.map(RevisionDocument.operation))),
        ]).document)
    }
    if exitCode, !operations.isEmpty { throw ExitCode(ExitStatus.different.rawValue) }
  }

  private func named(
    _ object: String, _ a: RevisionID, _ b: RevisionID, _ history: History
  ) throws -> ObjectName {
    do {
      return try history.object(named: object, at: b)
    } catch {
      // What was dropped in between is known only before.
      if let old = try? history.object(named: object, at: a) { return old }
      throw error
    }
  }

  /// A rewritten text says nothing more where the same table's changes are shown.
  static func visible(_ operations: [SchemaModel.Operation]) -> [SchemaModel.Operation] {
    var told: Set<ObjectPath> = []
    for operation in operations {
      if case .rewriteText = operation { continue }
      told.formUnion(operation.subjects)
    }
    return operations.filter {
      if case .rewriteText(let change) = $0 { return !told.contains(change.table) }
      return true
    }
  }

  /// Every changed object as a unified diff of the engine's text.
  private func texts(
    _ operations: [SchemaModel.Operation], _ a: RevisionID, _ b: RevisionID, _ history: History
  ) throws -> [String] {
    let (old, new) = (try history.schema(at: a), try history.schema(at: b))
    var oldPath: [ObjectPath: ObjectPath] = [:]
    for case .renameObject(let change) in operations {
      oldPath[change.newPath] = oldPath.removeValue(forKey: change.path) ?? change.path
    }
    let gone = Set(oldPath.values)
    let subjects = Set(operations.flatMap(\.subjects))
    var lines: [String] = []
    for path in subjects.sorted() where new.objects[path] != nil || !gone.contains(path) {
      let before = oldPath[path] ?? path
      let texts = (old.objects[before]?.text, new.objects[path]?.text)
      let difference = LineDiff.lines(from: Self.lines(texts.0), to: Self.lines(texts.1))
      guard !difference.isEmpty else { continue }
      lines.append(Style.strong("--- " + (old.objects[before] == nil ? "nothing" : "\(before)")))
      lines.append(Style.strong("+++ " + (new.objects[path] == nil ? "nothing" : "\(path)")))
      lines += difference.map(Self.colored)
    }
    return lines
  }

  private static func lines(_ text: String?) -> [String] {
    guard let text else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static func colored(_ line: String) -> String {
    switch line.first {
    case "+": Style.added(line)
    case "-": Style.removed(line)
    case "@": Style.mark(line)
    default: line
    }
  }
}

/// How much changed, object by object.
struct DiffStatistics {
  let lines: [String]

  init(_ operations: [SchemaModel.Operation]) {
    var kinds: [ObjectPath: [String: Int]] = [:]
    var total: [String: Int] = [:]
    for operation in Diff.visible(operations) {
      guard let subject = operation.subjects.last else { continue }
      kinds[subject, default: [:]][operation.kind, default: 0] += 1
      total[OperationLine(operation).mark, default: 0] += 1
    }
    let rows = kinds.keys.sorted().map { path in
      let counts = (kinds[path] ?? [:]).sorted { $0.key < $1.key }
        .map { $0.value == 1 ? $0.key : "\($0.value) x \($0.key)" }
      return [path.description, "| " + counts.joined(separator: ", ")]
    }
    let table = TextTable(header: ["", ""], rows: rows).lines(rule: false)
    lines =
      table + [
        "\(Plural.text(rows.count, "object")) changed: \(Plural.text(total["+"] ?? 0, "addition")), "
          + "\(Plural.text(total["-"] ?? 0, "removal")), \(Plural.text(total["~"] ?? 0, "alteration"))"
      ]
  }
}

extension Diff: PlainVerb {
  static func plain(_ words: ArraySlice<String>) -> Diff? {
    guard
      let line = PlainCommandLine(
        words, options: ["--store", "--object", "--format"], flags: ["--exit-code"], arguments: 2),
      let from = line.argument(0), let format = line.choice("--format", orElse: Format.text)
    else { return nil }
    var verb = Diff()
    verb.location = StoreOptions.plain(line)
    verb.from = from
    verb.to = line.argument(1)
    verb.object = line.value("--object")
    verb.format = format
    verb.exitCode = line.has("--exit-code")
    return verb
  }
}
