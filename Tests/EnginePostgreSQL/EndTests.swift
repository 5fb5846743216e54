import EnginePostgreSQL
import Foundation
import Testing

@Suite("What a process leaves on a server of the user's")
struct EndTests {
  /// Values that nobody lets go.
  nonisolated(unsafe) private static var kept: [PostgreSQLScratch] = []

  private static func names(_ cluster: PostgreSQLCluster) throws -> [String] {
    try PostgreSQLConnection(cluster.location).query(
      "SELECT datname FROM pg_database WHERE datname LIKE 'strata%'"
    ).compactMap { $0.first ?? nil }
  }

  @Test("scratch databases go when a process ends, also with values that are alive, or by a signal")
  func exits() async throws {
    let cluster = try PostgreSQLCluster()
    let url = cluster.location.url
    await #expect(processExitsWith: .exitCode(3)) { [url = url as String] in
      EndTests.kept.append(
        try PostgreSQLEngine(source: .url(url), trustsMigrations: true).makeScratch())
      exit(3)
    }
    #expect(try Self.names(cluster).isEmpty)
    await #expect(processExitsWith: .exitCode(4)) { [url = url as String] in
      EndTests.kept.append(
        try PostgreSQLEngine(source: .url(url), trustsMigrations: true).makeScratch())
      // As the command line does when it is interrupted.
      Thread {
        PostgreSQLEngine.dropAll(); _exit(4)
      }.start()
      while true { pause() }
    }
    #expect(try Self.names(cluster).isEmpty)
  }

  @Test("what a process that was killed could not drop goes at the next start")
  func killed() async throws {
    let cluster = try PostgreSQLCluster()
    let url = cluster.location.url
    await #expect(processExitsWith: .signal(SIGKILL)) { [url = url as String] in
      EndTests.kept.append(
        try PostgreSQLEngine(source: .url(url), trustsMigrations: true).makeScratch())
      kill(getpid(), SIGKILL)
    }
    #expect(try Self.names(cluster).count == 1)
    let scratch = try PostgreSQLEngine(source: .url(url), trustsMigrations: true).makeScratch()
    #expect(try Self.names(cluster) == [scratch.location.database])
  }
}
