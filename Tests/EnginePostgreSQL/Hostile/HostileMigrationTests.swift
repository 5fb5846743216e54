import CLibPQ
import Foundation
import SchemaModel
import Testing

@testable import EnginePostgreSQL

@Suite("Hostile migrations in a temporary PostgreSQL")
struct HostileMigrationTests {
  @Test("Nothing outside changes when they run as a database's owner, by roles alone")
  func asOwner() throws {
    let trial = try HostileTrial(rights: .databaseOwner, isConfined: false)
    var rows: [[String]] = []
    for hostile in HostileCase.all {
      let outcome = try trial.run(hostile)
      #expect(outcome.effects == [], "\(hostile.name): \(outcome.answer)")
      rows.append([hostile.name, outcome.answer, "\(outcome.effects.count)"])
    }
    #expect(rows.count >= 40)
    #expect(rows.filter { $0[1].hasPrefix("refused") }.count >= 40)
    try SecurityTable(name: "HostileMigrationTests.asOwner").hold(
      on: trial.majorVersion,
      [["migration", "as a database's owner, not confined", "effects outside"]] + rows)
  }

  @Test("Nothing outside of the cluster changes when they run as a superuser, by the kernel alone")
  func asSuperuser() throws {
    guard strata_confinement_version() >= 4 else { return }
    let trial = try HostileTrial(rights: .superuser, isConfined: true)
    var rows: [[String]] = []
    for hostile in HostileCase.programs + HostileCase.files + HostileCase.connections
      + HostileCase.outside
    {
      let outcome = try trial.run(hostile)
      let effects = outcome.effects.filter { $0.reachesBeyondCluster }
      #expect(effects == [], "\(hostile.name): \(outcome.answer)")
      rows.append([hostile.name, outcome.answer, "\(effects.count)"])
    }
    try SecurityTable(name: "HostileMigrationTests.asSuperuser").hold(
      on: trial.majorVersion,
      [["migration", "as a superuser, confined", "effects outside of the cluster"]] + rows)
  }

  @Test("Without either wall the same migrations have effects, and they are seen")
  func canary() throws {
    let trial = try HostileTrial(rights: .superuser, isConfined: false)
    var seen: Set<HostileTrial.Effect> = []
    for name in [
      "COPY TO PROGRAM", "pg_read_file", "ALTER SYSTEM", "CREATE DATABASE",
      "CREATE ROLE SUPERUSER", "DROP DATABASE of a neighbour", "dblink over TCP",
    ] {
      let hostile = try #require(HostileCase.all.first { $0.name == name })
      seen.formUnion(try trial.run(hostile).effects)
    }
    #expect(
      seen.isSuperset(of: [
        .fileWritten, .fileRead, .settings, .databases, .superusers, .neighbour, .connection,
      ]))
  }
}

/// Runs hostile migrations and looks at what they did outside of their own databases.
final class HostileTrial {
  enum Effect: Hashable {
    case fileWritten, fileRead, settings, databases, superusers, neighbour, sessions, connection
    case superuserCode

    var reachesBeyondCluster: Bool { [.fileWritten, .fileRead, .connection].contains(self) }
  }

  private static let secret = "7f3a-secret-of-the-host"
  private let cluster: PostgreSQLCluster
  private let engine: PostgreSQLEngine
  private let folder: String
  private let listener: TCPListener
  private var neighbour: PostgreSQLScratch
  private let observer: PostgreSQLConnection

  var majorVersion: Int { cluster.programs.majorVersion }

