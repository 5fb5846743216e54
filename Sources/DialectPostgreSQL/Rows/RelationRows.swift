internal import SchemaModel

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
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      kind = try fields.text("kind")
      persistence = try fields.text("persistence")
      owner = try fields.text("owner")
      privileges = try fields.privileges("privileges", standard: "standard_privileges")
      rowType = try fields.oid("row_type")
      options = try fields.texts("options")
      toastOptions = try fields.texts("toast_options")
      hasRowSecurity = try fields.flag("has_row_security")
      forcesRowSecurity = try fields.flag("forces_row_security")
      replicaIdentity = try fields.text("replica_identity")
      isPartition = try fields.flag("is_partition")
      partitionBound = try fields.optional("partition_bound")
      partitionKey = try fields.optional("partition_key")
      accessMethod = try fields.optional("access_method")
      tablespace = try fields.optional("tablespace")
      parents = try fields.texts("parents").compactMap { UInt32($0) }
      parentNames = try fields.texts("parent_names")
      definition = try fields.optional("definition")
      ofType = try fields.optional("of_type")
      guard let type = try fields.optional("sequence_type") else { return }
      sequence = Sequence(
        type: type, start: try fields.text("sequence_start"),
        increment: try fields.text("sequence_increment"),
        minimum: try fields.text("sequence_minimum"), maximum: try fields.text("sequence_maximum"),
        cache: try fields.text("sequence_cache"),
        cycles: try fields.flag("sequence_cycles"))
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
      oid = try fields.oid("oid")
      number = try fields.number("number")
      name = try fields.text("name")
      type = try fields.text("type")
      isNotNull = try fields.flag("is_not_null")
      identity = try fields.word("identity")
      generated = try fields.word("generated")
      expression = try fields.optional("expression")
      expressionOID = try fields.oidOrZero("expression_oid")
      storage = try fields.optional("storage")
      compression = try fields.word("compression")
      statistics = try fields.optional("statistics")
      options = try fields.texts("options")
      isLocal = try fields.flag("is_local")
      inheritCount = try fields.number("inherit_count")
      privileges = try fields.texts("privileges")
      collation = try fields.optional("collation")
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
      oid = try fields.oid("oid")
      name = try fields.text("name")
      kind = try fields.text("kind")
      relation = try fields.oid("relation")
      domain = try fields.oid("domain")
      definition = try fields.text("definition")
      isValid = try fields.flag("is_valid")
      isLocal = try fields.flag("is_local")
      inheritCount = try fields.number("inherit_count")
      parent = try fields.oid("parent")
      isNoInherit = try fields.flag("is_no_inherit")
      index = try fields.oid("index")
      columns = try fields.texts("columns")
      expression = try fields.optional("expression")
      referencedNamespace = try fields.optional("referenced_namespace")
      referencedTable = try fields.optional("referenced_table")
      referencedColumns = try fields.texts("referenced_columns")
      onUpdate = try fields.word("on_update")
      onDelete = try fields.word("on_delete")
      match = try fields.word("match")
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
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      relation = try fields.oid("relation")
      definition = try fields.text("definition")
      isClustered = try fields.flag("is_clustered")
      isReplicaIdentity = try fields.flag("is_replica_identity")
      isValid = try fields.flag("is_valid")
      isUnique = try fields.flag("is_unique")
      nullsAreNotDistinct = try fields.flag("nulls_are_not_distinct")
      parent = try fields.optional("parent")
      tablespace = try fields.optional("tablespace")
      statistics = try fields.optional("statistics")
      options = try fields.texts("options")
      method = try fields.text("method")
      predicate = try fields.optional("predicate")
      columns = try fields.list("columns") ?? []
      expressions = try fields.list("expressions") ?? []
      collations = try fields.list("collations") ?? []
      operatorClasses = try fields.list("operator_classes") ?? []
      sorting = try fields.texts("sorting").map { Int($0) ?? 0 }
      included = try fields.texts("included")
    }

    func note(in index: inout CatalogIndex, isThere: Bool) { index.change(self, isThere: isThere) }

    var affected: [Identity] { [Identity(.relation, oid), Identity(.relation, relation)] }
  }
}
