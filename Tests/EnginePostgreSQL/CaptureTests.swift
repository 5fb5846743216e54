import EnginePostgreSQL
import Foundation
import SchemaModel
import Testing

@Suite("A capture of PostgreSQL's catalog")
struct CaptureTests {
  @Test("What it sees bit by bit is what a reading of the whole catalog sees: nearly every kind")
  func everything() throws {
    var walk = try CaptureWalk()
    for script in EverythingHistory.first + EverythingHistory.second { try walk.step(script) }
    #expect(walk.capture.schema.objects.count > 75)
  }

  @Test("... and after changes that leave little trace")
  func singleOperations() throws {
    try Shared.renamingRoles.withLock {
      var walk = try CaptureWalk()
      for script in SingleOperations.setup { try walk.step(script) }
      for script in SingleOperations.first + SingleOperations.second {
        try walk.step(script)
      }
    }
  }

  @Test("What another session did is seen, whether it is still there or gone")
  func otherSessions() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE TABLE t (x integer)")
    for number in 1...3 {
      let other = try PostgreSQLConnection(walk.scratch.location)
      try other.execute("CREATE TABLE here\(number) (x integer); INSERT INTO t VALUES (1)")
      try walk.step("SELECT 1")
      try other.execute("CREATE TABLE gone\(number) (x integer); INSERT INTO t VALUES (1)")
    }
    try walk.step("SELECT 1")
    #expect(walk.capture.schema.objects.count == 7)
  }

  @Test("What a session did that counted nothing is seen")
  func uncounted() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE TABLE t (x integer)")
    try walk.step("SET track_counts = off; ALTER TABLE t ADD y text; INSERT INTO t VALUES (1)")
    #expect(walk.capture.schema.table("t", namespace: "public")?.columns.count == 2)
  }

  @Test("A copy of a scratch database goes on from where it was, and so does what was copied")
  func copies() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE TABLE t (x integer); INSERT INTO t VALUES (1)")
    var copy = walk
    copy.scratch = try walk.scratch.copy()
    try copy.step("ALTER TABLE t RENAME TO u; ALTER TABLE u ADD y integer")
    try walk.step("ALTER TABLE t ADD z integer; CREATE INDEX CONCURRENTLY i ON t (z)")
    #expect(copy.capture.schema.table("u", namespace: "public")?.columns.count == 2)
    #expect(walk.capture.schema.objects.count == 2)
  }

  @Test("The role that runs the migrations is @self, and others have their names")
  func roles() throws {
    var walk = try CaptureWalk()
    try walk.step(
      """
      DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'odd "x" role') THEN
        CREATE ROLE "odd ""x"" role"; END IF; END $$;
      CREATE TABLE t (x integer); GRANT SELECT ON t TO "odd ""x"" role", PUBLIC;
      CREATE TABLE u (x integer GENERATED ALWAYS AS IDENTITY); ALTER TABLE u OWNER TO "odd ""x"" role"
      """)
    let t = walk.capture.schema.objects[.table("t", namespace: "public")]
    #expect(t?.owner == nil)
    #expect(
      t?.grants == ["@self=arwdDxt/@self", #""odd ""x"" role"=r/@self"#, "=r/@self"])
    #expect(
      walk.capture.schema.objects[.table("u", namespace: "public")]?.owner == #"odd "x" role"#)
  }

  @Test("What the model has no kind for is named, once, in a warning")
  func opaque() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w")
    #expect(walk.capture.warnings.count == 2)
    try walk.step("CREATE FOREIGN TABLE f (x integer) SERVER s; CREATE TYPE shell")
    #expect(walk.capture.warnings.count == 2)
    try walk.step("CREATE TABLE t (x integer)")
    #expect(walk.capture.warnings.isEmpty)
    try walk.step("DROP SERVER s CASCADE; DROP TYPE shell")
    let names = walk.capture.schema.paths.map(\.description)
    #expect(names == ["table public.t", "opaque foreign-data wrapper w"])
  }

  @Test("Schema public keeps its comment under another name")
  func renamedPublic() throws {
    var walk = try CaptureWalk()
    try walk.step("ALTER SCHEMA public RENAME TO old; CREATE SCHEMA public")
    let old = walk.capture.schema.objects[ObjectPath(.namespace, name: "old")]
    #expect(old?.comment == "standard public schema")
    #expect(walk.capture.schema.objects[ObjectPath(.namespace, name: "public")] != nil)
  }

  @Test("An empty database has an empty schema")
  func empty() throws {
    #expect(try CaptureWalk().capture.schema.objects.isEmpty)
  }
}
