import EnginePostgreSQL
import Foundation

/// One temporary cluster for all suites here: it starts when the first test wants it, and goes with
/// the process.
enum Shared {
  nonisolated(unsafe) private static let started = Result {
    let cluster = try PostgreSQLCluster()
    // Roles are the whole cluster's: two scripts that each make one where it is missing do not get
    // on beside each other.
    let server = try PostgreSQLConnection(cluster.location)
    for role in ["r1", "\"R 2\"", "r9"] { try server.execute("CREATE ROLE \(role)") }
    return cluster
  }

  /// Roles belong to the whole cluster: scripts that rename one must not run beside others that
  /// use it.
  static let renamingRoles = NSLock()

  static func cluster() throws -> PostgreSQLCluster { try started.get() }

  /// An engine whose scratch databases are in the shared cluster.
  static func engine(timeout: Double? = nil) throws -> PostgreSQLEngine {
    PostgreSQLEngine(cluster: try cluster(), timeout: timeout)
  }

  /// An engine for which the shared cluster is a server of somebody else's.
  static func foreignEngine(
    _ change: (inout PostgreSQLLocation) -> Void = { _ in }
  ) throws -> PostgreSQLEngine {
    var location = try cluster().location
    change(&location)
    return PostgreSQLEngine(source: .url(location.url), trustsMigrations: true)
  }

  static func connection() throws -> PostgreSQLConnection {
    try PostgreSQLConnection(cluster().location)
  }

  /// Calls `body` with an empty database that goes afterwards.
  static func withDatabase(_ body: (PostgreSQLLocation) throws -> Void) throws {
    let name = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
    let server = try connection()
    try server.execute("CREATE DATABASE \(name) TEMPLATE template0")
    defer { try? server.execute("DROP DATABASE \(name) WITH (FORCE)") }
    try body(server.location.with(database: name))
  }
}

extension PostgreSQLScratch {
  /// The first column of a query, by a connection of its own.
  func column(_ sql: String) throws -> [String] {
    try PostgreSQLConnection(location).query(sql).compactMap { $0.first.flatMap { $0 } }
  }

  /// The tables that are there.
  func tables() throws -> [String] {
    try column("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
  }
}
