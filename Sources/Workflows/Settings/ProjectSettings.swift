import FileSystem
import FoundationEssentials
import Importers
import SchemaHistory
import SchemaModel

/// How a history's folder is imported, in the words of the command line: what the last import was told,
/// in one file of the store that people may write and commit. Losing it loses only that.
///
/// It may come from anybody. So what it says of programs, of Python's path and of what env.py is given is
/// believed only where the user has said the same before (`UserMemory`), and a folder outside of the
/// store's own neither.
struct ProjectSettings: Hashable {
  /// A folder of the one or of the other kind, as it is written.
  var alembic: String?
  var sql: String?

  var python: String?
  var paths: [String] = []
  var section: String?
  /// Nil where the folder had no env.py.
  var usesEnv: Bool?
  var database: String?
  var arguments: [String] = []
  var application: String?
  var namingConvention: String?
  var isTransactionPerMigration = false
  /// False where `--author-from none` was said.
  var takesAuthorsFromGit = true

  var layout: SQLLayout?
  /// Values may be secrets: only people write them here.
  var definitions: [String] = []
  var enforcesForeignKeys: Bool?

  static let fileName = "settings.toml"

  static func path(_ store: String) -> String { "\(store)/\(fileName)" }

  /// Nil where none was written.
  /// - Throws: `WorkflowError.refused` for a file that is none: run otherwise than the last time, the same
  ///   migrations may leave something else.
  static func read(_ store: String) throws -> ProjectSettings? {
    let path = path(store)
    guard Files.exists(path) || Files.isLink(path) else { return try earlier(store) }
    func refused(_ why: String) -> WorkflowError {
      .refused(
        "expected in \(path) how the folder is imported, \(why); nothing was changed. Correct the file, or "
          + "remove it and say it again (--layout; --env or --no-env and what goes with it)")
    }
    guard let bytes = Files.readPlain(path), let text = String(validating: bytes, as: UTF8.self)
    else { throw refused("found no file of text") }
    let document: TOMLDocument
    do {
      document = try TOMLDocument(text)
    } catch {
      throw refused("found in line \(error.line): \(error.why)")
    }
    if let other = document.root.keys.sorted().first(where: { $0 != "import" }) {
      throw refused("found '\(other)' outside of [import]")
    }
    var reader = SettingsReader(table: document.table("import") ?? [:])
    let settings = reader.settings()
    if let problem = reader.problem { throw refused("found \(problem)") }
    return settings
  }

  /// What earlier versions wrote, without a folder.
  private static func earlier(_ store: String) throws -> ProjectSettings? {
    struct Note: Decodable {
      var usesEnv: Bool?
      var database: String?
      var namingConvention: String?
      var isTransactionPerMigration: Bool
      var layout: String?
    }
    let path = "\(store)/import.json"
    guard Files.exists(path) else { return nil }
    guard let bytes = Files.readPlain(path),
      let note = try? JSONDecoder().decode(Note.self, from: Data(bytes))
    else {
      throw WorkflowError.refused(
        "expected in \(path) how the folder was imported last, found something else; nothing was "
          + "changed. Remove the file, and say it again (--layout; --env or --no-env and what goes "
          + "with it)")
    }
    var settings = ProjectSettings()
    settings.usesEnv = note.usesEnv
    settings.database = note.database
    settings.namingConvention = note.namingConvention
    settings.isTransactionPerMigration = note.isTransactionPerMigration
    settings.layout = note.layout.flatMap { SQLLayout(rawValue: $0) }
    return settings
  }

  /// Writes what is not there already. Lines that are somebody else's stay as they are, comments too.
  /// - Returns: why it was not written, for a warning: it is a convenience.
  @discardableResult
  func write(_ store: String) -> String? {
    guard (try? Self.read(store)) != self || Files.exists("\(store)/import.json") else {
      return nil
    }
    let path = Self.path(store)
    let text = SettingsText.merged(self, into: Files.readPlain(path))
    do {
      try Files.write(Array(text.utf8), to: path)
    } catch {
      return "\(error): `strata import` and `strata truncate` alone will not know this folder"
    }
    Files.removeTree("\(store)/import.json")
    return nil
  }
}

extension ProjectSettings {
  /// The folder that relative paths begin at: the one that holds the store.
  static func root(_ store: String) -> String {
    Files.parent(of: Files.absolute(store)) ?? "/"
  }

  /// As it is to be written: relative to the store's neighbours where it lies among them.
  static func written(_ path: String, _ store: String) -> String {
    let (absolute, root) = (Files.standardized(path), root(store))
    if absolute == root { return "." }
    let prefix = root == "/" ? "/" : root + "/"
    return absolute.hasPrefix(prefix) ? String(absolute.dropFirst(prefix.count)) : absolute
  }

  /// As it is to be opened.
  static func opened(_ path: String, _ store: String) -> String {
    path.hasPrefix("/") ? path : Files.standardized("\(root(store))/\(path)")
  }

  /// Whether a path names what lies beside the store, or below.
  static func isNeighbour(_ path: String, _ store: String) -> Bool {
    guard let real = Files.real(opened(path, store)), let root = Files.real(root(store)) else {
      return false
    }
    return real == root || real.hasPrefix(root == "/" ? "/" : root + "/")
  }
}
