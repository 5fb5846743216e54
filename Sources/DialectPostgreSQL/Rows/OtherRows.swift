internal import SchemaModel

extension PostgreSQL {
  /// A row of `CatalogQuery.statistics`.
  struct StatisticsRow: ObjectRow {
    static let catalog = SystemCatalog.statistics

    var oid: UInt32
    var name: String
    var namespace: String
    var relation: UInt32
    var definition: String
    var owner: String
    var target: String?

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      relation = try fields.oid("relation")
      definition = try fields.text("definition")
      owner = try fields.text("owner")
      target = try fields.optional("target")
    }

    func note(in index: inout CatalogIndex, isThere: Bool) {
      index.change(part: self, isThere: isThere)
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      builder.rows.relations[relation] == nil || builder.isHidden(relation)
        ? nil : ObjectPath(.statistics, namespace: namespace, name: name)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      builder.definition(
        self, definition, attributes: target.map { ["target": $0] } ?? [:], owner: owner)
    }
  }

  /// A row of `CatalogQuery.publications`.
  struct PublicationRow: ObjectRow {
    static let catalog = SystemCatalog.publication

    var oid: UInt32
    var name: String
    var owner: String
    var hasAllTables: Bool
    var options: String
    /// With their column lists and filters.
    var tables: [String]
    var namespaces: [String]

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      owner = try fields.text("owner")
      hasAllTables = try fields.flag("has_all_tables")
      options = try fields.text("options")
      tables = try fields.texts("tables")
      namespaces = try fields.texts("namespaces")
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? { ObjectPath(.publication, name: name) }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      var text = "CREATE PUBLICATION \(PostgreSQL.quote(name))"
      let parts =
        tables.map { "TABLE ONLY \($0)" }
        + namespaces.map { "TABLES IN SCHEMA \(PostgreSQL.quote($0))" }
      if hasAllTables {
        text += " FOR ALL TABLES"
      } else if !parts.isEmpty {
        text += " FOR " + parts.joined(separator: ", ")
      }
      text += " WITH (\(options))"
      return builder.definition(self, text, owner: owner)
    }
  }

  /// A row of `CatalogQuery.textSearchDictionaries`.
  struct DictionaryRow: ObjectRow {
    static let catalog = SystemCatalog.textSearchDictionary

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
      ObjectPath(.textSearchDictionary, namespace: namespace, name: name)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let name = PostgreSQL.quote(name, in: namespace)
      return builder.definition(
        self, "CREATE TEXT SEARCH DICTIONARY \(name) (\(options))", owner: owner)
    }
  }

  /// A row of `CatalogQuery.textSearchConfigurations`.
  struct ConfigurationRow: ObjectRow {
    static let catalog = SystemCatalog.textSearchConfiguration

    var oid: UInt32
    var name: String
    var namespace: String
    var owner: String
    var parser: String
    /// `asciiword WITH app.simple, pg_catalog.english_stem`
    var mappings: [String]

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      owner = try fields.text("owner")
      parser = try fields.text("parser")
      mappings = try fields.texts("mappings")
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      ObjectPath(.textSearchConfiguration, namespace: namespace, name: name)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let name = PostgreSQL.quote(name, in: namespace)
      return builder.definition(
        self, "CREATE TEXT SEARCH CONFIGURATION \(name) (PARSER = \(parser))",
        members: mappings, owner: owner)
    }
  }
}
