internal import FileSystem
internal import SchemaModel

/// A database of the user's, into which a baseline goes.
public enum SQLiteTarget {
  /// Why a baseline was not created.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The database has objects already; a few of their names.
    case notEmpty(path: String, objects: [String], count: Int)
    case engine(SQLiteEngineError)

    public var description: String {
      switch self {
      case .notEmpty(let path, let objects, let count):
        "expected a new or empty database at \(VisibleText.line(path)), found \(count) objects ("
          + objects.map { VisibleText.line($0) }.joined(separator: ", ")
          + (count > objects.count ? ", ..." : "")
          + "); name another file, or empty this one first. Nothing was changed"
      case .engine(let error): "\(error)\nNothing was changed"
      }
    }
  }

  /// Creates a baseline in a new or empty database, in one transaction; `runnerStatements` run last
  /// in it. A file that was made for it goes again when it fails.
  /// - Throws: `Failure.notEmpty` where the database holds any object; `Failure.engine` with
  ///   SQLite's own words.
  public static func create(
    baseline statements: [String], into path: String, runnerStatements: [String] = []
  ) throws(Failure) {
    let isNew = !Files.exists(path)
    do {
      try create(statements + runnerStatements, path)
    } catch {
      if isNew {
        for suffix in ["", "-journal", "-wal", "-shm"] {
          Files.removeTree(path + suffix)
        }
      }
      throw error
    }
  }

  private static func create(_ statements: [String], _ path: String) throws(Failure) {
    do {
      let connection = try SQLiteConnection(path: path)
      // The lock first, so that nobody fills the database between the look and the baseline.
      try connection.execute("BEGIN IMMEDIATE")
      let found = try objects(connection)
      guard found.isEmpty else {
        throw Failure.notEmpty(path: path, objects: Array(found.prefix(5)), count: found.count)
      }
      for statement in statements { try connection.execute(statement) }
      try connection.execute("COMMIT")
    } catch let error as Failure {
      throw error
    } catch let error as SQLiteEngineError {
      throw .engine(error)
    } catch {
      throw .engine(.files("\(error)"))
    }
  }

  private static func objects(_ connection: SQLiteConnection) throws -> [String] {
    try connection.prepare(
      "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).rows { $0.text(0) }
  }
}
