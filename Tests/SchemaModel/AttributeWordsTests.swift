import SchemaModel
import Testing

@Suite("Attributes in words")
struct AttributeWordsTests {
  private func index(
    _ attributes: [String: String] = [:], where predicate: String? = nil
  ) -> SchemaObject {
    SchemaObject(
      .index(
        Index(
          table: "t", parts: [KeyPart("a")], predicate: predicate, attributes: attributes)))
  }

  private func change(_ old: SchemaObject, _ new: SchemaObject) -> String {
    let change = ReplaceObject(path: ObjectPath(.index, name: "i"), before: old, after: new)
    return String(change.summary.dropFirst("alter index i: ".count))
  }

  @Test("a new index says what is not as usual, in the order of its statement")
  func newIndex() {
    let whole = index(
      [
        "method": "gin", "include": "b, c", "nulls not distinct": "", "options": "fillfactor=70",
        "tablespace": "fast", "clustered": "",
      ], where: "a > 0")
    let path = ObjectPath(.index, name: "i")
    #expect(
      CreateObject(path: path, object: whole).summary
        == "create index i on t using gin (a) include (b, c) nulls not distinct "
        + "with (fillfactor=70) tablespace fast where a > 0")
    #expect(CreateObject(path: path, object: index()).summary == "create index i on t (a)")
  }

  @Test("a new table says what is not as usual")
  func newTable() {
    func summary(_ attributes: [String: String]) -> String {
      let table = Table(columns: [Column(name: "a", type: "int")], attributes: attributes)
      return CreateObject(path: .table("t"), object: SchemaObject(.table(table))).summary
    }
    #expect(summary([:]) == "create table t (a)")
    #expect(
      summary(["without rowid": "", "strict": ""]) == "create table t (a) without rowid strict")
    #expect(
      summary(["persistence": "unlogged", "options": "fillfactor=70", "tablespace": "fast"])
        == "create unlogged table t (a) with (fillfactor=70) tablespace fast")
    #expect(
      summary(["partition by": "LIST (a)", "inherits": "p", "access method": "columnar"])
        == "create table t (a) inherits p partition by LIST (a) using columnar")
    #expect(
      summary(["partition of": "p", "partition bound": "FOR VALUES IN (1)"])
        == "create table t (a) partition of p FOR VALUES IN (1)")
    #expect(summary(["virtual": "fts5(a)"]) == "create table t (a) using fts5(a)")
  }

  @Test("what an index has no more is what it has by default")
  func indexes() {
    #expect(change(index(["method": "gin"]), index()) == "using gin -> using btree")
    #expect(change(index(), index(["method": "gin"])) == "using btree -> using gin")
    #expect(
      change(index(["options": "fillfactor=70"]), index())
        == "with (fillfactor=70) -> with default options")
    #expect(change(index(["include": "b"]), index()) == "no longer include (b)")
    #expect(
      change(index(["include": "b"]), index(["include": "c"])) == "include (b) -> include (c)")
    #expect(change(index(["nulls not distinct": ""]), index()) == "now nulls distinct")
    #expect(
      change(index(), index(["tablespace": "fast"])) == "default tablespace -> tablespace fast")
    #expect(change(index(["invalid": ""]), index()) == "now valid")
    #expect(
      change(index(["statistics": "1=10"]), index()) == "statistics 1=10 -> default statistics")
    #expect(change(index(where: "a > 0"), index()) == "no longer where a > 0")
    #expect(change(index(), index(where: "a > 0")) == "now where a > 0")
  }

  @Test("so is what a table has no more")
  func tables() {
    func change(_ old: [String: String], _ new: [String: String]) -> String {
      String(
        AlterTable(table: .table("t"), before: old, after: new).summary
          .dropFirst("alter table t: ".count))
    }
    #expect(change(["persistence": "unlogged"], [:]) == "unlogged -> logged")
    #expect(change(["strict": ""], [:]) == "no longer strict")
    #expect(change([:], ["inherits": "p"]) == "now inherits p")
    #expect(change(["inherits": "p"], ["inherits": "q"]) == "inherits p -> inherits q")
    #expect(change([:], ["row security": ""]) == "now with row security")
    #expect(
      change(["replica identity": "full"], [:])
        == "replica identity full -> replica identity default")
    #expect(
      change(["access method": "columnar"], [:])
        == "using columnar -> using the default access method")
    #expect(
      change(["toast options": "a=1"], [:]) == "toast with (a=1) -> toast with default options")
  }

  @Test("so is what a column, a trigger, a view has no more")
  func others() {
    func column(_ attributes: [String: String]) -> Column {
      Column(name: "a", type: "text", attributes: attributes)
    }
    func change(_ old: [String: String], _ new: [String: String]) -> String {
      String(
        AlterColumn(table: .table("t"), before: column(old), after: column(new)).summary
          .dropFirst("alter column t.a: ".count))
    }
    #expect(change(["storage": "main"], [:]) == "storage main -> default storage")
    #expect(change(["compression": "lz4"], [:]) == "compression lz4 -> default compression")
    #expect(change([:], ["inherited": ""]) == "now inherited")
    func alter(_ kind: ObjectKind, _ old: [String: String], _ new: [String: String]) -> String {
      let path = ObjectPath(kind, name: "x")
      func object(_ attributes: [String: String]) -> SchemaObject {
        SchemaObject(.definition(Definition(text: "", attributes: attributes)))
      }
      return ReplaceObject(path: path, before: object(old), after: object(new)).summary
    }
    #expect(alter(.trigger, [:], ["enabled": "disabled"]) == "alter trigger x: enabled -> disabled")
    #expect(
      alter(.trigger, ["enabled": "always"], [:]) == "alter trigger x: enabled always -> enabled")
    #expect(
      alter(.sequence, ["owned by": "t.a"], [:])
        == "alter sequence x: owned by t.a -> owned by none")
    #expect(
      alter(.view, [:], ["column a comment": "why"])
        == "alter view x: column a comment none -> column a comment why")
  }
}
