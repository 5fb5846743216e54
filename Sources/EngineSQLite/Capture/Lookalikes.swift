internal import SchemaModel
internal import DialectSQLite

/// Names that Unicode takes for the same and SQLite does not (é in one character or in two).
///
/// The model compares names as Unicode does, so two of them in one schema would be one object. That
/// is refused, rather than recorded as half of what is there.
enum Lookalikes {
  static func refuse(in rows: SQLite.CatalogRows, _ schema: Schema) throws {
    try refuse(rows.objects.map { "\($0.type) \($0.name)" }, what: "objects")
    for (path, object) in schema.objects {
      if let table = object.table {
        try refuse(table.columns.map(\.name), what: "columns of \(path)")
      }
    }
  }

  private static func refuse(_ names: [String], what: String) throws {
    var seen: [String: String] = [:]
    for name in names where name.utf8.contains(where: { $0 >= 0x80 }) {
      if let other = seen[name], !other.utf8.elementsEqual(name.utf8) {
        throw SQLiteEngineError.unreadable(
          table: name,
          message: "two \(what) have names that differ only in how Unicode writes the same "
            + "characters; rename one")
      }
      seen[name] = name
    }
  }
}
