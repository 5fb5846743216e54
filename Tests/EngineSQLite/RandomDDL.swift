import SchemaModel
import DialectSQLite

/// SplitMix64: the same seed gives the same history everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Scripts as migrations write them, at random over a schema. Some are refused by SQLite; that is
/// part of the game.
struct RandomDDL {
  var random: SeededGenerator

  static let names = [
    "users", "Order", "select", "a b", "quo\"te", "it's", "naïve", "emoji 🦊", "new\nline", "semi;",
    "[x]", "back`tick", "--dash", "id", "Name", "email", "created_at", "x", "y", "parent_id", "(p)",
  ]
  static let types = [
    "INTEGER", "TEXT", "", "VARCHAR(20)", "NUMERIC(10, 2)", "BLOB", "REAL", "DOUBLE PRECISION",
    "timestamp with time zone",
  ]
  static let defaults = [
    "0", "-1.5", "'it''s'", "(1 + 2)", "CURRENT_TIMESTAMP", "NULL", "(lower('A'))", "x'00ff'",
    "true",
  ]

  mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int(random.next() % UInt64(list.count))]
  }

  mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

  func q(_ name: String) -> String { SQLite.quote(name) }

  mutating func tableName(_ schema: Schema) -> String? {
    let names = schema.paths.filter { $0.kind == .table }.map(\.name)
    return names.isEmpty ? nil : pick(names)
  }

  mutating func columnName(_ table: Table) -> String {
    pick(table.columns.map(\.name))
  }

  mutating func script(over schema: Schema) -> String {
    let count = 1 + Int(random.next() % 2)
    return (0..<count).map { _ in action(schema) }.joined(separator: ";\n")
  }

  private mutating func action(_ schema: Schema) -> String {
    guard let name = tableName(schema), let table = schema.table(name) else {
      return createTable(schema)
    }
    switch random.next() % 18 {
    case 0, 1: return createTable(schema)
    case 2, 3: return "ALTER TABLE \(q(name)) ADD COLUMN \(column(pick(Self.names), isAdded: true))"
    case 4:
      return
        "ALTER TABLE \(q(name)) RENAME COLUMN \(q(columnName(table))) TO \(q(pick(Self.names)))"
    case 5: return "ALTER TABLE \(q(name)) DROP COLUMN \(q(columnName(table)))"
    case 6: return "ALTER TABLE \(q(name)) RENAME TO \(q(pick(Self.names)))"
    case 7: return "DROP TABLE \(q(name))"
    case 8, 9: return rebuild(name, table, schema, isBatch: chance(50))
    case 10, 11: return createIndex(name, table)
    case 12: return createView(name, table)
    case 13: return createTrigger(name, table)
    case 14: return dropAny(schema)
    case 15: return "DROP TABLE \(q(name));\n\(createTable(schema, named: name))"
    default: return insert(name, table)
    }
  }

  private mutating func column(_ name: String, isAdded: Bool = false) -> String {
    var text = "\(q(name)) \(pick(Self.types))"
    if chance(10), !isAdded || chance(30) {
      return text + " GENERATED ALWAYS AS (1 + 1)" + (isAdded || chance(50) ? "" : " STORED")
    }
    // Rows from before an ADD COLUMN ... TEXT DEFAULT true show the integer 1, which no INSERT can
    // put there: SQLite forgets the column's affinity.
    if chance(30) { text += " DEFAULT \(pick(isAdded ? Self.defaults.dropLast() : Self.defaults))" }
    if chance(30) {
      text += chance(80) ? " NOT NULL" : " CONSTRAINT nn NOT NULL ON CONFLICT IGNORE"
    }
    if chance(10) { text += " COLLATE NOCASE" }
    if chance(8), !isAdded { text += " UNIQUE" }
    if chance(8) { text += " CHECK (\(q(name)) <> ')' /* ) */)" }
    if chance(10) { text += " REFERENCES \(q(pick(Self.names))) ON DELETE CASCADE" }
    return text + (chance(5) ? " -- a comment, (\n" : "")
  }

  private mutating func createTable(_ schema: Schema, named: String? = nil) -> String {
    let name = named ?? pick(Self.names)
    var columns: [String] = []
    for _ in 0..<(1 + random.next() % 6) {
      let candidate = pick(Self.names)
      if !columns.contains(where: { SQLite.folded($0) == SQLite.folded(candidate) }) {
        columns.append(candidate)
      }
    }
    var parts = columns.map { column($0) }
    let key = random.next() % 5
    if key == 0 { parts[0] = "\(q(columns[0])) INTEGER PRIMARY KEY AUTOINCREMENT" }
    if key == 1 { parts[0] = "\(q(columns[0])) INTEGER PRIMARY KEY" }
    if key == 2 {
      let body = columns.map { q($0) + (chance(30) ? " DESC" : "") }.joined(separator: ", ")
      parts.append("CONSTRAINT pk PRIMARY KEY (\(body))")
    }
    if chance(20) { parts.append("UNIQUE (\(q(pick(columns)))) ON CONFLICT REPLACE") }
    if chance(20) { parts.append("CONSTRAINT \"ck 1\" CHECK (\(q(pick(columns))) IS NOT 'x''y')") }
    if chance(20) {
      parts.append(
        "FOREIGN KEY (\(q(pick(columns)))) REFERENCES \(q(name))"
          + " ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED")
    }
    let options = key == 2 && chance(50) ? " WITHOUT ROWID" : ""
    return "CREATE TABLE \(q(name)) (\n  " + parts.joined(separator: ",\n  ") + "\n)" + options
  }

  private mutating func rebuild(
    _ name: String, _ table: Table, _ schema: Schema, isBatch: Bool
  ) -> String {
    let plain = table.columns.filter { $0.generation == nil }
    guard !plain.isEmpty else { return insert(name, table) }
    var pairs: [(old: String, new: String)] = plain.map { ($0.name, $0.name) }
    if chance(40) { pairs[0].new = pick(Self.names) }
    if chance(30), pairs.count > 1 { pairs.removeLast() }
    if chance(30) { pairs.reverse() }
    let columns = pairs.map { column($0.new).replacing("NOT NULL", with: "") }
    let temporary = isBatch ? "_alembic_tmp_\(name)" : name
    let source = isBatch ? name : "old \(name)"
    let list = pairs.map { q($0.new) }.joined(separator: ", ")
    let select = pairs.map {
      chance(20) ? "CAST(\(q(source)).\(q($0.old)) AS TEXT) AS \(q($0.new))" : q($0.old)
    }.joined(separator: ", ")
    return """
      \(isBatch ? "" : "ALTER TABLE \(q(name)) RENAME TO \(q(source));")
      CREATE TABLE \(q(temporary)) (\(columns.joined(separator: ",\n")));
      INSERT INTO \(q(temporary)) (\(list)) SELECT \(select) FROM \(q(source));
      DROP TABLE \(q(source))\(isBatch ? ";\nALTER TABLE \(q(temporary)) RENAME TO \(q(name))" : "")
      """
  }

  private mutating func createIndex(_ name: String, _ table: Table) -> String {
    let column = q(columnName(table))
    let part = pick([
      column, column + " DESC", "lower(\(column))", column + " COLLATE NOCASE",
      "\(column) || ', )'",
    ])
    return "CREATE \(chance(20) ? "UNIQUE " : "")INDEX \(q("ix " + pick(Self.names))) "
      + "ON \(q(name)) (\(part))" + (chance(30) ? " WHERE \(column) IS NOT NULL" : "")
  }

  private mutating func createView(_ name: String, _ table: Table) -> String {
    let column = q(columnName(table))
    let columns = chance(40) ? " (\(q(pick(Self.names))))" : ""
    return
      "CREATE VIEW \(q("view " + pick(Self.names)))\(columns) AS SELECT \(column) FROM \(q(name))"
  }

  private mutating func createTrigger(_ name: String, _ table: Table) -> String {
    let column = q(columnName(table))
    let event = pick(["INSERT", "DELETE", "UPDATE", "UPDATE OF \(column)"])
    return """
      CREATE TRIGGER \(q("tr " + pick(Self.names))) \(pick(["BEFORE", "AFTER", ""])) \(event)
      ON \(q(name)) WHEN CASE WHEN 1 THEN 1 END BEGIN
        SELECT CASE WHEN 1 THEN ';' END; -- END;
        SELECT 1;
      END
      """
  }

  private mutating func dropAny(_ schema: Schema) -> String {
    let paths = schema.paths.filter { $0.kind != .table }
    guard !paths.isEmpty else { return "SELECT 1" }
    let path = pick(paths)
    return "DROP \(path.kind.description.uppercased()) \(q(path.name))"
  }

  private mutating func insert(_ name: String, _ table: Table) -> String {
    let columns = table.columns.filter { $0.generation == nil }
    guard !columns.isEmpty else { return "SELECT 1" }
    let values = [
      "1", "-9223372036854775808", "0.1", "3.0e-308", "9e999", "'it''s'", "NULL", "x'007f00'",
      "CAST(x'610062' AS TEXT)", "'🦊'", "\(Int64(bitPattern: random.next()))",
      "\(random.next() >> 11) / 7e12", "1e22", "''",
    ]
    let row = columns.map { _ in pick(values) }.joined(separator: ", ")
    let list = columns.map { q($0.name) }.joined(separator: ", ")
    let insert = "INSERT OR IGNORE INTO \(q(name)) (\(list)) VALUES (\(row))"
    return chance(20) ? insert + ";\nDELETE FROM \(q(name)) WHERE rowid % 2 = 0" : insert
  }
}
