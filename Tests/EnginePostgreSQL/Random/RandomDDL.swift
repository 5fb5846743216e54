import RandomSchemas
import SchemaModel
import DialectPostgreSQL

/// Scripts as migrations write them, at random over a schema. Some are refused by PostgreSQL; that
/// is part of the game.
struct RandomDDL {
  /// One kind of statement.
  struct Kind: Sendable {
    var name: String
    var weight: Int
    /// The statement; nil where the schema has nothing to do it to.
    var make: @Sendable (inout RandomDDL) -> String?

    init(
      _ name: String, _ weight: Int, _ make: @escaping @Sendable (inout RandomDDL) -> String?
    ) {
      self.name = name
      self.weight = weight
      self.make = make
    }
  }

  var random: SeededGenerator
  /// The server's major version.
  var version: Int
  var schema = Schema()
  /// What the statement is done to, where its kind alone does not tell.
  var subject = ""

  static let kinds: [Kind] =
    tables + partitions + columns + constraints + indexes + views + types + sequences + routines
    + programs + namespaces + generic + privileges + rows

  /// Above it, statements that drop something are more likely.
  static let objectCountMax = 60

  /// A script, and the kinds of the statements in it.
  mutating func script(over schema: Schema) -> (sql: String, kinds: [String]) {
    self.schema = schema
    let count = random.chance(75) ? 1 : Int.random(in: 2...3, using: &random)
    var made: [(sql: String, kind: String)] = []
    let isFull = schema.objects.count > Self.objectCountMax && random.chance(40)
    let kinds = isFull ? Self.dropping : Self.kinds(version: version)
    let total = kinds.reduce(0) { $0 + $1.weight }
    while made.count < count {
      var place = Int.random(in: 0..<total, using: &random)
      guard
        let kind = kinds.first(where: {
          place -= $0.weight
          return place < 0
        })
      else { continue }
      subject = ""
      guard let sql = kind.make(&self) else { continue }
      made.append((sql, subject.isEmpty ? kind.name : "\(kind.name) \(subject)"))
    }
    return (made.map(\.sql).joined(separator: ";\n"), made.map(\.kind))
  }

  private static let dropping = kinds.filter { $0.name.hasPrefix("drop") }

  // MARK: names

  static let plainNames = [
    "a", "b", "c", "d", "id", "x", "y", "z", "name", "email", "users", "orders", "items", "tags",
    "parent_id", "created_at", "total", "kind", "state", "note", "t1", "t2", "t3", "t4",
  ]
  static let oddNames = [
    "Order", "select", "user", "a b", "quo\"te", "it's", "naïve", "emoji 🦊", "semi;", "back\\slash",
    "--dash", "/* no", "a.b", "(p)", "$1", "%s", "x~renaming", "@self", "none", "public",
    "new\nline", " space ", "1st", "a,b", "{x}", "=", "CamelCase",
    String(repeating: "n", count: 63), String(repeating: "ü", count: 31) + "x",
  ]
  static let roles = ["r1", "\"R 2\""]

  mutating func pick<T>(_ values: [T]) -> T { random.pick(values) }
  mutating func chance(_ percent: Int) -> Bool { random.chance(percent) }
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func name() -> String {
    if chance(20) { return pick(Self.oddNames) }
    return chance(50) ? pick(Self.plainNames) : pick(Self.plainNames) + "_\(number(1...99))"
  }

  func q(_ name: String) -> String { PostgreSQL.quote(name) }
  func q(_ path: ObjectPath) -> String { PostgreSQL.quote(path.name, in: path.namespace) }

  /// A new name in one of the schemas that are there.
  mutating func newPath() -> String { q(namespace()) + "." + q(name()) }

  mutating func namespace() -> String {
    let found = schema.paths.filter { $0.kind == .namespace }.map(\.name)
    return chance(55) || found.isEmpty ? "public" : pick(found)
  }

  // MARK: what is there

  mutating func object(
    _ kinds: ObjectKind..., where isWanted: (SchemaObject) -> Bool = { _ in true }
  ) -> (path: ObjectPath, object: SchemaObject)? {
    let found = schema.objects.filter { kinds.contains($0.key.kind) && isWanted($0.value) }
    guard !found.isEmpty else { return nil }
    let path = pick(found.keys.sorted())
    return found[path].map { (path, $0) }
  }

  mutating func table(
    where isWanted: (Table) -> Bool = { _ in true }
  ) -> (path: ObjectPath, table: Table)? {
    guard let (path, object) = object(.table, where: { $0.table.map(isWanted) ?? false }) else {
      return nil
    }
    return object.table.map { (path, $0) }
  }

  mutating func column(
    _ table: Table, where isWanted: (Column) -> Bool = { _ in true }
  ) -> Column? {
    let found = table.columns.filter(isWanted)
    return found.isEmpty ? nil : pick(found)
  }

  /// A table and one of its columns.
  mutating func place(
    where isWanted: (Column) -> Bool = { _ in true }
  ) -> (table: String, column: Column)? {
    let hasAny: (Table) -> Bool = { $0.columns.contains(where: isWanted) }
    guard let (path, table) = table(where: hasAny), let column = column(table, where: isWanted)
    else { return nil }
    return (q(path), column)
  }

  /// A table, a view or a materialized view, with the names of its columns.
  mutating func relation() -> (name: String, columns: [String])? {
    guard let (path, object) = object(.table, .table, .view, .materializedView) else { return nil }
    let columns = object.table.map { $0.columns.map(\.name) } ?? object.definition?.members ?? []
    return columns.isEmpty ? nil : (q(path), columns)
  }
}
