import SchemaModel
import Testing

@testable import Importers

@Suite("What a migration tool makes before any migration")
struct GroundTests {
  /// Makes a table of its own in each database that it comes to.
  private struct Founding: MigrationRunner {
    var script = "create table if not exists own(x)"
    var scripts: [RevisionID: String] = [:]
    var ownStatements: Set<String> = []

    func prepare(
      _ scratch: some ScratchDatabase, for id: RevisionID
    ) throws -> [ExecutedStatement]? {
      try scratch.run(script: script)
    }

    func run(
      _ ids: [RevisionID], on scratch: some ScratchDatabase, each: (RanRevision) throws -> Void
    ) throws {
      for id in ids {
        let script = scripts[id] ?? "create table \(id)(x)"
        try each(RanRevision(id: id, statements: scratch.run(script: script)))
      }
    }
  }

  private let drafts = [
    RevisionDraft("a"), RevisionDraft("b", after: ["a"]), RevisionDraft("c", after: ["a"]),
    RevisionDraft("m", after: ["b", "c"]),
  ]

  private func run(
    _ runner: Founding, known: Set<RevisionID> = []
  ) throws -> (lines: [String], ground: [String]) {
    var order = HistoryImport(
      engine: NamesEngine(), runner: runner, graph: try MigrationGraph(drafts))
    order.isKnown = { known.contains($0) }
    var ground: [String] = []
    order.ground = { ground += $0.map(\.description) }
    var lines: [String] = []
    try order.run {
      lines.append(
        "\($0.draft.id): \($0.before.names.joined(separator: " ")) -> "
          + $0.capture.names.joined(separator: " "))
    }
    return (lines, ground)
  }

  @Test("It is no revision's, on no branch, and told once")
  func leftOut() throws {
    let (lines, ground) = try run(Founding())
    #expect(lines == ["a:  -> a", "b: a -> a b", "c: a -> a c", "m: a c -> a b c m"])
    #expect(ground == ["table own"])
  }

  @Test("A second import, which goes on from what is recorded, leaves it out as well")
  func again() throws {
    let (lines, ground) = try run(Founding(), known: ["a", "b", "c"])
    #expect(lines == ["m: a c -> a b c m"])
    #expect(ground == ["table own"])
  }

  @Test("What a migration makes under a name that is nobody's is its own")
  func others() throws {
    let (lines, ground) = try run(Founding(script: "drop table if exists own"))
    #expect(lines.first == "a:  -> a")
    #expect(ground == [])
  }

  private func capture(_ columns: [String], rows: Int = 0) -> Capture {
    var schema = Schema()
    schema.put(
      SchemaObject(.table(Table(columns: columns.map { Column(name: $0, type: "TEXT") }))),
      at: .table("own"))
    schema.put(
      SchemaObject(.index(Index(table: "own", parts: []))), at: ObjectPath(.index, name: "i"))
    schema.put(SchemaObject(.table(Table(columns: []))), at: .table("mine"))
    let row: [RowValue] = [.text("one")]
    let rows = SeedRows(
      rows == 0
        ? [:] : [.table("own"): RowSet(columns: ["x"], rows: Array(repeating: row, count: rows))])
    return Capture(schema: schema, rows: rows)
  }

  @Test("What a migration changes of it is recorded as a whole, with what belongs to it")
  func changed() throws {
    var ground = Ground()
    let made = ground.learn(
      Capture(schema: Schema([.table("mine"): SchemaObject(.table(Table(columns: [])))])),
      capture(["x"]))
    #expect(made.map(\.description) == ["table own", "index i"])
    #expect(ground.leftOut(of: capture(["x"])).schema.paths.map(\.description) == ["table mine"])
    #expect(
      ground.leftOut(of: capture(["x", "y"])).schema.paths.map(\.description)
        == ["table mine", "table own", "index i"])
    let filled = ground.leftOut(of: capture(["x"], rows: 2))
    #expect(filled.schema.paths.count == 3)
    #expect(filled.rows.rowCount == 2)
    #expect(ground.learn(Capture(schema: Schema()), capture(["x"])).map(\.name) == ["mine"])
  }

  @Test(
    "Rows that the tool writes there behind each migration change nothing",
    arguments: [
      "INSERT INTO own VALUES (?)", "insert into \"own\"(x) select 1", "UPDATE main.own SET x = 1",
    ])
  func written(_ statement: String) throws {
    var ground = Ground()
    let mine = Capture(
      schema: Schema([.table("mine"): SchemaObject(.table(Table(columns: [])))]))
    _ = ground.learn(mine, capture(["x"]))
    ground.ownStatements = ["INSERT INTO owners VALUES (?)"]
    #expect(ground.leftOut(of: capture(["x"], rows: 2)).rows.rowCount == 2)
    ground.ownStatements = [statement]
    #expect(ground.leftOut(of: capture(["x"], rows: 2)).schema.paths.map(\.name) == ["mine"])
    #expect(ground.leftOut(of: capture(["x"], rows: 2)).rows.rowCount == 0)
    #expect(ground.leftOut(of: capture(["x", "y"], rows: 2)).schema.paths.count == 3)
    let migration = ExecutedStatement(sql: "DELETE FROM own", count: 1)
    #expect(ground.shared(with: [migration]).map(\.name) == ["own"])
    ground.preparations = [migration.sql]
    #expect(ground.shared(with: [migration]).isEmpty)
  }
}
