internal import SchemaModel

extension PostgreSQL {
  /// One row of a catalog query, decoded.
  protocol CatalogRow: Hashable, Sendable {
    init(_ fields: inout Fields) throws(CatalogError)
    var oid: UInt32 { get }
    /// The objects that look different when this row comes, goes or changes.
    var affected: [Identity] { get }
    /// Tells the index that the row is there, or is there no more.
    func note(in index: inout CatalogIndex, isThere: Bool)
  }

  /// A row that is one object by itself.
  protocol ObjectRow: CatalogRow {
    static var catalog: SystemCatalog { get }
    /// The relation that it hangs on; 0 for none.
    var relation: UInt32 { get }
    /// Nil where it is no object of its own.
    func path(_ builder: Catalog.Builder) -> ObjectPath?
    func object(_ builder: Catalog.Builder) -> SchemaObject
  }
}

extension PostgreSQL.CatalogRow {
  func note(in index: inout PostgreSQL.CatalogIndex, isThere: Bool) {}
}

extension PostgreSQL.ObjectRow {
  var identity: PostgreSQL.Identity { PostgreSQL.Identity(Self.catalog, oid) }
  var affected: [PostgreSQL.Identity] { [identity] }
  var relation: UInt32 { 0 }
}

extension PostgreSQL {
  /// A row of `CatalogQuery.opaque`.
  struct OpaqueRow: CatalogRow {
    var oid: UInt32
    var catalog: UInt32
    var type: String
    var namespace: String
    var name: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      catalog = try fields.oid("catalog")
      type = try fields.text("type")
      namespace = try fields.word("namespace")
      name = try fields.text("name")
    }

    var identity: Identity { Identity(catalog: catalog, oid: oid) }
    var affected: [Identity] { [identity] }
    /// With its kind: a server and its wrapper may have the same name. An identity has its schema.
    var path: ObjectPath { ObjectPath(.opaque, name: "\(type) \(name)") }
  }

  /// A row of `CatalogQuery.comments`.
  struct CommentRow: CatalogRow {
    var oid: UInt32
    var catalog: UInt32
    /// The column's number; 0 for the object itself.
    var part: Int
    var text: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      catalog = try fields.oid("catalog")
      part = try fields.number("part")
      text = try fields.text("text")
    }

    var affected: [Identity] { [Identity(catalog: catalog, oid: oid)] }
  }

  /// A row of `CatalogQuery.dependencies`.
  struct DependencyRow: CatalogRow {
    var oid: UInt32
    var catalog: UInt32
    var part: Int
    var target: Identity
    var targetPart: Int
    /// `n`, `a`, `i`, `e`, `x`, `P` or `S`, as in `pg_depend.deptype`.
    var kind: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      catalog = try fields.oid("catalog")
      part = try fields.number("part")
      let targetCatalog = try fields.oid("target_catalog")
      target = Identity(catalog: targetCatalog, oid: try fields.oid("target"))
      targetPart = try fields.number("target_part")
      kind = try fields.text("kind")
    }

    var identity: Identity { Identity(catalog: catalog, oid: oid) }
    /// The table of an identity column shows its sequence.
    var affected: [Identity] { kind == "i" ? [identity, target] : [identity] }

    func note(in index: inout CatalogIndex, isThere: Bool) { index.change(self, isThere: isThere) }
  }
}
