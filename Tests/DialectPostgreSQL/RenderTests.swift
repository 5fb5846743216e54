import SchemaModel
import Testing

@testable import DialectPostgreSQL

@Suite("A baseline for PostgreSQL")
struct PostgreSQLRenderTests {
  private typealias Render = PostgreSQL.Render

  private let people = ObjectPath.table("people", namespace: "app")

  private func schema(_ objects: [ObjectPath: SchemaObject]) -> Schema { Schema(objects) }

  private func routine(_ name: String, needs: [ObjectPath] = []) -> (ObjectPath, SchemaObject) {
    (
      ObjectPath(.routine, namespace: "app", name: "\(name)()"),
      SchemaObject(
        .definition(
          Definition(
            text: "CREATE FUNCTION app.\(name)() ...",
            attributes: ["kind": "function", "signature": "app.\(name)()"])), dependencies: needs)
    )
  }

  @Test("makes a table with what needs nothing else, and the rest after its rows")
  func tables() throws {
    let (functionPath, function) = routine("check_it")
    let table = Table(
      columns: [
        Column(
          name: "id", type: "bigint", isNullable: false,
          identity: "GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.people_id_seq START WITH 1)"),
        Column(
          name: "Full Name", type: "text", isNullable: false, defaultExpression: "''::text",
          collation: "pg_catalog.\"C\"", comment: "it's", attributes: ["storage": "external"]),
      ],
      constraints: [
        Constraint(
          name: "people_pkey", kind: .primaryKey, parts: [KeyPart("id")],
          attributes: ["definition": "PRIMARY KEY (id)"]),
        Constraint(
          name: "ck", kind: .check, expression: "app.check_it()",
          attributes: ["definition": "CHECK (app.check_it())"]),
      ])
    let schema = schema([
      ObjectPath(.namespace, name: "app"): SchemaObject(
        .definition(Definition(text: "CREATE SCHEMA app"))),
      functionPath: function,
      people: SchemaObject(
        .table(table), owner: "r 1", dependencies: [ObjectPath(.namespace, name: "app")],
        partDependencies: ["constraint ck": [functionPath]]),
    ])
    let column = """
      ALTER TABLE ONLY app.people ALTER COLUMN "Full Name" SET STORAGE EXTERNAL
      """
    let after = [column, "COMMENT ON COLUMN app.people.\"Full Name\" IS 'it''s'"]
    // A role that is no superuser can give it only to whom may make tables there.
    let owner = [
      "GRANT CREATE ON SCHEMA app TO \"r 1\"", "ALTER TABLE app.people OWNER TO \"r 1\"",
      "REVOKE CREATE ON SCHEMA app FROM \"r 1\"",
    ]
    let columns = """
          id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.people_id_seq START WITH 1) NOT NULL,
          "Full Name" text COLLATE pg_catalog."C" DEFAULT ''::text NOT NULL
      """
    #expect(
      try Render.baseline(schema) == [
        "CREATE SCHEMA app", "CREATE FUNCTION app.check_it() ...",
        "CREATE TABLE app.people (\n\(columns),\n    CONSTRAINT people_pkey PRIMARY KEY (id)\n)",
      ] + after + ["ALTER TABLE app.people ADD CONSTRAINT ck CHECK (app.check_it())"] + owner)
    let rows = SeedRows([
      people: RowSet(columns: ["id", "Full Name"], rows: [[.text("1"), .text("Ada\\")]]),
      ObjectPath(.sequence, namespace: "app", name: "people_id_seq"): RowSet(
        columns: ["last_value", "is_called"], rows: [[.integer(1), .text("true")]]),
    ])
    #expect(
      try Render.baseline(schema, rows: rows, options: .init(owners: false)) == [
        "CREATE SCHEMA app", "CREATE FUNCTION app.check_it() ...",
        "CREATE TABLE app.people (\n\(columns)\n)",
      ] + after + [
        "INSERT INTO app.people (id, \"Full Name\") OVERRIDING SYSTEM VALUE VALUES\n"
          + "('1', E'Ada\\\\')",
        "ALTER TABLE ONLY app.people ADD CONSTRAINT people_pkey PRIMARY KEY (id)",
        "ALTER TABLE app.people ADD CONSTRAINT ck CHECK (app.check_it())",
        "SELECT pg_catalog.setval('app.people_id_seq', 1, true)",
      ])
  }

  @Test("names each section where that is wanted")
  func comments() throws {
    let (a, first) = routine("a")
    let (b, second) = routine("b", needs: [a])
    let schema = schema([
      b: second, a: first,
      ObjectPath(.enumeration, namespace: "app", name: "e"): SchemaObject(
        .definition(Definition(text: "CREATE TYPE app.e AS ENUM ('x')"))),
    ])
    #expect(
      try Render.baseline(schema, options: .init(isCommented: true)) == [
        "-- Types\nCREATE TYPE app.e AS ENUM ('x')",
        "-- Functions\nCREATE FUNCTION app.a() ...", "CREATE FUNCTION app.b() ...",
      ])
  }

  @Test("has an order that what is needed decides, before kind and name do")
  func order() throws {
    let (z, last) = routine("z")
    let (a, first) = routine("a", needs: [z])
    let type = ObjectPath(.compositeType, namespace: "app", name: "c")
    let schema = schema([
      a: first, z: last,
      type: SchemaObject(
        .definition(Definition(text: "CREATE TYPE app.c AS (x int)")), dependencies: [a]),
    ])
    #expect(
      try Render.baseline(schema) == [
        "CREATE FUNCTION app.z() ...", "CREATE FUNCTION app.a() ...",
        "CREATE TYPE app.c AS (x int)",
      ])
  }

  @Test("names the objects of a circle")
  func circle() {
    let names = ["a", "b", "c", "d"].map { ObjectPath(.routine, namespace: "app", name: "\($0)()") }
    // a needs b, b needs c, c needs b; d has no part in it.
    let needs = [[names[1]], [names[2]], [names[1]], []]
    let objects = zip(["a", "b", "c", "d"], needs).map { routine($0, needs: $1) }
    let schema = schema(Dictionary(uniqueKeysWithValues: objects))
    let error = #expect(throws: PostgreSQL.RenderError.self) { try Render.baseline(schema) }
    #expect(error == .circle(["routine app.b()", "routine app.c()"]))
    #expect(
      error?.description
        == "no order for a baseline: routine app.b() needs routine app.c() needs routine app.b(). "
        + "Break the circle in a migration, then record again.")
    #expect(Render.dropAll(schema).count == 4)
  }

  @Test("leaves out what the model does not hold, and what needs it")
  func unrendered() throws {
    let wrapper = ObjectPath(.opaque, name: "server s")
    let view = ObjectPath(.view, namespace: "app", name: "v")
    let (a, first) = routine("a", needs: [view])
    let (b, second) = routine("b")
    let table = Table(columns: [Column(name: "x", type: "integer", defaultExpression: "app.a()")])
    let schema = schema([
      wrapper: SchemaObject(.definition(Definition(text: ""))),
      view: SchemaObject(
        .definition(Definition(text: "CREATE VIEW app.v AS ...")), dependencies: [wrapper]),
      a: first, b: second,
      people: SchemaObject(.table(table), partDependencies: ["column x": [a]]),
    ])
    #expect(Render.unrendered(schema) == [people, view, a, wrapper])
    #expect(
      try Render.baseline(schema) == [
        "CREATE FUNCTION app.b() ...", "CREATE TABLE app.people (\n    x integer\n)",
      ])
  }

  @Test(
    "is taken away again in the other order, and what goes with its table by itself is not named")
  func removal() {
    let sequence = ObjectPath(.sequence, namespace: "app", name: "s")
    let alone = ObjectPath(.sequence, namespace: "app", name: "own")
    let other = ObjectPath.table("other.x", namespace: "app")
    func table(_ needs: [ObjectPath]) -> SchemaObject {
      SchemaObject(
        .table(Table(columns: [Column(name: "id", type: "integer")])),
        partDependencies: ["column id": needs])
    }
    func owned(by column: String) -> SchemaObject {
      SchemaObject(
        .definition(Definition(text: "CREATE SEQUENCE ...", attributes: ["owned by": column])))
    }
    let schema = schema([
      people: table([sequence]), other: table([sequence, alone]),
      sequence: owned(by: "app.people.id"), alone: owned(by: "app.\"other.x\".id"),
      ObjectPath(.index, namespace: "app", name: "i"): SchemaObject(
        .index(Index(table: "people", parts: [KeyPart("id")], definition: "CREATE INDEX ..."))),
    ])
    #expect(
      Render.dropAll(schema) == [
        "ALTER SEQUENCE app.s OWNED BY NONE", "DROP TABLE app.people",
        "DROP TABLE app.\"other.x\"", "DROP SEQUENCE app.s",
      ])
  }
}
