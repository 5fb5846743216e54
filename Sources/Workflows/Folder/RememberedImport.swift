import SchemaModel
import FileSystem
import FoundationEssentials
import Importers
import SchemaHistory

/// How a folder was imported last: a convenience beside the log, for running it the same way again.
/// Losing the file loses only that.
///
/// It lies in the store, which may come from anybody: so nothing that names a program or a path is
/// read from it (`UserMemory` has those).
struct RememberedImport: Codable {
  /// Nil where the folder had no env.py.
  var usesEnv: Bool?
  var database: String?
  var namingConvention: String?
  var isTransactionPerMigration: Bool
  /// Of a folder of SQL, where it was said.
  var layout: String?

  var sqlLayout: SQLLayout? { layout.flatMap { SQLLayout(rawValue: $0) } }

  private static func path(_ store: String) -> String { store + "/import.json" }

  /// Nil where none was written.
  /// - Throws: `WorkflowError.refused` for a file that is none: run otherwise than the last time, the same
  ///   migrations may leave something else.
  static func read(_ store: String) throws -> RememberedImport? {
    guard Files.exists(path(store)) else { return nil }
    guard let bytes = Files.readPlain(path(store)),
      let found = try? JSONDecoder().decode(RememberedImport.self, from: Data(bytes))
    else {
      throw WorkflowError.refused(
        "expected in \(path(store)) how the folder was imported last, found something else; nothing was "
          + "changed. Remove the file, and say it again (--layout; --env or --no-env and what goes "
          + "with it)")
    }
    return found
  }

  func write(_ store: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return }
    try? Files.write(Array(data), to: Self.path(store))
  }
}

extension AlembicSettings {
  /// Remembers these for the next run, with paths that hold from any working directory.
  func remember(in store: String, _ place: UserMemory.Place) {
    func absolute(_ path: String) -> String {
      // A bare name is looked up on the PATH.
      path.contains("/") ? Files.standardized(path) : path
    }
    RememberedImport(
      usesEnv: usesEnv, database: database, namingConvention: namingConvention,
      isTransactionPerMigration: isTransactionPerMigration
    ).write(store)
    place.update(of: store) {
      $0.python = python.map(absolute)
      $0.paths = paths.map(absolute)
      $0.arguments = arguments
      $0.application = application
    }
  }
}

extension SQLSettings {
  /// The one that is said, else the one that was said before, unless the files shall tell it.
  func layout(of history: History) throws -> SQLLayout? {
    if guessesLayout { return nil }
    return try layout ?? RememberedImport.read(history.directory)?.sqlLayout
  }

  /// Remembers what was said of the layout for the next run.
  func remember(in history: History) {
    guard layout != nil || guessesLayout else { return }
    let remembered = try? RememberedImport.read(history.directory)
    guard layout != remembered?.sqlLayout else { return }
    var next = remembered ?? RememberedImport(isTransactionPerMigration: false)
    next.layout = guessesLayout ? nil : layout?.rawValue
    next.write(history.directory)
  }
}
