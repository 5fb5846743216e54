internal import SchemaModel
internal import DialectSQLite

/// Reads the catalog of one database: `sqlite_schema` and `table_list` whole, the other pragmas
/// only for tables whose text is not known yet.
struct CatalogReader {
  let connection: SQLiteConnection

  func rows(known: Schema) throws -> SQLite.CatalogRows {
    var rows = SQLite.CatalogRows()
    rows.objects = try connection.prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid"
    ).rows {
      SQLite.CatalogRows.Object(
        type: $0.text(0), name: $0.text(1), table: $0.text(2), sql: $0.optionalText(3))
    }
    let relations = try connection.prepare(
      "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'"
    ).rows {
      SQLite.CatalogRows.Relation(
        name: $0.text(0), type: $0.text(1), isWithoutRowid: $0.int(2) != 0,
        isStrict: $0.int(3) != 0)
    }
    for relation in relations { rows.relations[relation.name] = relation }
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
}

/// The pragmas of one table after the other, by statements that are prepared once.
private struct DetailsReader {
  private let columns: SQLiteQuery
  private let foreignKeys: SQLiteQuery
  private let indexes: SQLiteQuery

  init(_ connection: SQLiteConnection) throws {
    columns = try connection.prepare(
      #"SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)"#)
    foreignKeys = try connection.prepare(
      """
      SELECT id, seq, "table", "from", "to", on_update, on_delete, match
      FROM pragma_foreign_key_list(?)
      """)
    indexes = try connection.prepare(
      """
      SELECT l.name, l."unique", l.origin, l.partial, x.name, x."desc", x.coll
      FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x
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
