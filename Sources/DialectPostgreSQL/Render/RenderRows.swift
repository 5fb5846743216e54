public import SchemaModel

extension PostgreSQL.Render {
  private static let statementByteCount = 200_000
  private static let statementRowCount = 500

  /// INSERT statements for `rows`, then `setval` for the sequences that moved; for tables that
  /// stand without constraints, indexes and triggers, as the baseline has them.
  public static func insert(rows: SeedRows, schema: Schema) -> [String] {
    var statements: [String] = []
    for path in rows.tables.keys.sorted() {
      guard let set = rows.tables[path], let table = schema.objects[path]?.table else { continue }
      statements += inserts(set, path, table)
    }
    return statements + setSequences(rows)
  }

  static func inserts(_ set: RowSet, _ path: ObjectPath, _ table: Table) -> [String] {
    let kept = keptColumns(set, table)
    let name = qualified(path)
    guard !kept.isEmpty else { return set.rows.map { _ in "INSERT INTO \(name) DEFAULT VALUES" } }
    let hasIdentity = kept.contains { table.column(named: set.columns[$0])?.identity != nil }
    let head =
      "INSERT INTO \(name) (\(list(kept, of: set)))"
      + (hasIdentity ? " OVERRIDING SYSTEM VALUE" : "") + " VALUES\n"
    var statements: [String] = []
    var body = ""
    var count = 0
    for row in set.rows {
      let values = kept.map { $0 < row.count ? literal(row[$0]) : "NULL" }
      let line = "(" + values.joined(separator: ", ") + ")"
      let isFull = body.utf8.count + line.utf8.count > statementByteCount
      if count > 0, isFull || count == statementRowCount {
        statements.append(head + body)
        body = ""
        count = 0
      }
      body += count == 0 ? line : ",\n" + line
      count += 1
    }
    if count > 0 { statements.append(head + body) }
    return statements
  }

  /// The rows as one COPY block, data and end mark included.
  static func copy(_ set: RowSet, _ path: ObjectPath, _ table: Table) -> [String] {
    let kept = keptColumns(set, table)
    guard !set.rows.isEmpty else { return [] }
    // Without columns there is nothing that COPY could read.
    guard !kept.isEmpty else { return inserts(set, path, table) }
    var text = "COPY \(qualified(path)) (\(list(kept, of: set))) FROM stdin;\n"
    for row in set.rows {
      let fields = kept.map { $0 < row.count ? copyField(row[$0]) : "\\N" }
      text += fields.joined(separator: "\t") + "\n"
    }
    return [text + "\\."]
  }

  /// Where the sequences stand, those of identity columns too.
  static func setSequences(_ rows: SeedRows) -> [String] {
    rows.tables.keys.sorted().compactMap { path in
      guard path.kind == .sequence, let row = rows.tables[path]?.rows.first, row.count == 2,
        let value = plain(row[0]), let isCalled = plain(row[1])
      else { return nil }
      let name = PostgreSQL.literal(qualified(path))
      return "SELECT pg_catalog.setval(\(name), \(value), \(isCalled))"
    }
  }

  private static func keptColumns(_ set: RowSet, _ table: Table) -> [Int] {
    set.columns.indices.filter { table.column(named: set.columns[$0])?.generation == nil }
  }

  private static func list(_ columns: [Int], of set: RowSet) -> String {
    columns.map { PostgreSQL.quote(set.columns[$0]) }.joined(separator: ", ")
  }

  private static func plain(_ value: RowValue) -> String? {
    switch value {
    case .integer(let number): String(number)
    case .text("t"), .text("true"): "true"
    case .text("f"), .text("false"): "false"
    case .text(let text): Int64(text).map { String($0) }
    default: nil
    }
  }

  /// A literal that PostgreSQL reads as this value, whatever the column's type.
  static func literal(_ value: RowValue) -> String {
    switch value {
    case .null: "NULL"
    case .integer(let number): number < 0 ? "'\(number)'" : String(number)
    default: PostgreSQL.literal(text(value))
    }
  }

  private static func text(_ value: RowValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number):
      number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
    case .text(let text): text
    case .blob(let bytes): "\\x" + Hexadecimal.text(bytes)
    }
  }

  /// One value as COPY's text format has it.
  static func copyField(_ value: RowValue) -> String {
    if case .null = value { return "\\N" }
    let escapes: [UInt8: StaticString] = [
      0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0B: "\\v", 0x0C: "\\f", 0x0D: "\\r", 0x5C: "\\\\",
    ]
    let text = text(value)
    guard text.utf8.contains(where: { escapes[$0] != nil }) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if let escape = escapes[byte] {
        escape.withUTF8Buffer { bytes += $0 }
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
