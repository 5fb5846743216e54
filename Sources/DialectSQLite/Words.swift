public import SchemaModel

extension Dialect {
  /// SQLite, as its stores name it on disk: the text never changes.
  public static let sqlite = Dialect("sqlite")
}

/// What SQLite can say.
public struct SQLiteWords: DialectWords {
  public init() {}

  public var dialect: Dialect { .sqlite }
  public var title: String { "SQLite" }

  public func quoted(_ identifier: String) -> String { SQLite.quote(identifier) }
  public func literal(_ text: String) -> String { SQLite.Render.literal(.text(text)) }
  public func literal(bytes: [UInt8]) -> String { SQLite.Render.literal(.blob(bytes)) }
  public func terminated(_ statement: String) -> String { statement + ";" }

  public func baseline(
    _ schema: Schema, rows: SeedRows, _ options: BaselineOptions
  ) -> [String] {
    SQLite.Render.baseline(schema, rows: rows)
  }

  public func dropAll(_ schema: Schema) -> [String] { SQLite.Render.dropAll(schema) }

  public func script(_ statements: [String], head: [String]) -> String {
    (head + ["PRAGMA foreign_keys=OFF;", "BEGIN;"] + statements.map { "\n\($0);" }
      + ["", "COMMIT;", ""]).joined(separator: "\n")
  }

  public var leavesForeignKeysToConnections: Bool { true }

  /// `foreign_keys` cannot be changed within a transaction, `defer_foreign_keys` ends with one.
  public func aroundUnorderedRows(
    inTransaction: Bool
  ) -> (before: [String], after: [String]) {
    inTransaction
      ? (["PRAGMA defer_foreign_keys = ON"], [])
      : (["PRAGMA foreign_keys = OFF"], ["PRAGMA foreign_keys = ON"])
  }

  public func text(_ path: ObjectPath, _ object: SchemaObject) -> String? {
    object.text.map { $0.hasSuffix(";") ? $0 : $0 + ";" }
  }

  public var alembicLines: AlembicLines {
    AlembicLines(
      before: """
        if dialect == "sqlite" and not getattr(
            connection.connection, "in_transaction", True
        ):
            # Python's driver opens a transaction for rows only, not for tables.
            connection.exec_driver_sql("BEGIN")
        """)
  }
}
