extension SQLite {
  /// The catalog of one database as plain rows, before anybody makes sense of them.
  public struct CatalogRows: Sendable {
    /// A row of `sqlite_schema`.
    public struct Object: Hashable, Sendable {
      public var type: String
      public var name: String
      public var table: String
      public var sql: String?

      public init(type: String, name: String, table: String, sql: String?) {
        self.type = type
        self.name = name
        self.table = table
        self.sql = sql
      }
    }

    /// A row of `PRAGMA table_list`.
    public struct Relation: Hashable, Sendable {
      public var name: String
      /// `table`, `view`, `virtual` or `shadow`.
      public var type: String
      public var isWithoutRowid: Bool
      public var isStrict: Bool

      public init(name: String, type: String, isWithoutRowid: Bool, isStrict: Bool) {
        self.name = name
        self.type = type
        self.isWithoutRowid = isWithoutRowid
        self.isStrict = isStrict
      }
    }

    /// A row of `PRAGMA table_xinfo`.
    public struct Column: Hashable, Sendable {
      public var name: String
      public var type: String
      public var isNotNull: Bool
      public var defaultExpression: String?
      /// The place in the primary key from 1; 0 for no part of it.
      public var keyPosition: Int
      /// 0 plain, 1 hidden (virtual tables), 2 generated virtual, 3 generated stored.
      public var hidden: Int

      public init(
        name: String, type: String, isNotNull: Bool, defaultExpression: String?,
        keyPosition: Int, hidden: Int
      ) {
        self.name = name
        self.type = type
        self.isNotNull = isNotNull
        self.defaultExpression = defaultExpression
        self.keyPosition = keyPosition
        self.hidden = hidden
      }
    }

    /// A row of `PRAGMA foreign_key_list`.
    public struct ForeignKey: Hashable, Sendable {
      public var id: Int
      public var position: Int
      public var table: String
      public var from: String
      public var to: String?
      public var onUpdate: String
      public var onDelete: String
      public var match: String

      public init(
        id: Int, position: Int, table: String, from: String, to: String?, onUpdate: String,
        onDelete: String, match: String
      ) {
        self.id = id
        self.position = position
        self.table = table
        self.from = from
        self.to = to
        self.onUpdate = onUpdate
        self.onDelete = onDelete
        self.match = match
      }
    }

    /// A row of `PRAGMA index_list` with the key rows of its `PRAGMA index_xinfo`.
    public struct IndexEntry: Hashable, Sendable {
      public struct Part: Hashable, Sendable {
        /// Nil for an expression.
        public var column: String?
        public var isDescending: Bool
        public var collation: String?

        public init(column: String?, isDescending: Bool, collation: String?) {
          self.column = column
          self.isDescending = isDescending
          self.collation = collation
        }
      }

      public var name: String
      public var isUnique: Bool
      /// `c` CREATE INDEX, `u` UNIQUE, `pk` PRIMARY KEY.
      public var origin: String
      public var isPartial: Bool
      public var parts: [Part]

      public init(
        name: String, isUnique: Bool, origin: String, isPartial: Bool, parts: [Part]
      ) {
        self.name = name
        self.isUnique = isUnique
        self.origin = origin
        self.isPartial = isPartial
        self.parts = parts
      }
    }

    /// What the pragmas say of one table.
    public struct Details: Hashable, Sendable {
      public var columns: [Column]
      public var foreignKeys: [ForeignKey]
      public var indexes: [IndexEntry]

      public init(columns: [Column], foreignKeys: [ForeignKey] = [], indexes: [IndexEntry] = []) {
        self.columns = columns
        self.foreignKeys = foreignKeys
        self.indexes = indexes
      }
    }

    public var objects: [Object]
    /// By name.
    public var relations: [String: Relation]
    /// By the table's name.
    public var details: [String: Details]

    public init(
      objects: [Object] = [], relations: [String: Relation] = [:],
      details: [String: Details] = [:]
    ) {
      self.objects = objects
      self.relations = relations
      self.details = details
    }
  }
}