  init(rights: PostgreSQLCluster.Rights, isConfined: Bool) throws {
    cluster = try PostgreSQLCluster(
      version: nil, settings: [:], authentication: nil, rights: rights, isConfined: isConfined)
    engine = PostgreSQLEngine(cluster: cluster, timeout: 30)
    folder = "/tmp/strata-hostile-\(UUID().uuidString)"
    listener = try TCPListener()
    observer = try PostgreSQLConnection(cluster.administration)
    neighbour = try Self.makeNeighbour(engine)
    try makeFolder()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func makeFolder() throws {
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o777])
    // Past the process's umask.
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
    FileManager.default.createFile(
      atPath: folder + "/secret", contents: Data(Self.secret.utf8),
      attributes: [.posixPermissions: 0o644])
  }

  private static func makeNeighbour(_ engine: PostgreSQLEngine) throws -> PostgreSQLScratch {
    let scratch = try engine.makeScratch()
    _ = try scratch.run(script: "CREATE TABLE victim (x text); INSERT INTO victim VALUES ('v')")
    // Another one's turn: it lies there as a database does that waits for its branch.
    _ = try scratch.copy()
    return scratch
  }

  func run(_ hostile: HostileCase) throws -> (answer: String, effects: Set<Effect>) {
    let scratch = try engine.makeScratch()
    _ = try scratch.run(script: "CREATE TABLE a (id int, x text); INSERT INTO a VALUES (1, 'a');")
    var capture = try scratch.capture(after: Capture(schema: Schema()), statements: [])
    let before = try state()
    let text = hostile.sql
      .split(separator: "@D", omittingEmptySubsequences: false).joined(separator: folder)
      .split(separator: "@S", omittingEmptySubsequences: false).joined(separator: cluster.path)
      .split(separator: "@N", omittingEmptySubsequences: false)
      .joined(separator: neighbour.location.database ?? "")
      .split(separator: "@P", omittingEmptySubsequences: false).joined(
        separator: "\(listener.port)")
    var answer = "runs"
    var ranAsSuperuser = false
    do {
      let statements = try scratch.run(script: text)
      capture = try scratch.capture(after: capture, statements: statements)
      ranAsSuperuser = try isSpied()
      // A new session begins with what the migration set for its database.
      _ = try scratch.copy()
      capture = try scratch.capture(after: capture, statements: [])
      _ = try scratch.dump()
    } catch let error as PostgreSQLEngineError {
      answer = "refused"
      // Not for a mistake of the test's own.
      let code = error.failure?.code ?? ""
      #expect(!["42601", "42P01", "42703", "42883", "42704"].contains(code), "\(error)")
    }
    var effects = try effects(since: before, capture)
    if ranAsSuperuser { effects.insert(.superuserCode) }
    return (answer, effects)
  }

  /// Whether code of a migration's ran in a session of a superuser's that is still there.
  private func isSpied() throws -> Bool {
    try !observer.query(
      "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = \(HostileCase.superuserLock)"
    ).isEmpty
  }

  private struct State {
    var settings: [[String?]]
    var databases: [[String?]]
    var superusers: [[String?]]
    var sessions: Set<String>
  }

  private func state() throws -> State {
    State(
      settings: try observer.query(
        """
        SELECT name, setting FROM pg_file_settings UNION ALL SELECT 'file', s.size::text FROM
        pg_stat_file('postgresql.auto.conf') s ORDER BY 1
        """),
      databases: try observer.query(
        """
        SELECT datname, datdba::regrole::text, datallowconn, datistemplate FROM pg_database
        WHERE datname NOT LIKE 'strata_scratch%' ORDER BY 1
        """),
      superusers: try observer.query(
        "SELECT rolname, rolpassword FROM pg_authid WHERE rolsuper OR rolname ~ '^strata' ORDER BY 1"
      ),
      sessions: Set(
        try observer.query(
          "SELECT pid FROM pg_stat_activity WHERE usename = 'strata_superuser'"
        ).compactMap { $0.first ?? nil }))
  }

  private func effects(since before: State, _ capture: Capture) throws -> Set<Effect> {
    var effects: Set<Effect> = []
    let after = try state()
    if after.settings != before.settings { effects.insert(.settings) }
    if after.databases != before.databases { effects.insert(.databases) }
    if after.superusers != before.superusers { effects.insert(.superusers) }
    if !before.sessions.isSubset(of: after.sessions) { effects.insert(.sessions) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    if names != ["secret"] {
      effects.insert(.fileWritten)
      try makeFolder()
    }
    if "\(capture.rows)".contains(Self.secret) { effects.insert(.fileRead) }
    if listener.wasReached() { effects.insert(.connection) }
    if try isSpied() { effects.insert(.superuserCode) }
    let isThere = try? neighbour.column("SELECT x FROM public.victim") == ["v"]
    let isUnset = try observer.query(
      """
      SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
      WHERE d.datname = $1
      """, parameters: [neighbour.location.database ?? ""]
    ).isEmpty
    if isThere != true || !isUnset {
      effects.insert(.neighbour)
      neighbour = try Self.makeNeighbour(engine)
    }
    return effects
  }
}
