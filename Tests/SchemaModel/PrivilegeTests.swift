import SchemaModel
import Testing

@Suite("Privileges in words")
struct PrivilegeTests {
  private func told(
    _ kind: ObjectKind, _ before: [String], _ after: [String], owner: String? = nil,
    newOwner: String? = nil
  ) -> String {
    let change = AnnotateObject(
      path: ObjectPath(kind, name: "it"), before: .init(owner: owner, grants: before),
      after: .init(owner: newOwner ?? owner, grants: after))
    return String(change.summary.dropFirst("annotate \(kind) it: ".count))
  }

  @Test("a grant says who may do what, and not what the owner may anyway")
  func grants() {
    let own = "@self=arwdDxt/@self"
    #expect(told(.table, [], [own, "alice=r/@self"]) == "grant SELECT to alice")
    #expect(
      told(.table, [], ["@self=arwdDxtm/@self", "=rw/@self"]) == "grant SELECT, UPDATE to PUBLIC")
    #expect(
      told(.table, [own, "alice=r/@self"], [own, "alice=r*a/@self"])
        == "grant INSERT to alice, grant SELECT to alice with grant option")
    #expect(
      told(.table, [], ["app=arwdDxt/app", "\"R \"\"2\"\"\"=r/app"], owner: "app")
        == "grant SELECT to \"R \"\"2\"\"\"")
    #expect(told(.sequence, [], ["@self=rwU/@self", "a=U/@self"]) == "grant USAGE to a")
    #expect(told(.namespace, [], ["@self=UC/@self", "a=UC/@self"]) == "grant USAGE, CREATE to a")
  }

  @Test("a revocation says what somebody may no more, the owner and everyone too")
  func revocations() {
    let own = "@self=arwdDxt/@self"
    #expect(told(.table, [own, "alice=r/@self"], []) == "revoke SELECT from alice")
    #expect(told(.table, [], ["@self=arwDxt/@self"]) == "revoke DELETE from the owner")
    #expect(told(.routine, [], ["@self=X/@self"]) == "revoke EXECUTE from PUBLIC")
    #expect(
      told(.routine, [], ["none"]) == "revoke EXECUTE from PUBLIC, revoke EXECUTE from the owner")
    #expect(
      told(.table, [own, "a=r*/@self"], [own, "a=r/@self"])
        == "revoke grant option for SELECT from a")
  }

  @Test("what only follows an owner, or has another order, is not told as a grant")
  func asides() {
    #expect(
      told(
        .table, ["@self=arwdDxt/@self", "b=r/@self"], ["app=arwdDxt/app", "b=r/app"],
        newOwner: "app") == "owner app")
    #expect(
      told(.table, ["@self=r/@self", "a=r/@self"], ["a=r/@self", "@self=r/@self"])
        == "grants in another order")
  }

  @Test("the aid for rendering is no operation for people, and has no word in one")
  func aids() {
    let aid = AlterTable(
      table: .table("t"), before: [:], after: ["default grants": "@self=arwdDxt/@self"])
    #expect(aid.isAidOnly && aid.summary == "alter table t")
    let both = AlterTable(
      table: .table("t"), before: [:],
      after: ["default grants": "@self=arwdDxt/@self", "row security": ""])
    #expect(!both.isAidOnly && both.summary == "alter table t: now with row security")
    var column = Column(name: "c", type: "text")
    column.attributes["grants"] = "a=r/@self\n=w*/@self"
    let change = AlterColumn(
      table: .table("t"), before: Column(name: "c", type: "text"), after: column)
    #expect(
      change.summary
        == "alter column t.c: grant UPDATE to PUBLIC with grant option, grant SELECT to a")
  }

  @Test("a summary is one line, whatever the names are")
  func lines() {
    let create = Operation.createObject(
      CreateObject(
        path: .table("two\nlines"),
        object: SchemaObject(.table(Table(columns: [Column(name: "a\r\nb", type: "int")])))))
    #expect(create.summary == "create table two\\nlines (a\\r\\nb)")
  }
}
