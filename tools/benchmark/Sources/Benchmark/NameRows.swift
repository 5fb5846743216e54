import DialectPostgreSQL
import DialectSQLite
import HistoryGenerator
import SchemaHistory
import SchemaModel

extension Rows {
  /// What a person names, found among 2,000 tables: in a namespace and without one.
  func names() throws -> [Row] {
    let plain = try named(tables: 2000, namespace: "", dialect: Dialect("sqlite"))
    let spaced = try named(tables: 2000, namespace: "public", dialect: Dialect("postgresql"))
    let few = try named(tables: 20, namespace: "public", dialect: Dialect("postgresql"))
    var random = SeededRandom(seed: 71)
    func number() -> Int { random.below(2000) }
    func table(_ history: History, _ name: String) throws {
      let found = try history.object(named: name, at: "last")
      guard try history.object(found.path, at: "last") != nil else {
        throw BenchmarkError("no object at \(found.path)")
      }
    }
    let rounds = Self.rounds ?? 60
    let bare = try interleaved(rounds) {
      try table(spaced, "table_\(number())")
    } _: {
      try table(plain, "table_\(number())")
    }
    func againstWhole(_ body: () throws -> Void) throws -> (a: Double, b: Double) {
      try interleaved(rounds, body) { _ = try spaced.schema(at: "last") }
    }
    let index = try againstWhole { try table(spaced, "ix_\(number())") }
    let column = try againstWhole {
      _ = try spaced.object(named: "table_\(number()).name", at: "last")
    }
    let blame = try againstWhole {
      let path = ObjectPath.table("table_\(number())", namespace: "public")
      guard try spaced.blame(path, at: "last").count == 4 else {
        throw BenchmarkError("expected four parts of \(path)")
      }
    }
    let wide = try interleaved(rounds) {
      _ = try spaced.blame(.table("table_\(number())", namespace: "public"), at: "last")
    } _: {
      _ = try few.blame(.table("table_\(number() % 20)", namespace: "public"), at: "last")
    }
    func row(_ what: String, _ times: (a: Double, b: Double), bar: Double) -> Row {
      Row(
        what: what, ours: duration(times.a), theirs: duration(times.b), ratio: times.a / times.b,
        bar: bar)
    }
    return [
      row(
        "one of 2,000 tables by its bare name, in the default namespace; without namespaces",
        bare, bar: 2),
      row("an index by its bare name, of 2,000 tables; reading the whole schema", index, bar: 0.25),
      row(
        "a column (`table.column`), of 2,000 tables; reading the whole schema", column, bar: 0.25),
      row("blame of one of 2,000 tables; reading the whole schema", blame, bar: 0.25),
      row("blame of one of 2,000 tables; of 20", wide, bar: 25),
    ]
  }

  /// Tables of two columns, each with an index.
  private func named(tables: Int, namespace: String, dialect: Dialect) throws -> History {
    let history = try History.create(
      at: "\(histories.directory)/named-\(dialect)-\(tables)", dialect: dialect, by: "benchmark")
    let operations = (0..<tables).flatMap { number -> [SchemaModel.Operation] in
      let path = ObjectPath.table("table_\(number)", namespace: namespace)
      let index = ObjectPath(.index, namespace: namespace, name: "ix_\(number)")
      let table = Table(
        columns: [
          Column(name: "id", type: "bigint", isNullable: false),
          Column(name: "name", type: "text"),
        ], constraints: [Constraint(kind: .primaryKey, parts: [KeyPart("id")])],
        definition: "CREATE TABLE \(path.qualifiedName) (id bigint PRIMARY KEY, name text)")
      return [
        .createObject(CreateObject(path: path, object: SchemaObject(.table(table)))),
        .createObject(
          CreateObject(
            path: index,
            object: SchemaObject(
              .index(
                Index(
                  table: path.name, parts: [KeyPart("name")],
                  definition: "CREATE INDEX \(index.name) ON \(path.qualifiedName) (name)")),
              dependencies: [path]))),
      ]
    }
    history.defaultNamespace = namespace
    let draft = RevisionDraft(id: "last", message: "all tables")
    try history.record(
      [Recording(draft: draft, change: .operations(operations))], by: "benchmark")
    return history
  }
}
