internal import SchemaModel
internal import DialectSQLite

/// Reads the rows that migrations left behind.
struct RowReader {
  let connection: SQLiteConnection
  let schema: Schema
  let catalog: SQLite.CatalogRows

  func rows() throws -> SeedRows {
    var rows = SeedRows()
    for path in schema.paths where path.kind == .table {
      guard let table = schema.objects[path]?.table else { continue }
      if table.attributes["virtual"] != nil, !hasStorage(path.name) || Self.isContentless(table) {
        continue
      }
      if let set = try read(path.name, table) { rows.tables[path] = set }
    }
    if catalog.objects.contains(where: { $0.name == "sqlite_sequence" }) {
      let columns = [Column(name: "name", type: ""), Column(name: "seq", type: "")]
      let table = Table(columns: columns, attributes: ["without rowid": ""])
      rows.tables[.table("sqlite_sequence")] = try read("sqlite_sequence", table)
    }
    return rows
  }

  /// Whether a virtual table keeps its rows in this database: only then are they its own.
  private func hasStorage(_ name: String) -> Bool {
    let prefix = SQLite.folded(name) + "_"
    return catalog.relations.values.contains {
      $0.type == "shadow" && SQLite.folded($0.name).hasPrefix(prefix)
    }
  }

  /// A full-text index that keeps no text of its own: SQLite cannot give its rows back.
  static func isContentless(_ table: Table) -> Bool {
    let text = (table.attributes["virtual"] ?? "").lowercased().filter { !$0.isWhitespace }
    return text.contains("content=''") || text.contains("content=\"\"")
  }

  private func hasRows(_ path: ObjectPath) throws -> Bool {
    let query = try connection.prepare("SELECT 1 FROM \(SQLite.quote(path.name)) LIMIT 1")
    return try !query.rows { query in query.value(0) }.isEmpty
  }

  /// One line for each full-text index that holds rows nobody can read.
  func unreadableRows() throws -> [String] {
    try schema.paths.compactMap { path in
      guard let table = schema.objects[path]?.table, Self.isContentless(table),
        try hasRows(path)
      else { return nil }
      return "\(path) is a full-text index without content: its rows cannot be read, and no "
        + "baseline will hold them"
    }
  }

  private func read(_ name: String, _ table: Table) throws -> RowSet? {
    let columns = table.columns.filter { $0.generation == nil }.map(\.name)
    let rowid = rowidName(table)
    let selected = (rowid.map { [$0] } ?? []) + columns.map(SQLite.quote)
    guard !selected.isEmpty else { return nil }
    do {
      let query = try connection.prepare(
        "SELECT \(selected.joined(separator: ", ")) FROM \(SQLite.quote(name))\(order(table, rowid))"
      )
      let rows = try query.rows { query in
        try selected.indices.map { column in
          guard let value = query.value(Int32(column)) else {
            throw SQLiteEngineError.unreadable(
              table: name,
              message:
                "a text in column \(selected[column]) is no UTF-8; only blobs may hold any bytes")
          }
          return value
        }
      }
      if rows.isEmpty { return nil }
      guard let rowid else { return RowSet(columns: columns, rows: rows) }
      return Self.needsRowid(rows, table)
        ? RowSet(columns: [rowid] + columns, rows: rows)
        : RowSet(columns: columns, rows: rows.map { Array($0.dropFirst()) })
    } catch SQLiteEngineError.failed(_, _, let message) {
      throw SQLiteEngineError.unreadable(table: name, message: message)
    }
  }

  /// The name by which the rowid can be asked for; nil where there is none.
  private func rowidName(_ table: Table) -> String? {
    if table.attributes["without rowid"] != nil { return nil }
    let names = Set<ExactText>(table.columns.map { SQLite.folded($0.name) })
    return ["rowid", "_rowid_", "oid"].first { !names.contains($0) }
  }

  private func order(_ table: Table, _ rowid: String?) -> String {
    if let rowid { return " ORDER BY \(rowid)" }
    guard let key = table.constraints.first(where: { $0.kind == .primaryKey }) else { return "" }
    return " ORDER BY " + key.parts.map { SQLite.quote($0.text) }.joined(separator: ", ")
  }

  /// An INTEGER PRIMARY KEY is the rowid, and 1, 2, 3, ... comes by itself; other rowids must be
  /// kept, since views, triggers and the order of rows may depend on them.
  private static func needsRowid(_ rows: [[RowValue]], _ table: Table) -> Bool {
    if let key = table.constraints.first(where: { $0.kind == .primaryKey }), key.parts.count == 1,
      let part = key.parts.first, !part.isDescending,
      let type = table.column(named: part.text)?.type, SQLite.folded(type) == "integer"
    {
      return false
    }
    return rows.enumerated().contains { index, row in row.first != .integer(Int64(index + 1)) }
  }
}
