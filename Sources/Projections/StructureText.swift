internal import SchemaModel

/// An object's structure as JSON text, for `json_extract` and `json_each`. What is nil or empty is
/// left out; store/RELATIONS.md lists the keys.
enum StructureText {
  static func object(_ object: SchemaObject) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      switch object.content {
      case .table(let table): write(table, to: &writer)
      case .index(let index): write(index, to: &writer)
      case .definition(let definition):
        writer.member("table", definition.table)
        writer.member("members", definition.members)
        writer.member("attributes", definition.attributes)
      }
      writer.member("comment", object.comment)
      writer.member("owner", object.owner)
      writer.member("grants", object.grants)
      writer.member("dependencies", object.dependencies.map(\.description))
    }
    return writer.text
  }

  /// `["a","b"]`.
  static func list(_ texts: [String]) -> String {
    if texts.isEmpty { return "[]" }
    var writer = JSONWriter()
    writer.array(texts) { writer, text in writer.string(text) }
    return writer.text
  }

  private static func write(_ table: Table, to writer: inout JSONWriter) {
    writer.key("columns")
    writer.array(table.columns) { writer, column in
      writer.object { write(column, to: &$0) }
    }
    writer.key("constraints")
    writer.array(table.constraints) { writer, constraint in
      writer.object { write(constraint, to: &$0) }
    }
    writer.member("attributes", table.attributes)
  }

  private static func write(_ column: Column, to writer: inout JSONWriter) {
    writer.key("name")
    writer.string(column.name)
    writer.key("type")
    writer.string(column.type)
    writer.member("nullable", column.isNullable)
    writer.member("default", column.defaultExpression)
    writer.member("collation", column.collation)
    if let generation = column.generation {
      writer.key("generated")
      writer.object { writer in
        writer.member("expression", generation.expression)
        writer.member("stored", generation.isStored)
      }
    }
    writer.member("identity", column.identity)
    writer.member("comment", column.comment)
    writer.member("attributes", column.attributes)
  }

  private static func write(_ constraint: Constraint, to writer: inout JSONWriter) {
    writer.member("name", constraint.name)
    writer.member("kind", word(constraint.kind))
    writer.member("columns", constraint.parts.map(\.text))
    writer.member("expression", constraint.expression)
    if let reference = constraint.reference {
      writer.key("references")
      writer.object { writer in
        writer.member("namespace", reference.namespace.isEmpty ? nil : reference.namespace)
        writer.member("table", reference.table)
        writer.member("columns", reference.columns)
        writer.member("on_delete", reference.onDelete)
        writer.member("on_update", reference.onUpdate)
        writer.member("match", reference.match)
      }
    }
    writer.member("attributes", constraint.attributes)
    writer.member("text", constraint.body)
  }

  private static func word(_ kind: Constraint.Kind) -> String {
    switch kind {
    case .primaryKey: "primary key"
    case .unique: "unique"
    case .foreignKey: "foreign key"
    case .check: "check"
    case .exclusion: "exclusion"
    }
  }

  private static func write(_ index: Index, to writer: inout JSONWriter) {
    writer.member("table", index.table)
    writer.member("unique", index.isUnique)
    writer.member("parts", index.parts.map(\.description))
    writer.member("predicate", index.predicate)
    writer.member("attributes", index.attributes)
  }
}

/// Writes JSON into one buffer.
struct JSONWriter {
  private var bytes: [UInt8] = []
  private var needsComma = false

  init() { bytes.reserveCapacity(512) }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func object(_ body: (inout JSONWriter) -> Void) {
    begin(UInt8(ascii: "{"))
    body(&self)
    end(UInt8(ascii: "}"))
  }

  mutating func array<Element>(
    _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
  ) {
    begin(UInt8(ascii: "["))
    for element in elements { body(&self, element) }
    end(UInt8(ascii: "]"))
  }

  mutating func key(_ key: String) {
    string(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func member(_ name: String, _ value: String?) {
    guard let value else { return }
    key(name)
    string(value)
  }

  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
    needsComma = true
  }

  mutating func member(_ name: String, _ values: [String]) {
    guard !values.isEmpty else { return }
    key(name)
    array(values) { $0.string($1) }
  }

  mutating func member(_ name: String, _ values: [String: String]) {
    guard !values.isEmpty else { return }
    key(name)
    object { writer in
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        writer.key(name)
        writer.string(value)
      }
    }
  }

  mutating func string(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.contains(where: Self.needsEscape) {
      escape(text)
    } else {
      bytes.append(contentsOf: text.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<32:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: Hexadecimal.text([byte]).utf8)
      default: bytes.append(byte)
      }
    }
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }
}
