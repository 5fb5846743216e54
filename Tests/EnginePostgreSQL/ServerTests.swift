import EnginePostgreSQL
import Foundation
import SchemaModel
import Testing

@Suite("A server of the user's", .serialized)
struct ServerTests {
  private static let roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'made%' ORDER BY 1"

  private static func engine(
    _ bed: ServerBed, as role: String = "postgres"
  ) -> PostgreSQLEngine {
    PostgreSQLEngine(source: .url(bed.location(of: role).url), trustsMigrations: true)
  }

  private static func names(_ connection: PostgreSQLConnection, _ sql: String) throws -> [String] {
    try connection.query(sql).compactMap { $0.first ?? nil }
  }

  @Test("a role that could do lasting harm is let in only where the migrations are trusted")
  func powers() throws {
    let bed = try ServerBed()
    try bed.server.execute(
      """
      CREATE ROLE writer LOGIN CREATEDB; GRANT pg_write_server_files TO writer;
      CREATE ROLE admin_of LOGIN CREATEDB; GRANT postgres TO admin_of;
      CREATE ROLE copier LOGIN CREATEDB REPLICATION;
      """)
    for (role, words) in [
      ("postgres", "is a superuser there: a migration could run programs on it"),
      ("writer", "write its files"), ("admin_of", "could become a superuser"),
      ("copier", "could make replication slots"), ("maker", "member of any role"),
    ] where role != "maker" || bed.server.majorVersion < 16 {
      let engine = PostgreSQLEngine(source: .url(bed.location(of: role).url))
      let error = #expect(throws: PostgreSQLEngineError.self) { try engine.makeScratch() }
      guard case .mayDoLastingHarm(let powers) = error else {
        Issue.record("expected \(role) not to be let in, found \(String(describing: error))")
        continue
      }
      #expect("\(PostgreSQLEngineError.mayDoLastingHarm(powers))".contains(words))
      #expect(powers.notice.contains(words))
    }
    var heard: [String] = []
    let engine = PostgreSQLEngine(source: .url(bed.location(of: "plain").url)) {
      heard.append($0.notice)
    }
    #expect(heard.isEmpty)
    let scratch = try engine.makeScratch()
    #expect(heard.count == 1 && heard[0].contains(" as plain, which may make databases there"))
    _ = try scratch.copy()
    #expect(heard.count == 1)
  }

