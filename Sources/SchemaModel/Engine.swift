/// A live database product that can give scratch databases: the judge of every change.
public protocol Engine {
  /// One database that migrations run in, thrown away afterwards.
  associatedtype Scratch: ScratchDatabase
  /// Of the SQL that it runs, and of the captures that it gives.
  var dialect: Dialect { get }
  /// An empty database that nobody else knows of.
  func makeScratch() throws -> Scratch
}

/// An engine's error that knows what to do, where that is not to correct the script.
public protocol AdvisedError: Error {
  /// The advice, in a few words.
  var nextStep: String? { get }
}

/// One disposable database in which migrations are run to see what becomes of the schema.
public protocol ScratchDatabase: AnyObject {
  /// The URL by which a migration tool in another process reaches it.
  var url: String { get }
  /// Runs a script, statement by statement.
  /// - Parameter inTransaction: true for one transaction, where the script has none itself and holds
  ///   nothing that no transaction takes; false to commit each statement by itself, as migration
  ///   tools do with a script that says so.
  /// - Throws: an error that names the statement and what the engine said of it. What ran before it
  ///   is undone, or the scratch database is of no further use.
  func run(script: String, inTransaction: Bool) throws -> [ExecutedStatement]
  /// From now on scripts run as on a connection that a migration tool opens in this way.
  func connect(as tool: ToolConnection)
  /// Sets for the scripts of the next tool's session what those before have left set in theirs, as
  /// their warnings name it, the oldest first. False where that is had only by running them again.
  func resume(_ settings: [String]) -> Bool
  /// Reads back what is there now. `before` is what was there before `statements` ran: from both
  /// follows which object became which. Seed rows are read anew only where `statements` can have
  /// changed them.
  func capture(after before: Capture, statements: [ExecutedStatement]) throws -> Capture
  /// Says that another program is at work there now, and that a capture will follow: what it takes
  /// can be made ready meanwhile.
  func expectCapture()
  /// Takes an obstacle out of the way that another program ran into, where that is this database's
  /// to do: a role that is not there. True where a second try makes sense.
  func overcome(_ reason: String) throws -> Bool
  /// What to do about an obstacle that another program ran into; nil for no more than to correct
  /// the migration.
  func advice(on reason: String) -> String?
  /// What every transaction of a migration that another program runs must execute before its COMMIT:
  /// one statement without parameters, which raises where the transaction would change something
  /// outside of the scratch database, and marks what must be found again. Nil where the server is
  /// ours alone, or there is none. It holds for the migrations that run next.
  /// - Throws: the engine's error, since it looks at the server.
  var beforeCommit: String? { get throws }
  /// Leaves a table out of what is captured from now on: a migration tool keeps its place there.
  func keepOut(runnerTable name: String)
  /// Makes the table in which a tool keeps its place, as the tool does before its first migration, and
  /// leaves it out of what is captured; nothing where it is there, or a part of the schema.
  /// - Throws: the engine's error.
  func makeTable(of tool: MigrationTool) throws
  /// A second scratch database with the same content.
  func copy() throws -> Self
  /// Ends the connection and takes the database away; what cannot be taken away now goes with the
  /// next run. The value is of no use afterwards.
  func discard()
}

/// How a migration tool opens its connection, as far as that changes what a script does.
public struct ToolConnection: Hashable, Sendable {
  /// Whether foreign keys are enforced, where the product leaves that to each connection.
  public var enforcesForeignKeys: Bool
  /// Whether a script that asks for nothing else is sent as it is, with no transaction opened before
  /// it: whether it is one transaction all the same is the product's to say.
  public var sendsWholeScripts: Bool
  /// Whether a script for which no transaction is asked goes to the server as one query, which
  /// PostgreSQL runs as one transaction all the same.
  public var sendsOneQuery: Bool
  /// Whether one session runs all scripts of a run, so that what one sets holds for the next.
  public var keepsSession: Bool
  /// Whether such a session gets back its own role and search path before each script.
  public var restoresRoleAndPath: Bool

  public init(
    enforcesForeignKeys: Bool = false, sendsWholeScripts: Bool = false,
    sendsOneQuery: Bool = false, keepsSession: Bool = false, restoresRoleAndPath: Bool = false
  ) {
    self.restoresRoleAndPath = restoresRoleAndPath
    self.enforcesForeignKeys = enforcesForeignKeys
    self.sendsWholeScripts = sendsWholeScripts
    self.sendsOneQuery = sendsOneQuery
    self.keepsSession = keepsSession
  }
}

extension ScratchDatabase {
  public func connect(as tool: ToolConnection) {}
  public func resume(_ settings: [String]) -> Bool { false }
  public func expectCapture() {}
  public func makeTable(of tool: MigrationTool) throws {}
  public var beforeCommit: String? { nil }
  public func overcome(_ reason: String) throws -> Bool { false }
  public func advice(on reason: String) -> String? { nil }

  /// Runs a script in one transaction where the script has none itself.
  /// - Throws: an error that names the statement and what the engine said of it.
  public func run(script: String) throws -> [ExecutedStatement] {
    try run(script: script, inTransaction: true)
  }
}
