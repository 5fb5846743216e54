import EnginePostgreSQL
import SchemaModel
import Testing

@Suite("Rows that migrations leave behind in PostgreSQL")
struct CaptureRowTests {
  private func texts(_ set: RowSet?) -> [[String]]? {
    set?.rows.map { row in
      row.map { value in
        switch value {
        case .text(let text): text
        case .integer(let number): "\(number)"
        default: "-"
        }
      }
    }
  }

  @Test("They are read in their physical order, without generated columns, and NULL is NULL")
  func values() throws {
    var walk = try CaptureWalk()
    try walk.step(
      """
      CREATE TABLE t (id integer, up text GENERATED ALWAYS AS (upper(name)) STORED, name text,
        yes boolean, pad char(4));
      INSERT INTO t VALUES (2, DEFAULT, 'b', true, 'x'), (1, DEFAULT, NULL, false, NULL)
      """)
    let set = walk.capture.rows.tables[.table("t", namespace: "public")]
    #expect(set?.columns == ["id", "name", "yes", "pad"])
    #expect(texts(set) == [["2", "b", "true", "x   "], ["1", "-", "false", "-"]])
    try walk.step("UPDATE t SET name = 'a' WHERE id = 2")
    let changed = walk.capture.rows.tables[.table("t", namespace: "public")]
    #expect(texts(changed)?.last == ["2", "a", "true", "x   "])
    try walk.step("ALTER TABLE t RENAME TO u; ALTER TABLE u ADD n integer DEFAULT 7")
    #expect(
      texts(walk.capture.rows.tables[.table("u", namespace: "public")])?.first
        == ["1", "-", "false", "-", "7"])
    try walk.step("DELETE FROM u")
    #expect(walk.capture.rows.tables.isEmpty)
  }

  @Test(
    "A table is read whose index calls a function that names others without their schema",
    .enabled(if: ServerTraits.version < 17, "from 17 on such an index is refused"))
  func inlinedNames() throws {
    for schema in ["public", "app"] {
      var walk = try CaptureWalk()
      try walk.step(
        """
        CREATE SCHEMA IF NOT EXISTS \(schema); SET search_path = \(schema);
        CREATE FUNCTION inner_one(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
        CREATE FUNCTION outer_one(text) RETURNS text LANGUAGE sql IMMUTABLE
          AS 'SELECT inner_one($1)';
        CREATE TABLE t (x text, yes boolean); CREATE INDEX ON t (outer_one(x));
        INSERT INTO t VALUES ('A', true)
        """)
      let path = ObjectPath.table("t", namespace: schema)
      #expect(texts(walk.capture.rows.tables[path]) == [["A", "true"]])
      try walk.step("SET search_path = \(schema); INSERT INTO t VALUES ('B', false)")
      try walk.step("CREATE TABLE u (x integer); INSERT INTO u VALUES (1)")
      #expect(texts(walk.capture.rows.tables[path])?.count == 2)
    }
  }

  @Test("A sequence is kept where it is not where it began")
  func sequences() throws {
    var walk = try CaptureWalk()
    let a = ObjectPath(.sequence, namespace: "public", name: "t_id_seq")
    let b = ObjectPath(.sequence, namespace: "public", name: "i_id_seq")
    try walk.step(
      """
      CREATE TABLE t (id serial, x text);
      CREATE TABLE i (id integer GENERATED ALWAYS AS IDENTITY, x text)
      """)
    #expect(walk.capture.rows.tables.isEmpty)
    try walk.step("INSERT INTO t (x) VALUES ('a'), ('b'); INSERT INTO i (x) VALUES ('c')")
    #expect(texts(walk.capture.rows.tables[a]) == [["2", "true"]])
    #expect(texts(walk.capture.rows.tables[b]) == [["1", "true"]])
    try walk.step("SELECT setval('t_id_seq', 40, false)")
    #expect(texts(walk.capture.rows.tables[a]) == [["40", "false"]])
    try walk.step("ALTER SEQUENCE t_id_seq RESTART; ALTER SEQUENCE t_id_seq RENAME TO s")
    #expect(walk.capture.rows.tables[a] == nil)
  }

  @Test("Rows that were put in another order are in that order")
  func reordered() throws {
    var walk = try CaptureWalk()
    let path = ObjectPath.table("t", namespace: "public")
    try walk.step(
      "CREATE TABLE t (x integer); CREATE INDEX i ON t (x); INSERT INTO t VALUES (2), (1), (3)")
    #expect(texts(walk.capture.rows.tables[path]) == [["2"], ["1"], ["3"]])
    try walk.step("CLUSTER t USING i")
    #expect(texts(walk.capture.rows.tables[path]) == [["1"], ["2"], ["3"]])
    try walk.step("TRUNCATE t; INSERT INTO t VALUES (7)")
    #expect(texts(walk.capture.rows.tables[path]) == [["7"]])
    try walk.step("TRUNCATE t")
    #expect(walk.capture.rows.tables.isEmpty)
  }

  @Test("A renamed label of an enum is another value in every row")
  func enumLabels() throws {
    var walk = try CaptureWalk()
    try walk.step(
      "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (m mood); INSERT INTO t VALUES ('sad')"
    )
    try walk.step("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")
    #expect(
      texts(walk.capture.rows.tables[.table("t", namespace: "public")]) == [["blue"]])
  }

  @Test("Data statements are kept, but for those on a tool's own table; code leaves rows too")
  func statements() throws {
    var walk = try CaptureWalk()
    walk.scratch.keepOut(runnerTable: "alembic_version")
    try walk.step("CREATE TABLE t (x integer); CREATE TABLE alembic_version (version_num text)")
    #expect(walk.capture.warnings == [])
    try walk.step(
      """
      INSERT INTO t VALUES (1);
      UPDATE alembic_version SET version_num = 'a';
      DO $$ BEGIN INSERT INTO t VALUES (2); END $$
      """)
    #expect(walk.capture.statements == [Statement(sql: "INSERT INTO t VALUES (1)")])
    let rows = walk.capture.rows
    #expect(texts(rows.tables[.table("t", namespace: "public")]) == [["1"], ["2"]])
    #expect(rows.tables.count == 1)
    #expect(
      walk.capture.runners == [
        RunnerTable(
          name: "alembic_version",
          definition: "CREATE TABLE public.alembic_version (\n  version_num text\n)")
      ])
    #expect(walk.capture.warnings.map { $0.prefix(34) } == ["it writes rows to alembic_version,"])
  }

  @Test("A table that only has the name of a tool's own is its user's, rows and all")
  func namesOfTools() throws {
    var walk = try CaptureWalk()
    for name in RunnerTables.known.sorted() {
      try walk.step(
        """
        CREATE TABLE "\(name)" (version text PRIMARY KEY); CREATE INDEX ON "\(name)" (length(version));
        INSERT INTO "\(name)" VALUES ('1'); COMMENT ON TABLE "\(name)" IS 'mine'
        """)
    }
    #expect(walk.capture.runners == [])
    #expect(walk.capture.schema.objects.count == 2 * RunnerTables.known.count)
    #expect(walk.capture.rows.tables.count == RunnerTables.known.count)
    #expect(walk.capture.warnings == [])
  }

  @Test("Each tool's own table is there with its shape, and what migrations do to it is said")
  func tablesOfTools() throws {
    for tool in MigrationTool.allCases {
      var walk = try CaptureWalk()
      try walk.scratch.makeTable(of: tool)
      try walk.scratch.makeTable(of: tool)
      let name = tool.tableName
      try walk.step("CREATE TABLE t (x integer)")
      #expect(walk.capture.schema.objects.count == 1, "\(tool)")
      #expect(walk.capture.runners.map(\.name) == [name])
      #expect(walk.capture.warnings == [], "\(tool)")
      try walk.step(
        """
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TRIGGER own AFTER INSERT ON \(name) FOR EACH ROW EXECUTE FUNCTION f();
        ALTER TABLE \(name) ADD note text; COMMENT ON TABLE \(name) IS 'x';
        GRANT SELECT ON \(name) TO PUBLIC; CREATE INDEX more ON \(name) (note); DELETE FROM \(name)
        """)
      #expect(
        walk.capture.warnings.compactMap { $0.split(separator: ",").first.map(String.init) } == [
          "it alters \(name)", "it makes index more on \(name)", "it makes trigger own on \(name)",
          "it makes a comment on \(name)", "it makes privileges on \(name)",
          "it writes rows to \(name)",
        ], "\(tool)")
      try walk.step("CREATE TABLE u (x integer)")
      #expect(walk.capture.warnings == [], "\(tool)")
    }
  }
}