  @Test(
    "a role has its mark from the moment at which others see it, whoever made it and with whatever words",
    arguments: ["maker", "postgres"])
  func marks(role: String) throws {
    let bed = try ServerBed()
    let scratch = try Self.engine(bed, as: role).makeScratch()
    _ = try scratch.run(
      script: """
        CREATE ROLE "made %s ""$strata$""\nby, {hand}"; COMMENT ON ROLE "made %s ""$strata$""\nby, {hand}" IS 'mine';
        DO $$ BEGIN EXECUTE 'CREATE RO' || 'LE made_by_do IN ROLE app'; END $$;
        """)
    _ = try scratch.run(
      script: "CREATE USER made_apart; VACUUM; CREATE GROUP made_later", inTransaction: false)
    let comments = try Self.names(
      bed.server,
      """
      SELECT coalesce(shobj_description(oid, 'pg_authid'), 'none') FROM pg_roles
      WHERE rolname LIKE 'made%' ORDER BY rolname
      """)
    #expect(comments.count == 4)
    for comment in comments { #expect(comment.contains("made by a migration that Strata tries; ")) }
    #expect(comments.contains { $0.hasPrefix("mine\n") })
    // A second look finds them among those that were there; a new comment does not hide one.
    _ = try scratch.run(script: "COMMENT ON ROLE made_by_do IS NULL; CREATE TABLE a (x int)")
    _ = try scratch.run(script: "DROP ROLE made_apart")
    #expect(try Self.names(bed.server, Self.roles).count == 3)
    scratch.discard()
    _ = try Self.engine(bed, as: role).makeScratch()
  }

  @Test(
    "roles go with the engine, also a circle of owners, members and grantors",
    arguments: ["maker", "postgres"])
  func drops(role: String) throws {
    let bed = try ServerBed()
    let before = try bed.state()
    do {
      let scratch = try Self.engine(bed, as: role).makeScratch()
      _ = try scratch.run(
        script: """
          CREATE ROLE made_a CREATEROLE; CREATE ROLE made_b; CREATE ROLE made_c;
          GRANT made_a TO CURRENT_USER; GRANT made_b TO made_a WITH ADMIN OPTION;
          SET ROLE made_a; GRANT made_b TO made_c; RESET ROLE;
          ALTER ROLE made_c SET work_mem = 64;
          CREATE SCHEMA s AUTHORIZATION made_a; ALTER DEFAULT PRIVILEGES FOR ROLE made_a
            GRANT SELECT ON TABLES TO made_b;
          """)
      #expect(try Self.names(bed.server, Self.roles).count == 3)
    }
    #expect(try bed.state() == before)
  }

  @Test(
    "what others do to the server meanwhile is neither blamed nor marked",
    arguments: ["maker", "postgres"])
  func others(role: String) throws {
    let bed = try ServerBed()
    try bed.server.execute("CREATE ROLE going; CREATE ROLE member; GRANT going TO member")
    let scratch = try Self.engine(bed, as: role).makeScratch()
    let check = try #require(try scratch.beforeCommit)
    let session = try PostgreSQLConnection(scratch.location)
    try session.execute(
      "BEGIN; CREATE ROLE made_here; GRANT app TO made_here; REVOKE app FROM made_here")
    try bed.server.execute(
      """
      ALTER ROLE app SET work_mem = 256; ALTER ROLE other NOLOGIN; ALTER ROLE ALL RESET ALL;
      REVOKE going FROM member; COMMENT ON ROLE app IS NULL; DROP ROLE going;
      GRANT CONNECT ON DATABASE theirs TO app; ALTER DATABASE theirs SET work_mem = 64;
      """)
    if role == "postgres" {
      // Nothing tells before version 16 which of two made it, but to a superuser.
      try bed.server.execute("CREATE ROLE made_there")
    }
    try session.execute(check)
    try session.execute("COMMIT")
    let marked = try Self.names(
      bed.server,
      "SELECT rolname FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE '%Strata%'")
    #expect(marked == ["made_here"])
  }

  @Test("where nobody can tell who made a role, nothing is marked and the transaction is undone")
  func doubtful() throws {
    let bed = try ServerBed()
    let scratch = try Self.engine(bed, as: "maker").makeScratch()
    guard bed.server.majorVersion < 16 else { return }
    let check = try #require(try scratch.beforeCommit)
    let session = try PostgreSQLConnection(scratch.location)
    try session.execute("BEGIN; CREATE ROLE made_here")
    try bed.server.execute("CREATE ROLE made_there")
    let error = #expect(throws: PostgreSQLEngineError.self) { try session.execute(check) }
    #expect(error?.failure?.message.contains("others make at this moment") == true)
    try session.execute("ROLLBACK")
    #expect(try Self.names(bed.server, Self.roles) == ["made_there"])
  }

  @Test("the look changes no setting, no role and no object, and is what every driver takes")
  func leavesNothing() throws {
    let bed = try ServerBed()
    try bed.server.execute("CREATE ROLE \"odd %s :x $strata$ \\ ''\"")
    let scratch = try Self.engine(bed).makeScratch()
    let check = try #require(try scratch.beforeCommit)
    #expect(!check.contains("%") && !check.contains("\\"))
    #expect(try Shared.engine().makeScratch().beforeCommit == nil)
    let session = try PostgreSQLConnection(scratch.location)
    let settings = """
      SELECT current_setting('search_path'), current_setting('role'), session_user, current_user,
        (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_proc)
      """
    try session.execute(
      """
      BEGIN; CREATE SCHEMA mine; SET search_path = mine; CREATE ROLE made_one;
      SET SESSION AUTHORIZATION app; SET ROLE app; CREATE TABLE pg_temp.pg_roles (x int);
      """)
    let inside = try session.query(settings)
    try session.execute(check)
    #expect(try session.query(settings) == inside)
    try session.execute("COMMIT")
    #expect(try session.query(settings) == inside)
    #expect(inside[0][0] == "mine" && inside[0][1] == "app" && inside[0][2] == "app")
  }

  @Test("a refusal names the statement's line, and leaves nothing of the script")
  func lines() throws {
    let bed = try ServerBed()
    let engine = Self.engine(bed, as: "plain")
    let ours = "SELECT datname FROM pg_database WHERE datname LIKE 'strata%scratch%'"
    for (script, line) in [
      ("CREATE TABLE a (x int);\n\nDO $$ BEGIN ALTER ROLE CURRENT_USER RESET ALL;\nEND $$;", nil),
      ("CREATE TABLE a (x int);\n\nDO $$ BEGIN ALTER ROLE CURRENT_USER SET jit = 1;\nEND $$;", 3),
      ("CREATE TABLE a (x int);\nVACUUM;\n\nALTER/**/ROLE/**/CURRENT_USER SET jit = 1;", 4),
      ("BEGIN; CREATE TABLE a (x int);\nALTER/**/ROLE/**/CURRENT_USER SET jit = 1;\nCOMMIT;", 3),
      ("CREATE TABLE a (x int);\nCREATE/**/DATABASE x;", 2),
    ] as [(String, Int?)] {
      let scratch = try engine.makeScratch()
      guard let line else {
        _ = try scratch.copy().run(script: script)
        continue
      }
      let error = #expect(throws: PostgreSQLEngineError.self) { try scratch.run(script: script) }
      #expect(
        error?.description.hasPrefix("line \(line): ") == true, "\(String(describing: error))")
      // What was committed on its way goes with its database.
      #expect(try Self.names(bed.server, ours) == [] || scratch.tables() == [])
    }
  }

