internal import SchemaModel
internal import DialectSQLite

/// Tables whose rows are not simply their own.
struct SpecialTables {
  /// Virtual tables that keep their rows in this database, and can give them back.
  private(set) var virtual: Set<ObjectPath> = []
  /// Full-text indexes that keep no text of their own: SQLite cannot give their rows back.
  private(set) var contentless: [ObjectPath] = []
  static let sequences = ObjectPath.table("sqlite_sequence")

  init() {}

  init(_ schema: Schema, _ catalog: SQLite.CatalogRows) {
    let shadows = catalog.relations.values.filter { $0.type == "shadow" }
      .map { SQLite.folded($0.name) }
    for (path, object) in schema.objects {
      guard let table = object.table, table.attributes["virtual"] != nil else { continue }
      if Self.isContentless(table) {
        contentless.append(path)
      } else if shadows.contains(where: { $0.hasPrefix(SQLite.folded(path.name) + "_") }) {
        virtual.insert(path)
      }
    }
    contentless.sort()
  }

  static func isContentless(_ table: Table) -> Bool {
    let text = (table.attributes["virtual"] ?? "").lowercased().filter { !$0.isWhitespace }
    return text.contains("content=''") || text.contains("content=\"\"")
  }
}

/// Reads the rows that migrations left behind. A temporary table of theirs may have any table's name.
struct RowReader {
  let connection: SQLiteConnection
  let schema: Schema
  let special: SpecialTables

  func rows() throws -> SeedRows {
    var rows = SeedRows()
    try read(schema.paths.filter { $0.kind == .table } + [SpecialTables.sequences], &rows)
    return rows
  }

  /// Reads the rows of these tables anew; of one that is not there, none.
  func read(_ paths: some Sequence<ObjectPath>, _ rows: inout SeedRows) throws {
    for path in paths {
      let set = try read(path)
      if set != nil || rows.tables[path] != nil { rows.tables[path] = set }
    }
  }

  private func read(_ path: ObjectPath) throws -> RowSet? {
    if path == SpecialTables.sequences { return try readSequences() }
    guard let table = schema.objects[path]?.table,
      table.attributes["virtual"] == nil || special.virtual.contains(path)
    else { return nil }
    return try read(path.name, table)
  }

  private func readSequences() throws -> RowSet? {
    let sql = "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'"
    if try connection.cached(sql).rows(read: { $0.int(0) }).isEmpty { return nil }
    let columns = [Column(name: "name", type: ""), Column(name: "seq", type: "")]
    return try read(
      "sqlite_sequence", Table(columns: columns, attributes: ["without rowid": ""]))
  }

  private func hasRows(_ path: ObjectPath) throws -> Bool {
    let query = try connection.prepare("SELECT 1 FROM main.\(SQLite.quote(path.name)) LIMIT 1")
    return try !query.rows { query in query.value(0) }.isEmpty
  }

  /// One line for each full-text index that holds rows nobody can read.
  func unreadableRows() throws -> [String] {
    try special.contentless.filter(hasRows).map {
      "\($0) is a full-text index without content: its rows cannot be read, and no baseline will hold them"
    }
  }

  private func read(_ name: String, _ table: Table) throws -> RowSet? {
    let columns = table.columns.filter { $0.generation == nil }.map(\.name)
    let rowid = rowidName(table)
    let selected = (rowid.map { [$0] } ?? []) + columns.map(SQLite.quote)
    guard !selected.isEmpty else { return nil }
    do {
      let query = try connection.prepare(
        "SELECT \(selected.joined(separator: ", ")) FROM main.\(SQLite.quote(name))"
          + order(table, rowid)
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
