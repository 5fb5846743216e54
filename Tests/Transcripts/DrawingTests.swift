import Foundation
import SchemaModel
import Testing

@testable import Documents

/// Drawings of schemas whose names hold all that the grammars read.
@Suite("Drawings")
struct DrawingTests {
  /// Tables whose names differ, also where a grammar has no letters for the difference, each with
  /// two columns of such names and a reference to the first.
  static let schema = schema { _ in true }

  private static func schema(where isTaken: (String) -> Bool) -> Schema {
    var objects: [ObjectPath: SchemaObject] = [:]
    let names =
      HostileText.names + [
        "a\"b", "a'b", "a\\b", "a\u{29f5}b", "a%b", "a\u{ff05}b", "PK", "pk",
        "b", "one", "to", "style", "Note", "table", "1st", "é", "(empty)", "<a>",
        "\u{2039}a\u{203a}",
      ]
    for (number, name) in names.enumerated() where isTaken(name) {
      // The same name once more in a namespace, and once as one with a dot.
      for path in [ObjectPath.table(name, namespace: ""), .table(name, namespace: "a")] {
        let columns = [
          Column(name: name, type: name),
          Column(name: "x" + name, type: "varchar(\(number))", defaultExpression: "'\(name)`'"),
          Column(name: name + "'", type: "character varying(255)", comment: name + "\\"),
          Column(name: name + "\"", type: ""),
        ]
        let reference = Constraint.Reference(table: "new\nline", columns: ["new\nline"])
        let table = Table(
          columns: columns,
          constraints: [
            Constraint(name: name, kind: .primaryKey, parts: [KeyPart(name)]),
            Constraint(name: name, kind: .check, expression: "\"\(name)\" > '\(name)'"),
            Constraint(
              name: name, kind: .foreignKey, parts: [KeyPart("x" + name)], reference: reference),
          ])
        objects[path] = SchemaObject(.table(table), comment: name)
      }
      for kind in [ObjectKind.view, .materializedView, .enumeration] {
        let path = ObjectPath(kind, namespace: "\(kind)", name: name)
        objects[path] = SchemaObject(
          .definition(Definition(text: name, members: [name, "x" + name])), comment: name)
      }
    }
    return Schema(objects)
  }

  private static func count(_ kinds: ObjectKind..., in schema: Schema = schema) -> Int {
    schema.objects.keys.count { kinds.contains($0.kind) }
  }

  private static func run(_ words: [String], _ input: String) throws -> (
    code: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    let path = FileManager.default.temporaryDirectory.appending(path: "strata-\(UUID().uuidString)")
    try input.write(to: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: path) }
    process.standardInput = try FileHandle(forReadingFrom: path)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private static func has(_ program: String) -> Bool {
    ["/usr/bin", "/usr/local/bin", "/bin"].contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  @Test("Graphviz reads them, and every table is a node of its own", .enabled(if: has("dot")))
  func graphviz() throws {
    let text = DotDocument.text(Self.schema)
    #expect(HostileText.hidden(in: Data(text.utf8)) == [])
    let result = try Self.run(["dot", "-Tplain"], text)
    #expect(result.code == 0, "\(result.output.prefix(500))")
    #expect(!result.output.contains("Warning") && !result.output.contains("Error"))
    let nodes = result.output.split(separator: "\n").filter { $0.hasPrefix("node ") }
    #expect(nodes.count == Self.schema.objects.count)
    let edges = result.output.split(separator: "\n").filter { $0.hasPrefix("edge ") }
    #expect(edges.count == Self.count(.table))
  }

  @Test("A table of a thousand columns is a label that Graphviz can read", .enabled(if: has("dot")))
  func longLabel() throws {
    let table = Table(
      columns: (0..<1000).map { Column(name: "a column \($0) {|}", type: "text") })
    let text = DotDocument.text(Schema([.table("wide"): SchemaObject(.table(table))]))
    #expect(try Self.run(["dot", "-Tplain"], text).code == 0)
  }

  /// A Python with the parser pydbml, made by tools/test.
  private static let python: String? = {
    guard let folder = Shell.virtualEnvironment else { return nil }
    let python = "\(folder)/bin/python"
    return (try? run([python, "-c", "import pydbml"], ""))?.code == 0 ? python : nil
  }()

  @Test("pydbml reads them, and every table is one of its own", .enabled(if: python != nil))
  func dbml() throws {
    let program = """
      import sys
      from pydbml import PyDBML
      found = PyDBML(sys.stdin.buffer.read().decode())
      print(len({(table.schema, table.name) for table in found.tables}), len(found.refs),
            sum(len({column.name for column in table.columns}) for table in found.tables),
            len({(enum.schema, enum.name) for enum in found.enums}),
            sum(len({item.name for item in enum.items}) for enum in found.enums),
            sum(bool(table.note.text) for table in found.tables))
      """
    #expect(HostileText.hidden(in: Data(DBMLDocument.text(Self.schema).utf8)) == [])
    // pydbml takes parentheses and commas out of quoted names in references; DBML's own rule keeps
    // them.
    let schema = Self.schema { name in !name.contains { "(),".contains($0) } }
    let text = DBMLDocument.text(schema)
    let result = try Self.run([Self.python ?? "", "-c", program], text)
    let tables = Self.count(.table, in: schema)
    let views = Self.count(.view, .materializedView, in: schema)
    let enums = Self.count(.enumeration, in: schema)
    #expect(
      result.output
        == "\(tables + views) \(tables) \(tables * 4 + views * 2) \(enums) \(enums * 2) "
        + "\(tables + views)\n",
      "\(result.output.suffix(600))")
  }

