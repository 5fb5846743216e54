import Foundation
import RandomSchemas
import SchemaModel
import Testing

@testable import Documents

@Suite("docs/JSON.md")
struct JSONDocumentTests {
  /// A heading with a table: the fields of a command's output, or of a part of it.
  struct Section {
    var command: String
    /// Field names that lead to the part; empty for the whole.
    var path: [String]
    var fields: [String]
    var addsTo: String?
  }

  static let commands: [(heading: String, command: String)] = [
    ("strata log --json", "strata log --json | head -1"),
    ("strata show REV --json", "strata show 001 --json"),
    (
      "strata record FILE --json",
      "echo 'CREATE TABLE r (a)' | strata --store other record - --json"
    ),
    ("strata schema --format json", "strata schema --format json"),
    ("strata schema OBJECT --format json", "strata schema users --format json"),
    ("strata schema TABLE.COLUMN --format json", "strata schema users.id --format json"),
    ("strata diff A B --format json", "strata diff 001 002 --format json"),
    ("strata overview --json", "strata overview --json"),
    ("strata blame TABLE --json", "strata blame users --json"),
    ("strata audit --format json", "strata audit --format json | head -1"),
    ("strata query SQL --json", "strata query 'SELECT 1 AS a' --json"),
    ("strata tag --json", "strata tag --json"), ("strata stats --json", "strata stats --json"),
    ("strata import sql DIR --json", "strata import sql m --json"),
    ("strata truncate REV --json", "strata truncate 001 --sql m --json"),
    ("strata archive show --json", "strata archive show --json"),
    ("strata prove REV", "strata prove 001"),
    ("strata prove --object OBJECT", "strata prove --object users"),
    ("strata verify --json", "strata verify --json"),
    ("strata verify --salvage DIR --json", "strata verify --salvage saved --json"),
    ("strata restore --json", "strata restore --json"),
  ]

  static func sections() throws -> [Section] {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/JSON.md"), encoding: .utf8)
    var sections: [Section] = []
    for line in text.split(separator: "\n").map(String.init) {
      let quoted = line.split(separator: "`").dropFirst().first.map(String.init) ?? ""
      if line.hasPrefix("## ") {
        sections.append(Section(command: quoted, path: [], fields: []))
      } else if line.hasPrefix("### "), let last = sections.last {
        sections.append(
          Section(
            command: last.command, path: quoted.split(separator: ".").map(String.init), fields: []))
      } else if sections.isEmpty {
        continue
      } else if line.contains("The fields of `log`, and:") {
        sections[sections.count - 1].addsTo = "strata log --json"
      } else if line.contains("The fields of `segment` above, and:") {
        sections[sections.count - 1].addsTo = "segment"
      } else if line.hasPrefix("| "), !line.hasPrefix("| field"), !line.hasPrefix("| ---") {
        let name = line.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) ?? ""
        sections[sections.count - 1].fields.append(name)
      }
    }
    return sections
  }

  private static func part(_ value: Any?, _ path: [String]) -> [String: Any]? {
    var value = value
    for name in path {
      if let list = value as? [Any] { value = list.first }
      value = (value as? [String: Any])?[name]
    }
    if let list = value as? [Any] { value = list.first }
    return value as? [String: Any]
  }

  /// The text of the one block of JSON.
  private static func example() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/JSON.md"), encoding: .utf8)
    let parts = text.split(separator: "```")
    let block = try #require(parts.first { $0.hasPrefix("json\n") })
    return block.dropFirst("json\n".count).trimmingCharacters(in: .newlines)
  }

  @Test("The operation that the document shows is printed so")
  func shownOperation() throws {
    let (before, after) = (
      Column(name: "mail", type: "TEXT"),
      Column(name: "mail", type: "TEXT", isNullable: false, defaultExpression: "''")
    )
    let operation = SchemaModel.Operation.alterColumn(
      AlterColumn(table: .table("users"), before: before, after: after))
    #expect(OperationDocument.value(operation).document == (try Self.example()))
  }

  @Test("Every kind of operation has the same fields, and says what was there and what is")
  func operations() throws {
    func fields(_ value: Any?) -> [String] {
      ((value as? [String: Any])?.keys).map { $0.sorted() } ?? []
    }
    let object = [
      "attributes", "columns", "comment", "constraints", "grants", "kind", "name", "namespace",
      "owner", "sql", "table",
    ]
    let column = [
      "attributes", "collation", "comment", "default", "generated", "identity", "name", "nullable",
      "stored", "type",
    ]
    let constraint = ["attributes", "expression", "kind", "name", "parts", "references"]
    let notes = ["comment", "dependencies", "grants", "owner", "partDependencies"]
    let name = ["kind", "name", "namespace", "table"]
    let expected: [String: (before: [String], after: [String])] = [
      "create-object": ([], object),
      "drop-object": (
        [
          "attributes", "comment", "grants", "kind", "name", "namespace", "owner", "parts",
          "predicate", "sql", "table", "unique",
        ], []
      ),
      "rename-object": (name, name),
      "replace-object": (
        object.filter { !["columns", "constraints"].contains($0) } + ["members"],
        object.filter { !["columns", "constraints"].contains($0) } + ["members"]
      ), "annotate-object": (notes, notes), "alter-table": (["attributes"], ["attributes"]),
      "add-column": ([], column), "drop-column": (column, []),
      "rename-column": (["name"], ["name"]),
      "alter-column": (column, column), "reorder-columns": (["columns"], ["columns"]),
      "add-constraint": ([], constraint), "drop-constraint": (constraint, []),
      "alter-constraint": (constraint, constraint),
      "rewrite-text": (["offset", "text"], ["offset", "text"]),
      "statement": ([], ["count", "sql"]),
    ]
    let listed = try Self.sections().first {
      $0.command == "strata show REV --json" && $0.path == ["operations"]
    }
    for (example, operation) in Examples.operations {
      let value = try JSONSerialization.jsonObject(
        with: Data(OperationDocument.value(operation).line.utf8))
      let found = try #require(value as? [String: Any])
      #expect(Set(found.keys) == Set(listed?.fields ?? []), "\(example)")
      let sides = try #require(expected[example])
      #expect(fields(found["before"]) == sides.before.sorted(), "\(example)")
      #expect(fields(found["after"]) == sides.after.sorted(), "\(example)")
      let hasBoth = !sides.before.isEmpty && !sides.after.isEmpty
      #expect((found["changed"] as? [String])?.isEmpty == (hasBoth ? false : nil), "\(example)")
    }
  }

  @Test("Every command prints exactly the fields that the document lists")
  func fields() throws {
    let shell = try Shell()
    let setup = """
      mkdir m && echo 'CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);' > m/001_users.sql \
      && echo 'ALTER TABLE users ADD note TEXT;' > m/002_note.sql && strata init && strata import \
      sql m && strata tag v1 001 && strata --store other init
      """
    #expect(try shell.run(setup).code == 0)
    let sections = try Self.sections()
    #expect(Set(sections.map(\.command)) == Set(Self.commands.map(\.heading)))
    for (heading, command) in Self.commands {
      let result = try shell.run(command, mergesErrors: false)
      #expect(result.code == 0, "\(command): \(result.output)")
      let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      for section in sections where section.command == heading {
        let found = Self.part(value, section.path).map { Set($0.keys) }
        let inherited = sections.first {
          $0.command == section.addsTo || $0.path == [section.addsTo ?? ""]
        }
        let expected = Set(section.fields + (section.addsTo == nil ? [] : inherited?.fields ?? []))
        #expect(found == expected, "\(heading) \(section.path)")
      }
    }
  }
}
