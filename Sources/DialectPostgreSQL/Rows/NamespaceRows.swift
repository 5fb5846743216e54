internal import SchemaModel

extension PostgreSQL {
  /// A row of `CatalogQuery.namespaces`.
  struct NamespaceRow: ObjectRow {
    static let catalog = SystemCatalog.namespace

    var oid: UInt32
    var name: String
    var owner: String
    var privileges: Privileges
    /// What `public` has in a new database; nil for every other.
    var freshOwner: String?
    var freshPrivileges: [String]

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      owner = try fields.text("owner")
      privileges = try fields.privileges("privileges", standard: "standard_privileges")
      freshOwner = try fields.optional("fresh_owner")
      freshPrivileges = try fields.texts("fresh_privileges")
    }

    private var isPublic: Bool { name == "public" }

    /// Whether this is `public` as every new database has it.
    private func isFresh(_ builder: Catalog.Builder) -> Bool {
      isPublic && owner == freshOwner && privileges.list == freshPrivileges
        && builder.comment(on: identity) == "standard public schema"
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      isFresh(builder) ? nil : ObjectPath(.namespace, name: name)
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      guard isPublic else {
        return builder.definition(
          self, "CREATE SCHEMA \(PostgreSQL.quote(name))", owner: owner, privileges: privileges)
      }
      var known = privileges
      // A new database has privileges on it; that there are none is a difference.
      if known.list == nil { known.list = known.standard }
      known.standard = freshPrivileges
      var object = builder.definition(self, "", owner: owner, privileges: known)
      if object.comment == nil { object.setAttribute("comment", "none") }
      return object
    }
  }

  /// A row of `CatalogQuery.extensions`.
  struct ExtensionRow: ObjectRow {
    static let catalog = SystemCatalog.extension

    var oid: UInt32
    var name: String
    var namespace: String
    var version: String

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      name = try fields.text("name")
      namespace = try fields.text("namespace")
      version = try fields.text("version")
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? { ObjectPath(.extension, name: name) }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      builder.definition(
        self,
        "CREATE EXTENSION IF NOT EXISTS \(PostgreSQL.quote(name)) "
          + "WITH SCHEMA \(PostgreSQL.quote(namespace))",
        attributes: ["schema": namespace, "version": version])
    }
  }

  /// A row of `CatalogQuery.defaultPrivileges`.
  struct DefaultPrivilegesRow: ObjectRow {
    static let catalog = SystemCatalog.defaultPrivileges

    var oid: UInt32
    var role: String
    var namespace: String
    /// `r`, `S`, `f`, `T`, `n` or `L`, as in `pg_default_acl.defaclobjtype`.
    var kind: String
    var list: [String]
    var standard: [String]

    init(_ fields: inout Fields) throws(CatalogError) {
      oid = try fields.oid("oid")
      role = try fields.text("role")
      namespace = try fields.word("namespace")
      kind = try fields.text("kind")
      list = try fields.texts("list")
      standard = try fields.texts("standard")
    }

    private var plural: String {
      switch kind {
      case "r": "tables"
      case "S": "sequences"
      case "f": "functions"
      case "T": "types"
      case "n": "schemas"
      case "L": "large objects"
      default: kind
      }
    }

    func path(_ builder: Catalog.Builder) -> ObjectPath? {
      let role = builder.owner(role) ?? Catalog.sessionRole
      return ObjectPath(.defaultPrivileges, namespace: namespace, name: "\(role) \(plural)")
    }

    func object(_ builder: Catalog.Builder) -> SchemaObject {
      let role = builder.owner(role).map(PostgreSQL.quote) ?? "CURRENT_USER"
      let place = namespace.isEmpty ? "" : " IN SCHEMA \(PostgreSQL.quote(namespace))"
      var object = builder.definition(
        self, "ALTER DEFAULT PRIVILEGES FOR ROLE \(role)\(place)",
        attributes: [
          "on": plural.uppercased(),
          "default": namespace.isEmpty
            ? standard.map(builder.entry).joined(separator: "\n") : "",
        ])
      object.grants = list.isEmpty ? ["none"] : list.map(builder.entry)
      return object
    }
  }
}
