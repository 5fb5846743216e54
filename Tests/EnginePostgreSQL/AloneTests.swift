import SchemaModel
import DialectPostgreSQL
import Testing

@testable import EnginePostgreSQL

@Suite("A table printed with what belongs to it")
struct AloneTests {
  private static let words = PostgreSQLWords()

  private static func dependents(of table: ObjectPath, in schema: Schema) -> Schema {
    let paths = schema.dependents(of: table)
    return Schema(
      schema.objects.filter { path, object in
        (paths.contains(path)
          && (path.kind != .statistics || object.dependencies.contains(table)))
          || (path.kind == .sequence && words.isOwned(object, by: table))
      })
  }

  private static func parents(of object: SchemaObject, in schema: Schema) -> Schema {
    var parents = Schema()
    for path in object.dependencies where path.kind == .table {
      guard let parent = schema.objects[path] else { continue }
      parents.objects[path] = parent
      parents.objects.merge(Self.parents(of: parent, in: schema).objects) { first, _ in first }
    }
    return parents
  }

  /// Drops each table, makes it again by what is printed of it, and says what is not the same then.
  private func differences(after scripts: [String]) throws -> [String] {
    let scratch = try Shared.engine().makeScratch()
    for script in scripts { _ = try scratch.run(script: script) }
    let schema = BaselineCheck.sorted(try BaselineCheck.read(scratch).schema)
    // What is given to every new object would be given to these.
    let privileges = PostgreSQL.Render.dropAll(
      Schema(schema.objects.filter { $0.key.kind == ObjectKind.defaultPrivileges }))
    var differences: [String] = []
    for (path, object) in schema.objects where path.kind == .table {
      let dependents = Self.dependents(of: path, in: schema)
      let text = try #require(
        Self.words.text(
          path, object, dependents: dependents, parents: Self.parents(of: object, in: schema)))
      let copy = try scratch.copy()
      let connection = try copy.open()
      try connection.execute("BEGIN")
      try connection.execute(
        "DROP TABLE \(PostgreSQL.quote(path.name, in: path.namespace)) CASCADE")
      do {
        for statement in privileges + PostgreSQL.Render.prelude(version: connection.majorVersion) {
          try connection.execute(statement)
        }
        try connection.execute(text)
        try connection.execute("COMMIT")
        let made = BaselineCheck.sorted(try BaselineCheck.read(copy).schema)
        for part in [path] + dependents.paths {
          let (before, after) = (schema.objects[part], made.objects[part])
          if before?.content != after?.content || before?.comment != after?.comment
            || before?.grants != after?.grants || before?.owner != after?.owner
          {
            let words = before.flatMap { before in
              after.map { after in
                var operations: [SchemaModel.Operation] = []
                SchemaDiff.append(part, from: before, to: after, to: &operations)
                return operations.map(\.summary).joined(separator: "; ")
              }
            }
            differences.append("\(part) of \(path): \(words ?? "it is gone")\n\(text)")
          }
        }
      } catch {
        differences.append("\(path): \(error)\n\(text)")
      }
    }
    return differences
  }

  @Test("is the same table, with its indexes, triggers, rules, policies and sequences")
  func everything() throws {
    let scripts = ServerTraits.adapted(EverythingHistory.first + EverythingHistory.second)
    let found = try differences(after: scripts)
    #expect(found == [])
  }

  @Test("has from the table that it inherits from what it had, and lacks what it lacked")
  func heirs() throws {
    let script = """
      create table p (a int default 1 not null, b text default 'p', c text, check (a > 0));
      create table kid (own int) inherits (p);
      alter table kid alter b drop default;
      alter table kid alter a set default 2;
      create table grand () inherits (kid);
      create index on grand (a);
      """
    let found = try differences(after: [script])
    #expect(found == [])
  }

  @Test("is no other table's")
  func owned() throws {
    let scratch = try Shared.engine().makeScratch()
    let script = """
      create table t (id serial primary key, n int);
      create table "t.x" (id serial, "a.b" int);
      create sequence s owned by "t.x"."a.b";
      create index by_n on t using hash (n) with (fillfactor = 70);
      create function f() returns trigger language plpgsql as $$begin return new; end$$;
      create trigger g before insert on t for each row execute function f();
      """
    _ = try scratch.run(script: script)
    let schema = try BaselineCheck.read(scratch).schema
    func names(_ table: String) -> [String] {
      Self.dependents(of: .table(table, namespace: "public"), in: schema).paths.map(\.name)
    }
    #expect(names("t") == ["by_n", "g", "t_id_seq"])
    #expect(names("t.x") == ["s", "t.x_id_seq"])
  }
}