  @Test("a deferred constraint fails with its own words, as at the commit")
  func deferred() throws {
    let bed = try ServerBed()
    let scratch = try Self.engine(bed, as: "plain").makeScratch()
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try scratch.run(
        script: """
          CREATE TABLE a (x int PRIMARY KEY);
          CREATE TABLE b (x int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
          INSERT INTO b VALUES (1);
          """)
    }
    #expect(error?.failure?.code == "23503" && error?.failure?.sql == "COMMIT")
  }

  @Test("what a dead process left goes, roles that hang on each other too; the living keep theirs")
  func swept() throws {
    let bed = try ServerBed()
    let live = try Self.engine(bed).makeScratch()
    let name = try #require(live.location.database)
    let prefix = "strata_scratch_"
    let dead = String(name.dropFirst(prefix.count).prefix(16)) + "00000000"
    let elsewhere = "0000000000000001" + "00000000"
    let database = prefix + dead + "00000000"
    try bed.server.execute("CREATE DATABASE \(database) IS_TEMPLATE true")
    try PostgreSQLConnection(bed.cluster.location.with(database: database)).execute(
      """
      CREATE ROLE made_dead; CREATE ROLE made_dead_too; GRANT made_dead TO made_dead_too;
      CREATE SCHEMA s AUTHORIZATION made_dead; CREATE ROLE made_elsewhere; CREATE ROLE made_liar;
      COMMENT ON ROLE made_dead IS E'words\nmade by a migration that Strata tries; \(dead)01234567';
      COMMENT ON ROLE made_dead_too IS 'made by a migration that Strata tries; \(dead)';
      COMMENT ON ROLE made_elsewhere IS 'made by a migration that Strata tries; \(elsewhere)';
      COMMENT ON ROLE made_liar IS 'made by a migration that Strata tries; \(dead)0';
      """)
    _ = try live.run(script: "CREATE ROLE made_living")
    _ = try Self.engine(bed).makeScratch()
    #expect(
      try Self.names(bed.server, Self.roles) == ["made_elsewhere", "made_liar", "made_living"])
    #expect(
      try Self.names(bed.server, "SELECT datname FROM pg_database WHERE datname LIKE 'strata%'")
        == [name])
  }

  @Test("what scratch databases keep (slots, templates) does not keep them")
  func kept() throws {
    let bed = try ServerBed()
    let scratch = try Self.engine(bed).makeScratch()
    _ = try scratch.run(
      script: "SELECT pg_create_logical_replication_slot('mine', 'test_decoding')")
    scratch.discard()
    #expect(try Self.names(bed.server, "SELECT slot_name FROM pg_replication_slots") == [])
    #expect(
      try Self.names(bed.server, "SELECT datname FROM pg_database WHERE datname LIKE 'strata%'")
        == [])
  }
}
