import SchemaModel

/// A dialect that Strata does not come with: a card index of a few statements, each of which ends
/// with an exclamation mark.
///
///     CREATE TABLE birds (name, colour)!
///     ALTER TABLE birds ADD COLUMN wings!
///     INSERT INTO birds VALUES ('wren', 'brown', '2')!
///     DROP TABLE birds!
struct CardWords: DialectWords {
  var dialect: Dialect { Dialect("cards") }
  var title: String { "Cards" }

  func quoted(_ identifier: String) -> String {
    let isPlain = identifier.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isPlain && !identifier.isEmpty
      ? identifier : "[" + identifier.replacing("]", with: "]]") + "]"
  }
  func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
  func literal(bytes: [UInt8]) -> String { literal(Hexadecimal.text(bytes)) }
  func terminated(_ statement: String) -> String { statement + "!" }

  func baseline(_ schema: Schema, rows: SeedRows, _ options: BaselineOptions) -> [String] {
    schema.paths.flatMap { path -> [String] in
      guard let table = schema.objects[path]?.table else { return [] }
      let inserts = rows.tables[path]?.rows.map { row in
        "INSERT INTO \(quoted(path.name)) VALUES (\(row.map(value).joined(separator: ", ")))"
      }
      return [create(path, table)] + (inserts ?? [])
    }
  }

  private func create(_ path: ObjectPath, _ table: Table) -> String {
    let columns = table.columns.map { quoted($0.name) }.joined(separator: ", ")
    return "CREATE TABLE \(quoted(path.name)) (\(columns))"
  }

  private func value(_ value: RowValue) -> String {
    if case .text(let text) = value { literal(text) } else { "''" }
  }

  func dropAll(_ schema: Schema) -> [String] {
    schema.paths.reversed().map { "DROP TABLE \(quoted($0.name))" }
  }

  func script(_ statements: [String], head: [String]) -> String {
    (head + statements.map { terminated($0) } + [""]).joined(separator: "\n")
  }

  func text(_ path: ObjectPath, _ object: SchemaObject) -> String? {
    object.table.map { terminated(create(path, $0)) }
  }
}
