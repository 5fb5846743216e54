public import SchemaModel
internal import DialectSQLite

internal import FileSystem

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
  public var runnerTables = RunnerTables() { didSet { state.forget() } }
  private let folder: String
  private var connection: SQLiteConnection?
  private var state = CatalogState()
  private var tool: ToolConnection?
  private var settings = SessionSettings()
  /// Tables of tools that were made in it.
  private var toolTables: Set<String> = []
  /// What earlier scripts have left set, for the session that comes.
  private var resumed: [String] = []
  /// What was left set since it was last asked.
  private var left: Set<String> = []

  /// The database's file.
  public var path: String { folder + "/scratch.db" }
  public var url: String { "sqlite:///" + path }

  /// An empty scratch database.
  /// - Throws: `SQLiteEngineError`.
  public convenience init() throws {
    try self.init(folder: ScratchFiles.makeFolder())
    _ = try open()
  }

  /// A scratch database that begins as a copy of the database at `path`, which stays as it is.
  /// - Throws: `SQLiteEngineError`.
  public convenience init(at path: String) throws {
    try self.init(folder: ScratchFiles.makeFolder())
    try ScratchFiles.copy(path, self.path)
  }

  /// A scratch database that begins as a copy of the open file `descriptor`, as it is from its first
  /// byte on.
  /// - Throws: `SQLiteEngineError`.
  public convenience init(copying descriptor: Int32) throws {
    try self.init(folder: ScratchFiles.makeFolder())
    let path = path
    try ScratchFiles.make(path) { try FileWriter.copy(descriptor, to: $0, named: path) }
  }

  private init(folder: String) throws { self.folder = folder }

  deinit { discard() }

  func open() throws(SQLiteEngineError) -> SQLiteConnection {
    if let connection { return connection }
    let opened = try SQLiteConnection(path: path)
    // Nobody mourns a scratch database that a power cut takes.
    try opened.execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY")
    try SessionSettings().putOn(opened)
    connection = opened
    return opened
  }

  /// Closes the file such that its bytes are all there is of the database.
  private func settle() throws {
    let connection = try open()
    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE")
    self.connection = nil
  }

  public func connect(as tool: ToolConnection) {
    // Its session goes on from script to script.
    if tool.keepsSession, tool == self.tool { return }
    self.tool = tool
    settings = SessionSettings(enforcesForeignKeys: tool.enforcesForeignKeys)
    if tool.keepsSession { for change in resumed { _ = settings.take(change) } }
  }

  public func resume(_ settings: [String]) -> Bool {
    let changes = settings.flatMap { $0.split(separator: ", ").map(String.init) }
    var trial = SessionSettings()
    guard changes.allSatisfy({ trial.take($0) }) else { return false }
    resumed = changes
    return true
  }

  public func run(script: String, inTransaction: Bool) throws -> [ExecutedStatement] {
    try Self.refuseNUL(script)
    let script = SQLite.Script(script)
    if script.statements.isEmpty { return [] }
    // A script that is sent as it is commits each statement by itself.
    if inTransaction, tool?.sendsWholeScripts != true, !script.controlsTransactions {
      return try runInTransaction(script)
    }
    if script.undoesItself { return try runAlone(script) }
    // What such a script commits on its way cannot be rolled back.
    let backup = folder + "/before.db"
    try settle()
    try ScratchFiles.copy(path, backup)
    defer { Files.removeTree(backup) }
    do {
      let executed = try runAsWritten(script)
      try settle()
      return executed
    } catch {
      connection = nil
      try ScratchFiles.copy(backup, path)
      throw error
    }
  }

  /// Wherever it stands, also in a comment: a tool that gives SQLite the whole script runs nothing of
  /// what follows.
  private static func refuseNUL(_ script: String) throws(SQLiteEngineError) {
    guard let nul = script.utf8.firstIndex(of: 0) else { return }
    let before = script.utf8[..<nul]
    let rest = before.lastIndex(of: UInt8(ascii: "\n")).map { script.utf8.index(after: $0) }
    throw .failed(
      sql: String(script[(rest ?? script.startIndex)...].prefix { $0 != "\n" }),
      line: before.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) },
      message: "expected text, found a NUL character, at which SQLite stops reading; remove it")
  }

  /// Some settings do nothing within a transaction, so they come before.
  private func openForTool() throws -> SQLiteConnection {
    let connection = try open()
    if settings != SessionSettings() { try settings.putOn(connection) }
    return connection
  }

  /// What a script sets holds for the next one, where one session of the tool's runs both; for nothing
  /// of ours.
  private func keepSettings(of connection: SQLiteConnection, after script: SQLite.Script) throws {
    let maySet = script.statements.contains { SessionSettings.maySet($0.sql) }
    guard maySet || settings != SessionSettings() else { return }
    if maySet, tool?.keepsSession == true {
      let before = settings
      try settings.read(connection)
      left.formUnion(settings.changes(since: before))
    }
    try SessionSettings().putOn(connection)
  }

  private func runInTransaction(_ script: SQLite.Script) throws -> [ExecutedStatement] {
    let connection = try openForTool()
    try connection.execute("BEGIN IMMEDIATE")
    do {
      let executed = try execute(script, connection)
      try connection.execute("COMMIT")
      try keepSettings(of: connection, after: script)
      return executed
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      // Pragmas of the script would outlive the rollback.
      self.connection = nil
      throw error
    }
  }

  private func runAlone(_ script: SQLite.Script) throws -> [ExecutedStatement] {
    do {
      let executed = try runAsWritten(script)
      if script.leavesTraces { try settle() }
      return executed
    } catch {
      if let connection, connection.isInTransaction { try? connection.execute("ROLLBACK") }
      connection = nil
      throw error
    }
  }

  private func runAsWritten(_ script: SQLite.Script) throws -> [ExecutedStatement] {
    let connection = try openForTool()
    let executed = try execute(script, connection)
    if connection.isInTransaction { try connection.execute("COMMIT") }
    try keepSettings(of: connection, after: script)
    return executed
  }

  private func execute(
    _ script: SQLite.Script, _ connection: SQLiteConnection
  ) throws -> [ExecutedStatement] {
    try connection.limited(to: timeout) {
      for statement in script.statements {
        try connection.execute(statement.sql, line: statement.line)
      }
      return script.statements.map { ExecutedStatement(sql: $0.sql) }
    }
  }

  public func capture(
    after before: Capture, statements: [ExecutedStatement]
  ) throws -> Capture {
    var capture = try state.capture(open(), runnerTables, after: before, statements: statements)
    if !left.isEmpty { capture.warnings.append(SessionWarning.text(left.sorted())) }
    left = []
    return capture
  }

  /// What the database shows, where it is proved to be the one that was recorded: its schema and
  /// every row, and nothing beside them but `runners`, of which Alembic's says `version`. Nil for
  /// any other, also a damaged one.
  public func proved(
    as recorded: Capture, runners: [RunnerTable], version: String
  ) -> Capture? {
    do {
      return try ScratchProof(
        connection: open(), recorded: recorded, runners: runners, runnerTables: runnerTables,
        version: version
      ).capture()
    } catch {
      return nil
    }
  }

  /// Whether the schema has tables whose rows nobody can read, and no baseline holds.
  public static func hidesRows(_ schema: Schema) -> Bool {
    schema.objects.values.contains { $0.table.map(SpecialTables.isContentless) ?? false }
  }

  public func keepOut(runnerTable name: String) {
    if !runnerTables.contains(name) { _ = runnerTables.insert(name) }
  }

  public func makeTable(of tool: MigrationTool) throws {
    guard !runnerTables.kept.contains(tool.tableName), toolTables.insert(tool.tableName).inserted
    else { return }
    keepOut(runnerTable: tool.tableName)
    _ = try run(script: SQLite.runnerTable(of: tool))
  }

  public func copy() throws -> SQLiteScratch {
    try settle()
    let copy = try SQLiteScratch(at: path)
    copy.timeout = timeout
    copy.runnerTables = runnerTables
    copy.tool = tool
    copy.settings = settings
    copy.toolTables = toolTables
    copy.resumed = resumed
    copy.left = left
    copy.state = state
    return copy
  }

  /// Writes the database to `path`, whole or not at all.
  /// - Throws: `SQLiteEngineError`.
  public func persist(to path: String) throws {
    try settle()
    let beside = path + ".new"
    try ScratchFiles.copy(self.path, beside)
    guard rename(beside, path) == 0 else {
      throw SQLiteEngineError.files("cannot put the scratch database at \(path)")
    }
  }

  /// Writes the database to the open file `descriptor`.
  /// - Throws: `SQLiteEngineError`.
  public func persist(to descriptor: Int32) throws {
    try settle()
    let source = try ScratchFiles.openForReading(path)
    defer { close(source) }
    do {
      try FileWriter.copy(source, to: descriptor, named: path)
    } catch {
      throw SQLiteEngineError.files("cannot copy the scratch database: \(error.reason)")
    }
  }

  public func discard() {
    connection = nil
    Files.removeTree(folder)
  }
}
