internal import SchemaModel

// What parts of an object need: a message for each part, of its name (1) and paths (2, repeated), in
// the order of the names.

extension FieldWriter {
  mutating func parts(_ field: UInt64, _ parts: [ExactText: [ObjectPath]]) {
    guard !parts.isEmpty else { return }
    for (name, paths) in parts.sorted(by: { $0.key < $1.key }) {
      message(field) { writer in
        writer.text(1, name.text)
        for path in paths { writer.message(2) { path.encode(into: &$0) } }
      }
    }
  }
}

extension FieldReader.Field {
  func part(into parts: inout [ExactText: [ObjectPath]]) throws(FormatError) {
    var reader = try message("what a part needs")
    var name = ""
    var paths: [ObjectPath] = []
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.text()
      case 2: paths.append(try ObjectPath(from: field.message("a dependency")))
      default: break
      }
    }
    parts[name] = paths
  }
}
