extension PostgreSQL {
  /// A row of `CatalogQuery.relations`.
  struct RelationRow: CatalogRow {
    struct Sequence: Hashable, Sendable {
      var type: String
      var start: String
      var increment: String
      var minimum: String
      var maximum: String
      var cache: String
      var cycles: Bool
    }

    var oid: UInt32
    var name: String
    var namespace: String
    /// `r`, `p`, `v`, `m`, `S` or `c`, as in `pg_class.relkind`.
    var kind: String
    var persistence: String
    var owner: String
    var privileges: Privileges
    var rowType: UInt32
    var options: [String]
    var toastOptions: [String]
    var hasRowSecurity: Bool
    var forcesRowSecurity: Bool
    var replicaIdentity: String
    var isPartition: Bool
    var partitionBound: String?
    var partitionKey: String?
    var accessMethod: String?
    var tablespace: String?
    var parents: [UInt32]
    var parentNames: [String]
    var definition: String?
    var ofType: String?
    var sequence: Sequence?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid()
      name = try fields.text()
      namespace = try fields.text()
      kind = try fields.text()
      persistence = try fields.text()
      owner = try fields.text()
      privileges = try fields.privileges()
      rowType = try fields.oid()
      options = try fields.texts()
      toastOptions = try fields.texts()
      hasRowSecurity = try fields.flag()
      forcesRowSecurity = try fields.flag()
      replicaIdentity = try fields.text()
      isPartition = try fields.flag()
      partitionBound = try fields.optional()
      partitionKey = try fields.optional()
      accessMethod = try fields.optional()
      tablespace = try fields.optional()
      parents = try fields.texts().compactMap { UInt32($0) }
      parentNames = try fields.texts()
      definition = try fields.optional()
      ofType = try fields.optional()
      guard let type = try fields.optional() else { return }
      sequence = Sequence(
        type: type, start: try fields.text(), increment: try fields.text(),
        minimum: try fields.text(), maximum: try fields.text(), cache: try fields.text(),
        cycles: try fields.flag())
    }

    func note(in index: inout CatalogIndex, isThere: Bool) { index.change(self, isThere: isThere) }

    var qualifiedName: String { PostgreSQL.quote(name, in: namespace) }
    var isTable: Bool { kind == "r" || kind == "p" }

    var affected: [Identity] { [Identity(.relation, oid), identity] }

    /// A composite type is a type to everybody else; its relation only holds its fields.
    var identity: Identity {
      kind == "c" ? Identity(.type, rowType) : Identity(.relation, oid)
    }
  }

  /// A row of `CatalogQuery.columns`.
  struct ColumnRow: CatalogRow {
    var oid: UInt32
    var number: Int
    var name: String
    var type: String
    var isNotNull: Bool
    /// `a`, `d` or empty.
    var identity: String
    /// `s`, `v` or empty.
    var generated: String
    var expression: String?
    /// The OID of its default or its generation expression; 0 for none.
    var expressionOID: UInt32
    var storage: String?
    var compression: String
    var statistics: String?
    var options: [String]
    var isLocal: Bool
    var inheritCount: Int
    var privileges: [String]
    var collation: String?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid()
      number = try fields.number()
      name = try fields.text()
      type = try fields.text()
      isNotNull = try fields.flag()
      identity = try fields.word()
      generated = try fields.word()
      expression = try fields.optional()
      expressionOID = try fields.oidOrZero()
      storage = try fields.optional()
      compression = try fields.word()
      statistics = try fields.optional()
      options = try fields.texts()
      isLocal = try fields.flag()
      inheritCount = try fields.number()
      privileges = try fields.texts()
      collation = try fields.optional()
    }

    func note(in index: inout CatalogIndex, isThere: Bool) { index.change(self, isThere: isThere) }

    var affected: [Identity] { [Identity(.relation, oid)] }
  }

  /// A row of `CatalogQuery.constraints`.
  struct ConstraintRow: CatalogRow {
    var oid: UInt32
    var name: String
    /// `c`, `f`, `p`, `u` or `x`.
    var kind: String
    /// 0 for a domain's.
    var relation: UInt32
    var domain: UInt32
    var definition: String
    var isValid: Bool
    var isLocal: Bool
    var inheritCount: Int
    var parent: UInt32
    var isNoInherit: Bool
    /// The index behind it; for a foreign key the referenced one.
    var index: UInt32
    var columns: [String]
    var expression: String?
    var referencedNamespace: String?
    var referencedTable: String?
    var referencedColumns: [String]
    var onUpdate: String
    var onDelete: String
    var match: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid()
      name = try fields.text()
      kind = try fields.text()
      relation = try fields.oid()
      domain = try fields.oid()
      definition = try fields.text()
      isValid = try fields.flag()
      isLocal = try fields.flag()
      inheritCount = try fields.number()
      parent = try fields.oid()
      isNoInherit = try fields.flag()
      index = try fields.oid()
      columns = try fields.texts()
      expression = try fields.optional()
      referencedNamespace = try fields.optional()
      referencedTable = try fields.optional()
      referencedColumns = try fields.texts()
      onUpdate = try fields.word()
      onDelete = try fields.word()
      match = try fields.word()
    }

    func note(in index: inout CatalogIndex, isThere: Bool) { index.change(self, isThere: isThere) }

    /// The index that exists only for this constraint; 0 for none.
    var ownIndex: UInt32 { ["p", "u", "x"].contains(kind) ? index : 0 }

    var affected: [Identity] { [owner, Identity(.constraint, oid)] }

    /// The table or the domain that it belongs to.
    var owner: Identity {
      relation != 0 ? Identity(.relation, relation) : Identity(.type, domain)
    }
  }

  /// A row of `CatalogQuery.indexes`.
  struct IndexRow: CatalogRow {
    var oid: UInt32
    var name: String
    var namespace: String
    var relation: UInt32
    var definition: String
    var isClustered: Bool
    var isReplicaIdentity: Bool
    var isValid: Bool
    var isUnique: Bool
    var nullsAreNotDistinct: Bool
    var parent: String?
    var tablespace: String?
    var statistics: String?
    var options: [String]
    var method: String
    var predicate: String?
    /// The column at each place of the key; nil for an expression.
    var columns: [String?]
    var expressions: [String?]
    var collations: [String?]
    var operatorClasses: [String?]
    /// The bits of `pg_index.indoption`: 1 descending, 2 NULLS FIRST.
    var sorting: [Int]
    var included: [String]

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid()
      name = try fields.text()
      namespace = try fields.text()
      relation = try fields.oid()
      definition = try fields.text()
      isClustered = try fields.flag()
      isReplicaIdentity = try fields.flag()
      isValid = try fields.flag()
      isUnique = try fields.flag()
      nullsAreNotDistinct = try fields.flag()
      parent = try fields.optional()
      tablespace = try fields.optional()
      statistics = try fields.optional()
      options = try fields.texts()
      method = try fields.text()
      predicate = try fields.optional()
      columns = try fields.list() ?? []
      expressions = try fields.list() ?? []
      collations = try fields.list() ?? []
      operatorClasses = try fields.list() ?? []
      sorting = try fields.texts().map { Int($0) ?? 0 }
      included = try fields.texts()
    }

    func note(in index: inout CatalogIndex, isThere: Bool) { index.change(self, isThere: isThere) }

    var affected: [Identity] { [Identity(.relation, oid), Identity(.relation, relation)] }
  }
}
