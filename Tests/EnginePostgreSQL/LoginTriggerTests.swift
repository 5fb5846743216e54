import SchemaModel
import Testing

@testable import EnginePostgreSQL

@Suite("Login triggers (PostgreSQL 17)")
struct LoginTriggerTests {
  private static let noting = """
    CREATE TABLE logins (who text);
    CREATE FUNCTION note_login() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.logins VALUES (session_user); END $$;
    CREATE EVENT TRIGGER noting ON login EXECUTE FUNCTION note_login();
    """
  private static let refusing = """
    CREATE FUNCTION refuse_login() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'nobody comes in'; END $$;
    CREATE EVENT TRIGGER refusing ON login EXECUTE FUNCTION refuse_login();
    """
  private static let watching = """
    CREATE TABLE commands (tag text);
    CREATE FUNCTION note_command() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.commands VALUES (tg_tag); END $$;
    CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION note_command();
    """

  /// Runs the three in a scratch database and its copy, with a new session before each.
  private func checkScratch(_ engine: PostgreSQLEngine) throws {
    let scratch = try engine.makeScratch()
    var seen = Capture(schema: Schema())
    for script in [Self.noting, Self.watching, "CREATE TABLE one (a int)", Self.refusing] {
      seen = try scratch.capture(after: seen, statements: scratch.run(script: script))
      // By the URL a migration tool opens a session of its own.
      _ = try PostgreSQLConnection(url: scratch.url)
    }
    let copy = try scratch.copy()
    defer { copy.discard() }
    seen = try copy.capture(after: seen, statements: copy.run(script: "CREATE TABLE two (a int)"))
    func rows(_ table: String) -> [[RowValue]] {
      seen.rows.tables[.table(table, namespace: "public")].map { Array($0.rows) } ?? []
    }
    #expect(rows("logins") == [])
    #expect(
      rows("commands") == [
        [.text("CREATE TABLE")], [.text("CREATE FUNCTION")], [.text("CREATE TABLE")],
      ])
    if let dump = try copy.dump() { #expect(dump.contains("ON login")) }
    #expect(seen.schema.paths.filter { $0.kind == .eventTrigger }.count == 3)
  }

  @Test(
    "fire for nobody in a scratch database of a temporary server, and other event triggers do",
    arguments: [17, 18])
  func temporary(_ major: Int) throws {
    guard let cluster = try OtherVersions.cluster(major) else { return }
    defer { cluster.stop() }
    try checkScratch(PostgreSQLEngine(cluster: cluster))
  }

  @Test("fire for nobody in a scratch database on a server of the user's", arguments: [17, 18])
  func foreign(_ major: Int) throws {
    guard let cluster = try OtherVersions.cluster(major) else { return }
    defer { cluster.stop() }
    try checkScratch(PostgreSQLEngine(source: .url(cluster.location.url), trustsMigrations: true))
  }

  @Test(
    "of the database that --scratch names do not fire where the role may say so, and do where not",
    arguments: [17, 18])
  func named(_ major: Int) throws {
    guard let cluster = try OtherVersions.cluster(major) else { return }
    defer { cluster.stop() }
    let server = try PostgreSQLConnection(cluster.location)
    try server.execute("CREATE ROLE plain LOGIN CREATEDB")
    try server.execute("CREATE DATABASE home")
    let home = cluster.location.with(database: "home")
    let watcher = try PostgreSQLConnection(home)
    for statement in [Self.noting, "GRANT INSERT ON logins TO plain"] {
      try watcher.execute(statement)
    }
    func logins() throws -> [[String?]] { try watcher.query("SELECT who FROM logins") }
    func useScratch(as role: String) throws {
      var location = home
      location.parameters["user"] = role
      let scratch = try PostgreSQLEngine(
        source: .url(location.url), trustsMigrations: true
      ).makeScratch()
      _ = try scratch.run(script: "CREATE TABLE a (b int)")
      scratch.discard()
    }
    try useScratch(as: "postgres")
    #expect(try logins() == [])
    try useScratch(as: "plain")
    #expect(try logins() == [["plain"]])
    try server.execute("GRANT SET ON PARAMETER event_triggers TO plain")
    try useScratch(as: "plain")
    #expect(try logins() == [["plain"]])
    try watcher.execute(Self.refusing)
    try useScratch(as: "postgres")
    #expect(throws: PostgreSQLEngineError.self) { _ = try PostgreSQLConnection(home) }
  }

  @Test(
    "and no setting for them keeps a role or a PGOPTIONS from an older server", arguments: [15, 16])
  func older(_ major: Int) throws {
    guard let cluster = try OtherVersions.cluster(major) else { return }
    defer { cluster.stop() }
    var location = cluster.location
    location.parameters["options"] = "-c work_mem=1234kB"
    let connection = try PostgreSQLConnection.withoutLoginTriggers(location)
    #expect(try connection.query("SHOW work_mem") == [["1234kB"]])
    #expect(connection.location == location)
  }

  @Test("leave the options of a session as they are on 17")
  func options() throws {
    guard let cluster = try OtherVersions.cluster(17) else { return }
    defer { cluster.stop() }
    var location = cluster.location
    location.parameters["options"] = "-c work_mem=1234kB"
    let connection = try PostgreSQLConnection.withoutLoginTriggers(location)
    #expect(
      try connection.query("SELECT current_setting('work_mem'), current_setting('event_triggers')")
        == [["1234kB", "on"]])
    #expect(connection.location == location)
  }
}
