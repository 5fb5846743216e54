import SchemaModel
import Testing

@testable import Documents

@Suite("Documents of a schema")
struct DocumentTests {
  static let schema = Schema([
    .table("users"): SchemaObject(
      .table(
        Table(
          columns: [
            Column(name: "id", type: "INTEGER", isNullable: false),
            Column(
              name: "e mail", type: "VARCHAR(120)", isNullable: false, defaultExpression: "''"),
          ],
          constraints: [
            Constraint(kind: .primaryKey, parts: [KeyPart("id")]),
            Constraint(kind: .unique, parts: [KeyPart("e mail")]),
          ]))),
    .table("posts"): SchemaObject(
      .table(
        Table(
          columns: [
            Column(name: "id", type: "INTEGER"), Column(name: "author", type: "INTEGER"),
          ],
          constraints: [
            Constraint(kind: .primaryKey, parts: [KeyPart("id")]),
            Constraint(
              name: "fk", kind: .foreignKey, parts: [KeyPart("author")],
              reference: Constraint.Reference(table: "users", columns: ["id"], onDelete: "CASCADE")),
          ]))),
    ObjectPath(.index, name: "by_author"): SchemaObject(
      .index(Index(table: "posts", parts: [KeyPart("author")], isUnique: true, predicate: "id > 1"))
    ),
  ])

  @Test("DBML has tables, indexes and references")
  func dbml() {
    #expect(
      DBMLDocument.text(Self.schema) == """
        Table posts {
          id INTEGER [pk]
          author INTEGER

          indexes {
            (author) [name: 'by_author', unique, note: 'where id > 1']
          }
        }

        Table users {
          id INTEGER [pk, not null]
          "e mail" VARCHAR(120) [unique, not null, default: `''`]
        }

        Ref fk: posts.(author) > users.(id) [delete: cascade]

        """)
  }

  @Test("Mermaid draws optional references as such")
  func mermaid() {
    #expect(
      MermaidDocument.text(Self.schema) == """
        erDiagram
          posts {
            INTEGER id PK
            INTEGER author FK
          }
          users {
            INTEGER id PK "not null"
            VARCHAR(120) e_mail UK "not null"
          }
          users |o--o{ posts : "author"

        """)
  }

  @Test("Graphviz gets one record a table and one arrow a reference")
  func dot() {
    #expect(
      DotDocument.text(Self.schema) == """
        digraph schema {
          rankdir=LR;
          node [shape=record, fontname="Helvetica"];
          "posts" [label="posts|<c0> id INTEGER (key)|<c1> author INTEGER"];
          "users" [label="users|<c0> id INTEGER (key)|<c1> e mail VARCHAR(120) not null"];
          "posts":c1 -> "users":c0;
        }

        """)
  }

  /// What a drawing has beside tables: checks, views and enums.
  static let wide = Schema([
    .table("person", namespace: "app"): SchemaObject(
      .table(
        Table(
          columns: [
            Column(name: "id", type: "integer", isNullable: false),
            Column(name: "age", type: "integer"),
            Column(name: "feels", type: "app.\"Mood\""),
          ],
          constraints: [
            Constraint(name: "adult", kind: .check, expression: "(age >= 18)"),
            Constraint(kind: .check, expression: "\"feels\" <> 'id' OR (age = 1)"),
          ])), comment: "who's who"),
    ObjectPath(.enumeration, namespace: "app", name: "Mood"): SchemaObject(
      .definition(Definition(text: "", members: ["happy", "so so", "it's"]))),
    ObjectPath(.view, namespace: "app", name: "adults"): SchemaObject(
      .definition(Definition(text: "", members: ["id", "how old"])), comment: "18 and older"),
    ObjectPath(.materializedView, namespace: "app", name: "empty"): SchemaObject(
      .definition(Definition(text: ""))),
  ])

  @Test("DBML has enums, checks in notes, and views as tables of another colour")
  func wideDBML() {
    #expect(
      DBMLDocument.text(Self.wide) == #"""
        Enum app.Mood {
          happy
          "so so"
          "it's"
        }

        Table app.person {
          id integer [not null]
          age integer
          feels app.Mood

          Note: '''
          who\'s who
          CHECK ("feels" <> \'id\' OR (age = 1))
          adult: CHECK (age >= 18)
          '''
        }

        Table app.adults [headercolor: #7d7d7d] {
          id any
          "how old" any

          Note: '''
          view
          18 and older
          '''
        }

        // materialized view app.empty

        """#)
  }

  @Test("Mermaid has enums and views as entities with a title, and checks beside their columns")
  func wideMermaid() {
    #expect(
      MermaidDocument.text(Self.wide) == """
        erDiagram
          "app.person" {
            integer id "not null"
            integer age "CHECK ('feels' \u{2039}\u{203a} 'id' OR (age = 1)), adult: CHECK (age \u{203a}= 18)"
            app__Mood_ feels
          }
          "app.adults"["view app.adults"] {
            any id
            any how_old "how old"
          }
          "app.empty"["materialized view app.empty"] {
          }
          "app.Mood"["enum app.Mood"] {
            value happy
            value so_so "so so"
            value it_s "it's"
          }

        """)
  }

  @Test("Graphviz gets views and enums as nodes of their own shape, and checks as rows")
  func wideDot() {
    #expect(
      DotDocument.text(Self.wide) == #"""
        digraph schema {
          rankdir=LR;
          node [shape=record, fontname="Helvetica"];
          "app.person" [label="app.person|<c0> id integer not null|<c1> age integer|<c2> feels app.\"Mood\"|CHECK (\"feels\" \<\> 'id' OR (age = 1))|adult: CHECK (age \>= 18)"];
          "app.adults" [shape=Mrecord, style=dashed, label="view app.adults|id|how old"];
          "app.empty" [shape=Mrecord, style=dashed, label="materialized view app.empty"];
          "app.Mood" [style=filled, fillcolor="#eeeeee", label="enum app.Mood|happy|so so|it's"];
        }

        """#)
  }

  @Test("JSON escapes what it must and keeps the order of fields")
  func json() {
    let value = JSONValue.object([
      ("z", .text("a\"b\\c\n\u{1}é")), ("a", .list([.integer(1), .real(0.5), .null, .bool(true)])),
      ("e", .list([])),
    ])
    #expect(
      value.line == #"{"z":"a\"b\\c\n\u0001é","a":[1,0.5,null,true],"e":[]}"#)
    #expect(
      value.document == """
        {
          "z": "a\\"b\\\\c\\n\\u0001é",
          "a": [
            1,
            0.5,
            null,
            true
          ],
          "e": []
        }
        """)
  }

  @Test("A changed text is shown in hunks with their context")
  func lineDiff() {
    let old = ["a", "b", "c"]
    #expect(LineDiff.lines(from: old, to: old) == [])
    #expect(
      LineDiff.lines(from: old, to: ["a", "x", "c"]) == ["@@ -1,3 +1,3 @@", " a", "-b", "+x", " c"])
    #expect(LineDiff.lines(from: [], to: ["a"]) == ["@@ -0,0 +1,1 @@", "+a"])
    #expect(LineDiff.lines(from: ["a"], to: []) == ["@@ -1,1 +0,0 @@", "-a"])
  }
}
