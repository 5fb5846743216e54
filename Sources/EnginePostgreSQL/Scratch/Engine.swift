internal import DialectPostgreSQL
public import SchemaModel

/// A PostgreSQL server as the judge of every change.
public struct PostgreSQLEngine: Engine {
  /// Where scratch databases are made.
  public enum Source: Hashable, Sendable {
    /// On a server of the user's, whose role there may create databases.
    case url(String)
    /// In a temporary cluster of our own; nil is the newest version on this machine.
    case temporary(version: Int?)
  }

  /// Seconds that a script may take; nil for no limit.
  public var timeout: Double?
  /// What its databases leave out of what is captured.
  public var runnerTables: RunnerTables
  private let host: ScratchHost

  /// Nothing is started before the first scratch database is wanted.
  /// - Parameters:
  ///   - rights: what migrations may do in a temporary cluster.
  ///   - trustsMigrations: lets a role of the user's server run them that may do there what no
  ///     transaction undoes.
  ///   - announce: told what the role may do on a server of the user's, before the first of them.
  public init(
    source: Source = .temporary(version: nil), timeout: Double? = nil,
    runnerTables: RunnerTables = RunnerTables(), rights: PostgreSQLCluster.Rights = .databaseOwner,
    trustsMigrations: Bool = false, announce: ((ServerPowers) -> Void)? = nil
  ) {
    self.timeout = timeout
    self.runnerTables = runnerTables
    host = ScratchHost(source, rights: rights)
    host.serverAccess.trustsMigrations = trustsMigrations
    host.serverAccess.announce = announce
  }

  /// In a cluster that somebody else started and holds.
  public init(cluster: PostgreSQLCluster, timeout: Double? = nil) {
    self.timeout = timeout
    runnerTables = RunnerTables()
    host = ScratchHost(cluster: cluster)
  }

  public var dialect: Dialect { .postgresql }

  /// - Throws: `PostgreSQLEngineError`.
  public func makeScratch() throws -> PostgreSQLScratch {
    let scratch = try PostgreSQLScratch(host: host, runnerTables: runnerTables)
    scratch.timeout = timeout
    return scratch
  }

  /// The server's major version.
  /// - Throws: `PostgreSQLEngineError`, since it may be the first to need the server.
  public func majorVersion() throws -> Int { try host.server().majorVersion }

  /// Whether a script seems to make roles. It reads words, for what is only cheaper if it is right.
  public static func mayMakeRoles(_ script: String) -> Bool { RoleWords.areIn(script) }

  /// Removes what processes that were killed left behind, as the first scratch database does too.
  public func sweepLeftovers() { host.sweepLeftovers() }

  /// Drops all scratch databases of this process on servers of the user's: for the end by a signal,
  /// from any thread. Temporary clusters need no help.
  public static func dropAll() { LiveDatabases.dropAll() }
}
