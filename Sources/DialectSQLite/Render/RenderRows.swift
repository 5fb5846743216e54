public import SchemaModel

extension SQLite.Render {
  /// How many bytes of rows one INSERT carries before the next begins.
  private static let statementByteCount = 200_000

  /// INSERT statements for `rows`: referred tables first, generated columns left out, and what
  /// `sqlite_sequence` held put back last.
  public static func insert(rows: SeedRows, schema: Schema) -> [String] {
    var statements: [String] = []
    for path in tablesInReferenceOrder(schema) {
      if let set = rows.tables[path], let table = schema.objects[path]?.table {
        statements += inserts(set, into: path.name, table)
      }
    }
    let counted = schema.objects.filter { _, object in
      object.table?.constraints.contains { $0.attributes["autoincrement"] != nil } ?? false
    }.keys.map(\.name).sorted()
    if !counted.isEmpty, let sequence = rows.tables[.table("sqlite_sequence")] {
      // The INSERTs above have left their own marks there; those of other tables are not ours.
      let names = counted.map { SQLite.Render.literal(.text($0)) }.joined(separator: ", ")
      statements.append("DELETE FROM sqlite_sequence WHERE name IN (\(names))")
      statements += inserts(sequence, into: "sqlite_sequence", Table(columns: []))
    }
    return statements
  }

  private static func inserts(_ set: RowSet, into name: String, _ table: Table) -> [String] {
    let kept = set.columns.indices.filter {
      table.column(named: set.columns[$0])?.generation == nil
    }
    guard !kept.isEmpty else {
      return set.rows.map { _ in "INSERT INTO \(SQLite.quote(name)) DEFAULT VALUES" }
    }
    let columns = kept.map { SQLite.quote(set.columns[$0]) }.joined(separator: ", ")
    let head = "INSERT INTO \(SQLite.quote(name)) (\(columns)) VALUES\n"
    var statements: [String] = []
    var body = ""
    for row in set.rows {
      let values = kept.map { $0 < row.count ? literal(row[$0]) : "NULL" }
      let line = "(" + values.joined(separator: ", ") + ")"
      if !body.isEmpty, body.utf8.count + line.utf8.count > statementByteCount {
        statements.append(head + body)
        body = ""
      }
      body += body.isEmpty ? line : ",\n" + line
    }
    if !body.isEmpty { statements.append(head + body) }
    return statements
  }

  /// A literal that SQLite reads back as exactly this value.
  public static func literal(_ value: RowValue) -> String {
    switch value {
    case .null: "NULL"
    case .integer(.min): "(-9223372036854775807 - 1)"
    case .integer(let integer): String(integer)
    case .real(let real): self.real(real)
    case .text(let text) where needsHexadecimal(text):
      "CAST(x'\(Hexadecimal.text(text.utf8))' AS TEXT)"
    case .text(let text): "'" + SQLite.doubled(text, UInt8(ascii: "'")) + "'"
    case .blob(let bytes): "x'\(Hexadecimal.text(bytes))'"
    }
  }

  /// Texts that would not arrive: NUL ends a statement, the sqlite3 shell drops CR, and migration
  /// tools take `${...}` and comments at the beginning of a line for their own.
  private static func needsHexadecimal(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      if byte == 0 || byte == UInt8(ascii: "\r") { return true }
      guard index + 1 < bytes.count else { continue }
      if byte == UInt8(ascii: "$"), bytes[index + 1] == UInt8(ascii: "{") { return true }
      let isLineStart = index == 0 || bytes[index - 1] == UInt8(ascii: "\n")
      if isLineStart, byte == UInt8(ascii: "-"), bytes[index + 1] == byte { return true }
    }
    return false
  }

  /// SQLite before 3.47 may read a decimal fraction one bit off, so only what is short is written as
  /// decimal; the rest as a whole number times or over powers of two, which are exact anywhere.
  private static func real(_ value: Double) -> String {
    if value.isNaN { return "NULL" }
    if value.isInfinite { return value < 0 ? "-9e999" : "9e999" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let text = "\(value)"
    let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if digits <= 15, !text.utf8.contains(UInt8(ascii: "e")) { return text }
    var mantissa = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
    var exponent = (value.isNormal ? Int(value.exponent) : -1022) - 52
    while mantissa & 1 == 0 {
      mantissa >>= 1
      exponent += 1
    }
    var result = (value < 0 ? "-" : "") + "\(mantissa).0"
    if exponent == 0 { return result }
    let sign = exponent < 0 ? "/" : "*"
    var left = abs(exponent)
    while left > 0 {
      let step = min(left, 52)
      result += "\(sign)\(UInt64(1) << UInt64(step)).0"
      left -= step
    }
    return "(\(result))"
  }
}
