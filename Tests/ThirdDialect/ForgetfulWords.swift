import SchemaModel

/// A card index whose baselines forget each table's last column: proofs must find that out.
struct ForgetfulWords: DialectWords {
  private let words = CardWords()

  var dialect: Dialect { words.dialect }
  var title: String { words.title }
  func quoted(_ identifier: String) -> String { words.quoted(identifier) }
  func literal(_ text: String) -> String { words.literal(text) }
  func literal(bytes: [UInt8]) -> String { words.literal(bytes: bytes) }
  func terminated(_ statement: String) -> String { words.terminated(statement) }
  func dropAll(_ schema: Schema) -> [String] { words.dropAll(schema) }
  func script(_ statements: [String], head: [String]) -> String {
    words.script(statements, head: head)
  }
  func text(_ path: ObjectPath, _ object: SchemaObject) -> String? { words.text(path, object) }

  func baseline(_ schema: Schema, rows: SeedRows, _ options: BaselineOptions) -> [String] {
    var schema = schema
    for path in schema.paths {
      guard var table = schema.objects[path]?.table, table.columns.count > 1 else { continue }
      table.columns.removeLast()
      schema.put(SchemaObject(.table(table)), at: path)
    }
    return words.baseline(schema, rows: SeedRows(), options)
  }
}
