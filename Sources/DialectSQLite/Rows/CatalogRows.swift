public import SchemaModel

extension SQLite {
  /// The catalog of one database as plain rows, before anybody makes sense of them.
  public struct CatalogRows: Sendable {
    /// A row of `sqlite_schema`.
    public struct Object: Hashable, Sendable {
      /// `table`, `index`, `view` or `trigger`.
      public var type: String
      /// As it was written when it was made; SQLite compares it without regard to ASCII case.
      public var name: String
      /// The table (or view, of a trigger) that it belongs to; of a table or view, its own name.
      public var table: String
      /// The CREATE text as SQLite keeps and edits it; nil for the indexes of UNIQUE and PRIMARY
      /// KEY.
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
      /// Of the table or view, in the schema `main`.
      public var name: String
      /// `table`, `view`, `virtual` or `shadow`.
      public var type: String
      /// The column `wr`: the rows lie in the primary key's own tree.
      public var isWithoutRowid: Bool
      /// The column `strict`: SQLite refuses values of other types (3.37 and later).
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
      /// Unquoted.
      public var name: String
      /// The declared type as it was written; empty where there is none.
      public var type: String
      /// The column `notnull`: false for a primary key that did not say NOT NULL, which SQLite lets
      /// be NULL.
      public var isNotNull: Bool
      /// The text behind DEFAULT, an expression without its parentheses; nil without one.
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
      /// One number for all columns of one key; SQLite counts from the last that was declared.
      public var id: Int
      /// The column's place in the key, from 0: `seq`.
      public var position: Int
      /// The table that is referred to, which need not exist.
      public var table: String
      /// The column of this table.
      public var from: String
      /// The column that is referred to; nil where none is named and the primary key is meant.
      public var to: String?
      /// `NO ACTION`, `RESTRICT`, `SET NULL`, `SET DEFAULT` or `CASCADE`.
      public var onUpdate: String
      /// The same words as for `onUpdate`.
      public var onDelete: String
      /// The word behind MATCH, which SQLite reads and does not heed; `NONE` without one.
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
      /// One key of an index, in the order of the index: `PRAGMA index_xinfo` where `key` is 1.
      public struct Part: Hashable, Sendable {
        /// Nil for an expression.
        public var column: String?
        /// The column `desc`.
        public var isDescending: Bool
        /// The column `coll`: `BINARY` where nothing else was said.
        public var collation: String?

        public init(column: String?, isDescending: Bool, collation: String?) {
          self.column = column
          self.isDescending = isDescending
          self.collation = collation
        }
      }

      /// Of an index that SQLite made by itself: `sqlite_autoindex_TABLE_NUMBER`.
      public var name: String
      /// The column `unique`: true for UNIQUE and PRIMARY KEY, too.
      public var isUnique: Bool
      /// `c` CREATE INDEX, `u` UNIQUE, `pk` PRIMARY KEY.
      public var origin: String
      /// The column `partial`: there is a WHERE.
      public var isPartial: Bool
      /// Without the columns that SQLite adds to find the row.
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
      /// In the order of the table, hidden and generated ones among them.
      public var columns: [Column]
      /// A row for each column of a key; rows of one `id` are one key.
      public var foreignKeys: [ForeignKey]
      /// All of the table's, those that its constraints made among them.
      public var indexes: [IndexEntry]

      public init(columns: [Column], foreignKeys: [ForeignKey] = [], indexes: [IndexEntry] = []) {
        self.columns = columns
        self.foreignKeys = foreignKeys
        self.indexes = indexes
      }
    }

    /// In the order of their making: by rowid.
    public var objects: [Object]
    /// By name.
    public var relations: [ExactText: Relation]
    /// By the table's name.
    public var details: [ExactText: Details]

    public init(
      objects: [Object] = [], relations: [ExactText: Relation] = [:],
      details: [ExactText: Details] = [:]
    ) {
      self.objects = objects
      self.relations = relations
      self.details = details
    }
  }
}
