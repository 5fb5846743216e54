import EnginePostgreSQL
import SchemaModel
import Testing

@Suite("Which object became which in PostgreSQL")
struct CaptureLineageTests {
  private func kinds(_ operations: [SchemaModel.Operation]) -> [String] {
    operations.map(\.summary)
  }

  @Test("Renamed tables and columns are renamed, and what hangs on them follows")
  func renames() throws {
    var walk = try CaptureWalk()
    try walk.step(
      """
      CREATE TABLE a (id integer PRIMARY KEY, x text);
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
      CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()
      """)
    let operations = try walk.step("ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME x TO y")
    #expect(
      kinds(operations) == [
        "rename table public.a to public.b",
        "rename trigger public.a.g to public.b.g",
        "rename column public.b.x to y",
        "alter trigger public.b.g: follows its table, now b",
        "annotate trigger public.b.g: other dependencies",
      ])
  }

  @Test("Names that only Unicode takes for the same are two, and one can become the other")
  func unicodeForms() throws {
    let (one, other) = ("caf\u{e9}", "cafe\u{301}")
    var walk = try CaptureWalk()
    try walk.step(
      """
      CREATE TABLE "\(one)" ("\(one)" integer DEFAULT length('\(one)'), "\(other)" text);
      CREATE TABLE "\(other)" (a integer);
      CREATE FUNCTION "\(one)"() RETURNS text LANGUAGE sql AS $$SELECT '\(one)'$$;
      CREATE TYPE mood AS ENUM ('\(one)', '\(other)');
      INSERT INTO "\(one)" VALUES (1, '\(one)'), (2, '\(other)')
      """)
    #expect(walk.capture.schema.objects.count == 4)
    #expect(
      kinds(try walk.step("ALTER TABLE \"\(one)\" RENAME \"\(one)\" TO a")) == [
        "rename column public.\(one).\(one) to a"
      ])
    #expect(
      kinds(try walk.step("ALTER TABLE \"\(one)\" RENAME \"\(other)\" TO \"\(one)\"")) == [
        "rename column public.\(one).\(other) to \(one)"
      ])
    #expect(
      kinds(
        try walk.step(
          "ALTER TYPE mood RENAME VALUE '\(one)' TO 'x'; COMMENT ON TYPE mood IS '\(one)'")
      )
      .count == 2)
    #expect(try walk.step("COMMENT ON TYPE mood IS '\(other)'").count == 1)
    #expect(
      try walk.step(
        "CREATE OR REPLACE FUNCTION \"\(one)\"() RETURNS text LANGUAGE sql AS $$SELECT '\(other)'$$"
      ).count == 1)
    #expect(try BaselineCheck(original: walk.scratch, capture: walk.capture).differences() == [])
  }

  @Test("A column that was dropped and made anew is another column")
  func replacedColumn() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE TABLE a (id integer, x text)")
    let operations = try walk.step("ALTER TABLE a DROP x; ALTER TABLE a ADD x text NOT NULL")
    #expect(operations.map(\.kind) == ["drop column", "add column"])
  }

  @Test("A table that was dropped and made anew is another table")
  func replacedTable() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE TABLE a (id integer, x text)")
    let operations = try walk.step("DROP TABLE a; CREATE TABLE a (id integer, z text)")
    #expect(operations.map(\.kind) == ["drop table", "create table"])
  }

  @Test("Two tables that change names change names")
  func swappedTables() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE TABLE a (x integer); CREATE TABLE b (y integer)")
    let operations = try walk.step(
      "ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b")
    #expect(Set(operations.map(\.kind)) == ["rename table"])
  }

  @Test("An index that was built anew is the same index, and its trigger the same trigger")
  func rebuilt() throws {
    var walk = try CaptureWalk()
    try walk.step("CREATE TABLE a (id integer PRIMARY KEY, x text); CREATE INDEX i ON a (x)")
    #expect(try walk.step("REINDEX TABLE CONCURRENTLY a").isEmpty)
    #expect(
      try walk.step("DROP INDEX i; CREATE INDEX i ON a (x)").isEmpty)
  }

  @Test("A schema that is renamed takes its objects along")
  func renamedNamespace() throws {
    var walk = try CaptureWalk()
    try walk.step(
      "CREATE SCHEMA s; CREATE TABLE s.a (id serial); CREATE VIEW s.v AS SELECT id FROM s.a")
    let operations = try walk.step("ALTER SCHEMA s RENAME TO t")
    #expect(operations.filter { $0.kind.hasPrefix("create") || $0.kind.hasPrefix("drop") }.isEmpty)
  }
}
