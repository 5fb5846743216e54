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
      "SELECT set_config('datestyle', 'German', true)", "SET lock_timeout = '1s'",
      "SET statement_timeout = 0; SET client_min_messages = error",
    ] {
      #expect(try warnings(script, ToolConnection(keepsSession: true)).isEmpty, "\(script)")
    }
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
