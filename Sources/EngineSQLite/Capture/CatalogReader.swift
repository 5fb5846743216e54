internal import SchemaModel
internal import DialectSQLite

/// Reads the catalog of one database: `sqlite_schema` whole or as far as it changed, the pragmas only
/// for tables whose text is not known yet.
struct CatalogReader {
  let connection: SQLiteConnection

  private static let entriesSQL = "SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_schema"

  /// All of it.
  func rows(known: Schema) throws -> SQLite.CatalogRows {
    try rows(of: entries().map(\.object), known: known, isAll: true)
  }

  /// What the pragmas say of these rows' tables; `isAll`: they are all that there are.
  func rows(
    of objects: [SQLite.CatalogRows.Object], known: Schema, isAll: Bool
  ) throws -> SQLite.CatalogRows {
    var rows = SQLite.CatalogRows(objects: objects)
    for relation in try relations(of: objects, isAll: isAll) {
      rows.relations[relation.name] = relation
    }
    let wanted = rows.objects.filter {
      SQLite.Catalog.needsDetails($0, known: known) && rows.relations[$0.name]?.type != "shadow"
    }
    if !wanted.isEmpty {
      let reader = try DetailsReader(connection)
      for row in wanted {
        do {
          rows.details[row.name] = try reader.details(of: row.name)
        } catch SQLiteEngineError.failed(_, _, let message) {
          throw SQLiteEngineError.unreadable(
            table: row.name,
            message: message + "; if its module is an extension, SQLite must be built with it")
        }
      }
    }
    return rows
  }

  /// Those with a higher rowid; all where none is given.
  func entries(after rowid: Int64 = .min) throws -> [CatalogEntry] {
    try connection.cached(Self.entriesSQL + " WHERE rowid > CAST(? AS INTEGER) ORDER BY rowid")
      .rows(String(rowid), read: CatalogEntry.init)
  }

  /// Compares the entries that were there, in the order of their rowids, with those that are.
  /// - Returns: those that are there no more as they were, and those that are there only now.
  func differences(
    from known: [CatalogEntry]
  ) throws -> (gone: [CatalogEntry], new: [CatalogEntry]) {
    var (gone, new): ([CatalogEntry], [CatalogEntry]) = ([], [])
    var next = known.startIndex
    let query = try connection.cached(Self.entriesSQL + " ORDER BY rowid")
    _ = try query.rows { query in
      let rowid = query.int64(0)
      while next < known.endIndex, known[next].rowid < rowid {
        gone.append(known[next])
        next += 1
      }
      if next < known.endIndex, known[next].rowid == rowid {
        let entry = known[next]
        next += 1
        if entry.isSame(as: query) { return }
        gone.append(entry)
      }
      new.append(CatalogEntry(query))
    }
    return (gone + known[next...], new)
  }

  /// `PRAGMA table_list` looks through all tables, also for one.
  private func relations(
    of objects: [SQLite.CatalogRows.Object], isAll: Bool
  ) throws -> [SQLite.CatalogRows.Relation] {
    let sql = "SELECT name, type, wr, strict FROM pragma_table_list"
    let mine = " WHERE schema = 'main'"
    func read(_ query: SQLiteQuery) -> SQLite.CatalogRows.Relation {
      SQLite.CatalogRows.Relation(
        name: query.text(0), type: query.text(1), isWithoutRowid: query.int(2) != 0,
        isStrict: query.int(3) != 0)
    }
    let names = objects.filter { $0.type == "table" }.map(\.name)
    if isAll || names.count > 8 { return try connection.cached(sql + mine).rows(read: read) }
    return try names.flatMap { try connection.cached(sql + "(?)" + mine).rows($0, read: read) }
  }
}

/// A row of `sqlite_schema` in its place.
struct CatalogEntry {
  let rowid: Int64
  let object: SQLite.CatalogRows.Object

  init(_ query: SQLiteQuery) {
    rowid = query.int64(0)
    object = SQLite.CatalogRows.Object(
      type: query.text(1), name: query.text(2), table: query.text(3), sql: query.optionalText(4))
  }

  /// Whether the row that a query went to is this one, to the byte.
  func isSame(as query: SQLiteQuery) -> Bool {
    query.holds(object.sql, 4) && query.holds(object.name, 2) && query.holds(object.table, 3)
      && query.holds(object.type, 1)
  }

  /// The name of the table that it belongs to, as SQLite compares names.
  var tableKey: ExactText { ExactText(SQLite.folded(object.table)) }

  var isVirtual: Bool { object.sql?.hasPrefix("CREATE VIRTUAL TABLE ") ?? false }
}

/// The pragmas of one table after the other, by statements that are prepared once.
private struct DetailsReader {
  private let columns: SQLiteQuery
  private let foreignKeys: SQLiteQuery
  private let indexes: SQLiteQuery

  init(_ connection: SQLiteConnection) throws {
    columns = try connection.cached(
      #"SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')"#)
    foreignKeys = try connection.cached(
      """
      SELECT id, seq, "table", "from", "to", on_update, on_delete, match
      FROM pragma_foreign_key_list(?, 'main')
      """)
    indexes = try connection.cached(
      """
      SELECT l.name, l."unique", l.origin, l.partial, x.name, x."desc", x.coll
      FROM pragma_index_list(?, 'main') AS l, pragma_index_xinfo(l.name, 'main') AS x
      WHERE x."key" ORDER BY l.seq, x.seqno
      """)
  }

  func details(of table: String) throws -> SQLite.CatalogRows.Details {
    let columns = try columns.rows(table) {
      SQLite.CatalogRows.Column(
        name: $0.text(0), type: $0.text(1), isNotNull: $0.int(2) != 0,
        defaultExpression: $0.optionalText(3), keyPosition: $0.int(4), hidden: $0.int(5))
    }
    guard !columns.isEmpty else {
      throw SQLiteEngineError.unreadable(
        table: table,
        message: "SQLite shows no columns of it; a module that this SQLite was built without?")
    }
    let foreignKeys = try foreignKeys.rows(table) {
      SQLite.CatalogRows.ForeignKey(
        id: $0.int(0), position: $0.int(1), table: $0.text(2), from: $0.text(3),
        to: $0.optionalText(4), onUpdate: $0.text(5), onDelete: $0.text(6), match: $0.text(7))
    }
    var entries: [SQLite.CatalogRows.IndexEntry] = []
    for (entry, part) in try indexes.rows(table, read: Self.indexPart) {
      if entries.last?.name != entry.name { entries.append(entry) }
      entries[entries.count - 1].parts.append(part)
    }
    return SQLite.CatalogRows.Details(
      columns: columns, foreignKeys: foreignKeys, indexes: entries)
  }

  private static func indexPart(
    _ query: SQLiteQuery
  ) -> (SQLite.CatalogRows.IndexEntry, SQLite.CatalogRows.IndexEntry.Part) {
    (
      SQLite.CatalogRows.IndexEntry(
        name: query.text(0), isUnique: query.int(1) != 0, origin: query.text(2),
        isPartial: query.int(3) != 0, parts: []),
      SQLite.CatalogRows.IndexEntry.Part(
        column: query.optionalText(4), isDescending: query.int(5) != 0,
        collation: query.optionalText(6))
    )
  }
}