  /// Lines of DBML as its grammar has them: names are words or in double quotes, which hold neither
  /// a quote nor a backslash.
  @Test("DBML has nothing that its grammar lacks")
  func dbmlGrammar() throws {
    let name = #/"[^"\\]+"|[A-Za-z_]\w*/#
    var blocks: Set<String> = []
    var isNote = false
    for line in DBMLDocument.text(Self.schema).split(separator: "\n") {
      if isNote || line.hasPrefix("  Note: ") {
        // Every quote in a note has a backslash, and every backslash another.
        let text = line.hasPrefix("  Note: ") ? line.dropFirst("  Note: ".count) : line.dropFirst(2)
        if text == "'''" {
          isNote.toggle()
        } else {
          #expect(isNote || text.count > 1 && text.hasPrefix("'") && text.hasSuffix("'"), "\(line)")
          let inner = isNote ? text : text.dropFirst().dropLast()
          #expect(inner.wholeMatch(of: #/([^'\\]|\\'|\\\\)*/#) != nil, "\(line)")
        }
      } else if line.hasPrefix("Table ") || line.hasPrefix("Enum ") {
        let rest = line.replacing(" [headercolor: #7d7d7d]", with: "")
        let end = try #require(rest.hasSuffix(" {") ? rest.dropLast(2) : nil)
        #expect(
          end.wholeMatch(
            of: #/(Table|Enum) (("[^"\\]+"|[A-Za-z_]\w*)\.)?("[^"\\]+"|[A-Za-z_]\w*)/#) != nil)
        #expect(blocks.insert(String(end)).inserted)
      } else if line.hasPrefix("  "), line != "  indexes {", line != "  }", !line.hasPrefix("    ")
      {
        #expect(line.dropFirst(2).prefixMatch(of: name) != nil, "\(line)")
      } else {
        #expect(
          line == "}" || line.hasPrefix("Ref ") || line.hasPrefix("// ") || line == "  }"
            || line == "  indexes {" || line.hasPrefix("    ("), "\(line)")
      }
    }
    #expect(blocks.count == Self.schema.objects.count)
  }

  /// The tokens of Mermaid 11's erDiagram.jison: an entity is a word or quotes that hold no quote,
  /// per cent sign, backslash or line break, an attribute is two words and its marks.
  @Test("Mermaid has nothing that its grammar lacks")
  func mermaidGrammar() throws {
    let entity = #/"[^"%\r\n\u{b}\u{8}\\]+"|[A-Za-z_]\w*/#
    let attribute =
      #/    [A-Za-z_\u{c0}-\u{ffff}][A-Za-z0-9_\-()\[\]\u{c0}-\u{ffff}]* (?!(PK|FK|UK)\b)[A-Za-z_\u{c0}-\u{ffff}][A-Za-z0-9_\-()\[\]\u{c0}-\u{ffff}]*( (PK|FK|UK)(, (PK|FK|UK))*)?( "[^"%\r\n\\<>#&`]*")?/#
      .matchingSemantics(.unicodeScalar)
    var entities: Set<String> = []
    let text = MermaidDocument.text(Self.schema)
    #expect(HostileText.hidden(in: Data(text.utf8)) == [])
    for line in text.split(separator: "\n").dropFirst() {
      if line.hasSuffix(" {") {
        var name = line.dropFirst(2).dropLast(2)
        if let title = name.range(of: "[\"", options: .backwards), name.hasSuffix("\"]") {
          #expect(name[title.lowerBound...].dropFirst().dropLast().wholeMatch(of: entity) != nil)
          name = name[..<title.lowerBound]
        }
        #expect(name.wholeMatch(of: entity) != nil, "\(line)")
        #expect(
          !["one", "to", "style", "title", "pk"].contains(name.lowercased()),
          "\(line) is a word")
        #expect(entities.insert(name.filter { $0 != "\"" }).inserted, "\(line)")
      } else if line.hasPrefix("    ") {
        #expect(line.wholeMatch(of: attribute) != nil, "\(line)")
      } else {
        #expect(line == "  }" || line.contains(" ||--o{ ") || line.contains(" |o--o"), "\(line)")
      }
    }
    #expect(entities.count == Self.schema.objects.count)
  }

  @Test("Plain names are drawn as they are")
  func plain() {
    let table = Table(columns: [Column(name: "id", type: "INTEGER")])
    let schema = Schema([.table("users"): SchemaObject(.table(table))])
    #expect(DotDocument.text(schema).contains("\"users\" [label=\"users|<c0> id INTEGER\"]"))
    #expect(MermaidDocument.text(schema) == "erDiagram\n  users {\n    INTEGER id\n  }\n")
    #expect(DBMLDocument.text(schema) == "Table users {\n  id INTEGER\n}\n")
  }
}
