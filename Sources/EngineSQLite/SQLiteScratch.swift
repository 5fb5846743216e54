public import SchemaModel
internal import SchemaSQL

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One disposable SQLite database: a file in a folder of its own, so that a migration tool in
/// another process can work on it too. The folder goes with the value.
public final class SQLiteScratch: ScratchDatabase {
  /// Seconds that a script may take; nil for no limit.
  public var timeout: Double?
  /// What is left out of what is captured.
  public var runnerTables = RunnerTables()
  private let folder: String
  private var connection: SQLiteConnection?

  /// The database's file.
  public var path: String { folder + "/scratch.db" }
  public var url: String { "sqlite:///" + path }

  /// An empty scratch database.
  /// - Throws: `SQLiteEngineError`.
  public convenience init() throws {
    try self.init(folder: Self.makeFolder())
    _ = try open()
  }

  /// A scratch database that begins as a copy of the database at `path`, which stays as it is.
  /// - Throws: `SQLiteEngineError`.
  public convenience init(at path: String) throws {
    try self.init(folder: Self.makeFolder())
    try Self.copyFile(path, self.path)
  }

  private init(folder: String) throws { self.folder = folder }

  deinit { discard() }

  private static func makeFolder() throws -> String {
    let root = FileManager.default.temporaryDirectory.path
    let folder = (root.hasSuffix("/") ? root : root + "/") + "strata-scratch-" + UUID().uuidString
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw SQLiteEngineError.files("cannot make the scratch folder \(folder): \(error)")
    }
    return folder
  }

  private static func copyFile(_ source: String, _ target: String) throws {
    do {
      try? FileManager.default.removeItem(atPath: target)
      try FileManager.default.copyItem(atPath: source, toPath: target)
    } catch {
      throw SQLiteEngineError.files("cannot copy \(source) to \(target): \(error)")
    }
  }

  func open() throws(SQLiteEngineError) -> SQLiteConnection {
    if let connection { return connection }
    let opened = try SQLiteConnection(path: path)
    // Nobody mourns a scratch database that a power cut takes.
    try opened.execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY")
    connection = opened
    return opened
  }

  /// Closes the file such that its bytes are all there is of the database.
  private func settle() throws {
    let connection = try open()
    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE")
    self.connection = nil
  }

  public func run(script: String, inTransaction: Bool) throws -> [ExecutedStatement] {
    let script = SQLite.Script(script)
    if script.statements.isEmpty { return [] }
    if inTransaction, !script.controlsTransactions {
      return try runInTransaction(script)
    }
    // What such a script commits on its way cannot be rolled back.
    let backup = folder + "/before.db"
    try settle()
    try Self.copyFile(path, backup)
    defer { try? FileManager.default.removeItem(atPath: backup) }
    do {
      let executed = try runAsWritten(script)
      try settle()
      return executed
    } catch {
      connection = nil
      try Self.copyFile(backup, path)
      throw error
    }
  }

  private func runInTransaction(_ script: SQLite.Script) throws -> [ExecutedStatement] {
    let connection = try open()
    try connection.execute("BEGIN IMMEDIATE")
    do {
      let executed = try execute(script, connection)
      try connection.execute("COMMIT")
      return executed
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      // Pragmas of the script would outlive the rollback.
      self.connection = nil
      throw error
    }
  }

  private func runAsWritten(_ script: SQLite.Script) throws -> [ExecutedStatement] {
    let connection = try open()
    let executed = try execute(script, connection)
    if connection.isInTransaction { try connection.execute("COMMIT") }
    return executed
  }

  /// A migration that is tried must not leave anything beside the scratch database.
  private static func refuseOtherFiles(_ statement: SQLite.Script.Statement) throws {
    let words = statement.sql.uppercased().split(whereSeparator: \.isWhitespace)
    let reachesOut = words.first == "ATTACH" || (words.first == "VACUUM" && words.contains("INTO"))
    guard reachesOut else { return }
    throw SQLiteEngineError.failed(
      sql: statement.sql, line: statement.line,
      message: "it reaches another file, which Strata does not let a migration do while it is tried"
    )
  }

  private func execute(
    _ script: SQLite.Script, _ connection: SQLiteConnection
  ) throws -> [ExecutedStatement] {
    try connection.limited(to: timeout) {
      for statement in script.statements {
        try Self.refuseOtherFiles(statement)
        try connection.execute(statement.sql, line: statement.line)
      }
      return script.statements.map { ExecutedStatement(sql: $0.sql) }
    }
  }

  public func capture(
    after before: Capture, statements: [ExecutedStatement]
  ) throws -> Capture {
    try SQLiteCapture(connection: open(), runnerTables: runnerTables)
      .capture(after: before, statements: statements)
  }

  public func keepOut(runnerTable name: String) { _ = runnerTables.insert(name) }

  public func copy() throws -> SQLiteScratch {
    try settle()
    let copy = try SQLiteScratch(at: path)
    copy.timeout = timeout
    copy.runnerTables = runnerTables
    return copy
  }

  /// Writes the database to `path`, whole or not at all.
  /// - Throws: `SQLiteEngineError`.
  public func persist(to path: String) throws {
    try settle()
    let beside = path + ".new"
    try Self.copyFile(self.path, beside)
    guard rename(beside, path) == 0 else {
      throw SQLiteEngineError.files("cannot put the scratch database at \(path)")
    }
  }

  public func discard() {
    connection = nil
    try? FileManager.default.removeItem(atPath: folder)
  }
}
