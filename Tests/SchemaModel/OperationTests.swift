import RandomSchemas
import SchemaModel
import Testing

@Suite("One operation each: applied, undone, said in one line")
struct OperationTests {
  let schema = Examples.schema

  @Test("create makes an object, and refuses to make it twice")
  func createObject() throws {
    let create = try example("create-object")
    let after = try apply(create, to: Schema(), says: "create table users (id, email) strict")
    #expect(after.objects == [Examples.users: Examples.table])
    var twice = after
    #expect(throws: FoldError.alreadyThere(Examples.users, operation: create.summary)) {
      try create.apply(to: &twice)
    }
    #expect(twice == after)
  }

  @Test("drop takes an object away, and carries it for its inverse")
  func dropObject() throws {
    let after = try apply(
      example("drop-object"), to: schema, says: "drop index ix_email on users")
    #expect(after.paths.map(\.name) == ["users", "names"])
  }

  @Test("a renamed object keeps what it is")
  func renameObject() throws {
    let after = try apply(
      example("rename-object"), to: schema, says: "rename table users to accounts")
    #expect(after.objects[.table("accounts")] == Examples.table)
    #expect(after.objects[Examples.users] == nil)
  }

  @Test("a view is replaced whole, and only where it is the one that was seen")
  func replaceObject() throws {
    let replace = try example("replace-object")
    let after = try apply(replace, to: schema, says: "alter view names: column email is now 1")
    var again = after
    #expect(throws: FoldError.self) { try replace.apply(to: &again) }
  }

  @Test("comment, owner, grants and dependencies change together")
  func annotateObject() throws {
    let after = try apply(
      example("annotate-object"), to: schema,
      says: "annotate table users: comment 'people', owner app, grant ALL TO app, "
        + "other dependencies")
    #expect(after.objects[Examples.users]?.comment == "people")
  }

  @Test("a table's options change")
  func alterTable() throws {
    let after = try apply(
      example("alter-table"), to: schema,
      says: "alter table users: no longer strict, now without rowid")
    #expect(after.table("users")?.attributes == ["without rowid": ""])
  }

  @Test("a column comes at its place")
  func addColumn() throws {
    let after = try apply(
      example("add-column"), to: schema,
      says: "add column users.name TEXT GENERATED AS (lower(email)) STORED")
    #expect(columns(after) == "id, name, email")
  }

  @Test("a column goes, and comes back at its place")
  func dropColumn() throws {
    let after = try apply(example("drop-column"), to: schema, says: "drop column users.email")
    #expect(columns(after) == "id")
  }

  @Test("the table's own keys follow a renamed column")
  func renameColumn() throws {
    let after = try apply(
      example("rename-column"), to: schema, says: "rename column users.id to number")
    #expect(columns(after) == "number, email")
    #expect(after.table("users")?.constraints.first?.parts == [KeyPart("number")])
  }

  @Test("an altered column says what is other")
  func alterColumn() throws {
    let after = try apply(
      example("alter-column"), to: schema,
      says: "alter column users.email: type VARCHAR(255) -> TEXT, now nullable, "
        + "collation NOCASE -> default")
    #expect(after.table("users")?.column(named: "email")?.type == "TEXT")
  }

  @Test("columns change places")
  func reorderColumns() throws {
    let after = try apply(
      example("reorder-columns"), to: schema, says: "reorder columns users: email, id")
    #expect(columns(after) == "email, id")
  }

  @Test("a constraint comes")
  func addConstraint() throws {
    let after = try apply(
      example("add-constraint"), to: schema,
      says: "add constraint users fk_team: FOREIGN KEY (team_id) REFERENCES teams (id) "
        + "ON DELETE CASCADE")
    #expect(after.table("users")?.constraints.count == 3)
  }

  @Test("a constraint goes")
  func dropConstraint() throws {
    let after = try apply(
      example("drop-constraint"), to: schema, says: "drop constraint users ck_id: CHECK (id > 0)")
    #expect(after.table("users")?.constraints == [Examples.key])
  }

  @Test("a constraint with another name is renamed, not altered")
  func alterConstraint() throws {
    let after = try apply(
      example("alter-constraint"), to: schema, says: "rename constraint users ck_id to ck_users_id")
    #expect(after.table("users")?.constraints.last?.name == "ck_users_id")
  }

  @Test("the engine's text is edited in one place, and only where it is the one that was seen")
  func rewriteText() throws {
    let rewrite = try example("rewrite-text")
    let after = try apply(rewrite, to: schema, says: "rewrite text of table users")
    #expect(
      after.table("users")?.definition == "CREATE TABLE users (id INTEGER NOT NULL, email TEXT)")
    var other = after
    #expect(throws: FoldError.self) { try rewrite.apply(to: &other) }
  }

  @Test("a statement leaves the schema alone")
  func statement() throws {
    let after = try apply(
      example("statement"), to: schema, says: "statement UPDATE users SET email = '' (3 times)")
    #expect(after == schema)
    #expect(try example("statement").inverse == nil)
  }

  @Test("every operation that needs an object says which one it misses")
  func missing() {
    for (name, operation) in Examples.operations
    where !["create-object", "statement"].contains(name) {
      var empty = Schema()
      let error = #expect(throws: FoldError.self, "\(name)") { try operation.apply(to: &empty) }
      #expect(error?.description.contains("expected ") == true)
      #expect(empty == Schema())
    }
  }

  @Test("every kind of operation has an example")
  func complete() {
    #expect(Set(Examples.operations.map(\.operation.kind)).count == 16)
    for (name, operation) in Examples.operations {
      #expect(!operation.summary.contains("\n"), "\(name)")
    }
  }
}
