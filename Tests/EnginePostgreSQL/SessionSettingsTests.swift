import EnginePostgreSQL
import SchemaModel
import Testing

@Suite("What a script leaves set in its session")
struct SessionSettingsTests {
  private func warnings(_ script: String, _ tool: ToolConnection) throws -> [String] {
    let scratch = try Shared.engine().makeScratch()
    scratch.connect(as: tool)
    let statements = try scratch.run(script: script)
    return try scratch.capture(after: Capture(schema: Schema()), statements: statements).warnings
  }

  @Test(
    "is told where the tool would run the next one with it",
    arguments: [
      ("SET DateStyle = 'ISO, DMY'", "DateStyle"),
      ("CREATE SCHEMA s; SET search_path TO s, public; CREATE TABLE t (a int)", "search_path"),
      ("SELECT set_config('timezone', 'America/New_York', false)", "TimeZone"),
      ("SET app.tenant TO 'one'; SET LOCAL app.other = 'two'", "app.tenant"),
      (
        "DO $$ BEGIN PERFORM set_config('check_function_bodies', 'off', false); END $$",
        "check_function_bodies"
      ),
    ])
  func left(script: String, name: String) throws {
    let told = try warnings(script, ToolConnection(keepsSession: true))
    #expect(
      told.count == 1 && told[0].hasPrefix("it leaves \(name) set for the session"), "\(told)")
    #expect(try warnings(script, ToolConnection()).isEmpty)
  }

  @Test("is not told where it is over with the transaction, put back, or makes nothing otherwise")
  func quiet() throws {
    for script in [
      "SET LOCAL search_path TO pg_catalog", "SET timezone = 'UTC'; RESET timezone",
      "SELECT set_config('datestyle', 'German', true)",
      "SET app.tenant = 'one'; RESET app.tenant", "SELECT set_config('app.tenant', 'one', true)",
      "SET lock_timeout = '1s'",
      "SET statement_timeout = 0; SET client_min_messages = error",
    ] {
      #expect(try warnings(script, ToolConnection(keepsSession: true)).isEmpty, "\(script)")
    }
  }

  /// What the second of two scripts shows, and whether a copy of the database shows it, too.
  private func shown(
    after script: String, inTransaction: Bool, _ tool: ToolConnection, _ expression: String
  ) throws -> [String?] {
    let scratch = try Shared.engine().makeScratch()
    func look(_ scratch: PostgreSQLScratch) throws -> String? {
      // As the import does before each script.
      scratch.connect(as: tool)
      _ = try scratch.run(script: "INSERT INTO public.seen SELECT \(expression)")
      return try PostgreSQLConnection(scratch.location)
        .query("SELECT pg_catalog.max(what) FROM public.seen").first?[0]
    }
    scratch.connect(as: tool)
    _ = try scratch.run(
      script: "CREATE SCHEMA app; CREATE TABLE public.seen (what text); GRANT ALL ON seen TO public"
    )
    _ = try scratch.run(script: script, inTransaction: inTransaction)
    return [try look(scratch), try look(try scratch.copy())]
  }

  @Test(
    "holds for the next script, in another session too, where the tool has one for all",
    arguments: [
      ("SET search_path TO app, public", "search_path", "app, public", "app, public"),
      ("SET DateStyle TO 'SQL, DMY'", "DateStyle", "SQL, DMY", "SQL, DMY"),
      ("SET app.tenant = 'one'", "app.tenant", "one", "one"),
      (
        "DO $$ BEGIN PERFORM set_config('App.Of.Tenant', 'two', false); END $$", "app.of.tenant",
        "two", "two"
      ),
      ("SET ROLE pg_monitor", "role", "pg_monitor", "none"),
      (
        "SET LOCAL DateStyle TO German; SET TimeZone = 'Asia/Tokyo'", "TimeZone", "Asia/Tokyo",
        "Asia/Tokyo"
      ),
      (
        "SELECT set_config('search_path', '\"it''s \\\\ 7\", app', false)", "search_path",
        "\"it's \\\\ 7\", app", "\"it's \\\\ 7\", app"
      ),
    ])
  func held(script: String, name: String, value: String, flyways: String) throws {
    let expression = "pg_catalog.current_setting('\(name)', true)"
    for inTransaction in [true, false] {
      let one = ToolConnection(keepsSession: true)
      #expect(
        try shown(after: script, inTransaction: inTransaction, one, expression) == [value, value])
      let other = try shown(
        after: script, inTransaction: inTransaction, ToolConnection(), expression)
      // Nor is it there and empty, as a setting with a prefix is behind RESET ALL.
      #expect(!other.contains(value) && !other.contains(""), "\(name): \(other)")
    }
    // Flyway's gets back its own role and path.
    let flyway = ToolConnection(keepsSession: true, restoresRoleAndPath: true)
    let found = try shown(after: script, inTransaction: true, flyway, expression)
    let isPath = name == "search_path"
    #expect(
      found == (isPath ? Array(repeating: "\"$user\", public", count: 2) : [flyways, flyways]))
  }

  @Test("is no role of the tool's own, which has made its table before")
  func roleOfTool() throws {
    let scratch = try Shared.engine().makeScratch()
    let tool = ToolConnection(keepsSession: true)
    for script in [
      "CREATE ROLE session_settings_reader; GRANT session_settings_reader TO current_user; "
        + "CREATE SCHEMA app AUTHORIZATION session_settings_reader; SET ROLE session_settings_reader",
      "CREATE TABLE app.t (a int)",
    ] {
      for each in [scratch, try scratch.copy()] {
        each.connect(as: tool)
        try each.makeTable(of: .golangMigrate)
      }
      _ = try scratch.run(script: script)
    }
    let owners = try PostgreSQLConnection(scratch.location)
      .query(
        "SELECT tablename, tableowner = 'session_settings_reader' FROM pg_catalog.pg_tables "
          + "WHERE schemaname IN ('app', 'public') ORDER BY 1")
    #expect(owners == [["schema_migrations", "f"], ["t", "t"]])
  }

  @Test("is over where a script puts it back, and where one failed")
  func putBack() throws {
    let scratch = try Shared.engine().makeScratch()
    scratch.connect(as: ToolConnection(keepsSession: true))
    _ = try scratch.run(script: "SET DateStyle TO German; SET TimeZone TO 'Asia/Tokyo'")
    _ = try scratch.run(script: "RESET DateStyle")
    #expect(throws: PostgreSQLEngineError.self) {
      try scratch.run(script: "SET TimeZone TO UTC; SELECT 1/0")
    }
    _ = try scratch.run(
      script:
        "CREATE TABLE seen AS SELECT current_setting('DateStyle') AS a, current_setting('TimeZone') AS b"
    )
    let rows = try PostgreSQLConnection(scratch.location).query("SELECT * FROM seen")
    #expect(rows == [["ISO, MDY", "Asia/Tokyo"]])
  }

  @Test("the text of a schema has all but the migration tool's own table")
  func dump() throws {
    let scratch = try Shared.engine().makeScratch()
    scratch.keepOut(runnerTable: "we\"ird Name")
    _ = try scratch.run(
      script: """
        CREATE TABLE "we""ird Name" (version int); CREATE TABLE weird (a int);
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO public;
        COMMENT ON TABLE "we""ird Name" IS 'mine'
        """)
    let text = try #require(try scratch.dump())
    #expect(!text.contains("ird Name") && text.contains("GRANT SELECT ON TABLE public.weird"))
  }
}
