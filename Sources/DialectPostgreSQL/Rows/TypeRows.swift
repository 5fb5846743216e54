internal import SchemaModel

extension PostgreSQL {
  /// A row of `CatalogQuery.types`.
  struct TypeRow: ObjectRow {
    static let catalog = SystemCatalog.type

    var oid: UInt32
    var name: String
    var namespace: String
    /// `e`, `d` or `r`, as in `pg_type.typtype`.
    var kind: String
    var owner: String
    var privileges: Privileges
    var baseType: String?
    var isNotNull: Bool
    var defaultExpression: String?
    var collation: String?
    var labels: [String]
    var rangeOptions: String?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      kind = try fields.text("kind")
      owner = try fields.text("owner")
      privileges = try fields.privileges("privileges", standard: "standard_privileges")
      baseType = try fields.optional("base_type")
      isNotNull = try fields.flag("is_not_null")
      defaultExpression = try fields.optional("default_expression")
      collation = try fields.optional("collation")
      labels = try fields.texts("labels")
      rangeOptions = try fields.optional("range_options")
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      let kind: ObjectKind =
        switch kind {
        case "e": .enumeration
        case "d": .domain
        default: .rangeType
        }
      return ObjectPath(kind, namespace: namespace, name: name)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let name = PostgreSQL.quote(name, in: namespace)
      switch kind {
      case "e":
        let labels = labels.map(PostgreSQL.literal).joined(separator: ", ")
        return builder.definition(
          self, "CREATE TYPE \(name) AS ENUM (\(labels))", members: self.labels, owner: owner,
          privileges: privileges)
      case "d":
        return domain(name, builder)
      default:
        return builder.definition(
          self, "CREATE TYPE \(name) AS RANGE (\(rangeOptions ?? ""))", owner: owner,
          privileges: privileges)
      }
    }

    private func domain(_ name: String, _ builder: Catalog.Builder) -> SchemaObject {
      var text = "CREATE DOMAIN \(name) AS \(baseType ?? "")"
      if let collation { text += " COLLATE \(collation)" }
      var attributes: [String: String] = [:]
      if isNotNull { text += " " + notNull(builder, &attributes) }
      if let defaultExpression { text += " DEFAULT \(defaultExpression)" }
      for check in builder.constraints(ofDomain: oid) {
        if check.isValid {
          text += " CONSTRAINT \(PostgreSQL.quote(check.name)) \(check.definition)"
        } else {
          attributes["not valid \(check.name)"] = check.definition
        }
        if let comment = builder.comment(on: Identity(.constraint, check.oid)) {
          attributes["constraint \(check.name) comment"] = comment
        }
      }
      return builder.definition(
        self, text, attributes: attributes, owner: owner, privileges: privileges)
    }

    /// With its constraint's name where it is not the one that the server would give.
    private func notNull(
      _ builder: Catalog.Builder, _ attributes: inout [String: String]
    ) -> String {
      guard let row = builder.notNull(ofDomain: oid) else { return "NOT NULL" }
      if let comment = builder.comment(on: Identity(.constraint, row.oid)) {
        attributes["constraint \(row.name) comment"] = comment
      }
      attributes[Definition.notNullAttribute] = row.name
      if row.name == "\(name)_not_null" { return "NOT NULL" }
      return "CONSTRAINT \(PostgreSQL.quote(row.name)) NOT NULL"
    }
  }

  /// A row of `CatalogQuery.collations`.
  struct CollationRow: ObjectRow {
    static let catalog = SystemCatalog.collation

    var oid: UInt32
    var name: String
    var namespace: String
    var owner: String
    var options: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      owner = try fields.text("owner")
      options = try fields.text("options")
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      ObjectPath(.collation, namespace: namespace, name: name)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      builder.definition(
        self, "CREATE COLLATION \(PostgreSQL.quote(name, in: namespace)) (\(options))",
        owner: owner)
    }
  }

  /// A row of `CatalogQuery.operators`.
  struct OperatorRow: ObjectRow {
    static let catalog = SystemCatalog.operator

    var oid: UInt32
    var name: String
    var namespace: String
    var owner: String
    var left: String?
    var right: String?
    var options: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      owner = try fields.text("owner")
      left = try fields.optional("left")
      right = try fields.optional("right")
      options = try fields.text("options")
    }

    private var operands: String { "(\(left ?? "NONE"), \(right ?? "NONE"))" }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      ObjectPath(.operator, namespace: namespace, name: name + operands)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let name = PostgreSQL.quote(namespace) + "." + name
      return builder.definition(
        self, "CREATE OPERATOR \(name) (\(options))",
        attributes: ["signature": "\(name) \(operands)"], owner: owner)
    }
  }

  /// A row of `CatalogQuery.casts`.
  struct CastRow: ObjectRow {
    static let catalog = SystemCatalog.cast

    var oid: UInt32
    var source: String
    var target: String
    var method: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      source = try fields.text("source")
      target = try fields.text("target")
      method = try fields.text("method")
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      ObjectPath(.cast, name: "\(source) AS \(target)")
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      builder.definition(self, "CREATE CAST (\(source) AS \(target)) \(method)")
    }
  }
}
