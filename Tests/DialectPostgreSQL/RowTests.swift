import SchemaModel
import Testing

@testable import DialectPostgreSQL

@Suite("Rows for PostgreSQL")
struct PostgreSQLRowTests {
  private let path = ObjectPath.table("t", namespace: "app")

  private func schema(_ columns: [Column]) -> Schema {
    Schema([path: SchemaObject(.table(Table(columns: columns)))])
  }

  @Test("COPY escapes what would end a value or a line")
  func copyFields() {
    typealias Render = PostgreSQL.Render
    #expect(Render.copyField(.null) == "\\N")
    #expect(Render.copyField(.text("")) == "")
    #expect(Render.copyField(.text("\\N")) == "\\\\N")
    #expect(Render.copyField(.text("\\.")) == "\\\\.")
    #expect(
      Render.copyField(.text("a\tb\nc\r\nd\\e\u{8}\u{B}\u{C}é"))
        == "a\\tb\\nc\\r\\nd\\\\e\\b\\v\\fé")
    #expect(Render.copyField(.integer(-5)) == "-5")
    #expect(Render.copyField(.blob([0, 255])) == "\\\\x00ff")
  }

  @Test("a COPY block is one statement with its data and its end")
  func copy() throws {
    let schema = schema([
      Column(name: "a", type: "text"), Column(name: "select", type: "text"),
      Column(
        name: "g", type: "text", generation: Column.Generation(expression: "a", isStored: true)),
    ])
    let rows = SeedRows([
      path: RowSet(
        columns: ["a", "select", "g"],
        rows: [[.text("x\ty"), .null, .text("no")], [.text(""), .text("'"), .null]])
    ])
    let statements = try PostgreSQL.Render.baseline(
      schema, rows: rows, options: .init(copiesRows: true))
    #expect(
      statements.last
        == "COPY app.t (a, \"select\") FROM stdin;\nx\\ty\t\\N\n\t'\n\\.")
    #expect(
      PostgreSQL.Render.insert(rows: rows, schema: schema) == [
        "INSERT INTO app.t (a, \"select\") VALUES\n('x\ty', NULL),\n('', '''')"
      ])
  }

  @Test("an INSERT has at most 500 rows, and at most 200 KB but for a longer row")
  func portions() {
    let schema = schema([Column(name: "a", type: "text")])
    func counts(_ values: [String]) -> [Int] {
      let set = RowSet(columns: ["a"], rows: values.map { [.text($0)] })
      return PostgreSQL.Render.insert(rows: SeedRows([path: set]), schema: schema).map {
        $0.split(separator: "\n").count - 1
      }
    }
    #expect(counts(Array(repeating: "x", count: 1001)) == [500, 500, 1])
    let long = String(repeating: "x", count: 150_000)
    #expect(counts([long, long, "x", long + long, "x"]) == [1, 2, 1, 1])
  }

  @Test("a table without columns has rows too, and sequences stand where they stood")
  func others() {
    let rows = SeedRows([
      path: RowSet(columns: [], rows: [[], []]),
      ObjectPath(.sequence, namespace: "app", name: "S 1"): RowSet(
        columns: ["last_value", "is_called"], rows: [[.integer(-3), .text("false")]]),
    ])
    #expect(
      PostgreSQL.Render.insert(rows: rows, schema: schema([])) == [
        "INSERT INTO app.t DEFAULT VALUES", "INSERT INTO app.t DEFAULT VALUES",
        "SELECT pg_catalog.setval('app.\"S 1\"', -3, false)",
      ])
  }
}
