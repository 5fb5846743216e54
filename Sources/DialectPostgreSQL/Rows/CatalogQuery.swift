internal import SchemaModel

extension PostgreSQL {
  /// The questions whose answers are the whole catalog: one for each kind of row.
  ///
  /// The column `oid` of each is the OID by which its rows can be asked for; several rows may have
  /// the same. Every column has a name, under which the query's row reads it, in its text form.
  public enum CatalogQuery: CaseIterable, Hashable, Sendable {
    case namespaces
    case extensions
    case types
    case relations
    case columns
    case constraints
    case indexes
    case rules
    case routines
    case triggers
    case policies
    case statistics
    case eventTriggers
    case defaultPrivileges
    case publications
    case operators
    case casts
    case collations
    case textSearchDictionaries
    case textSearchConfigurations
    case opaque
    case comments
    case dependencies

    /// What the session must be set to before it asks, so that every name comes back qualified
    /// and every value in one form.
    public static let session = [
      "SET search_path = pg_catalog", "SET quote_all_identifiers = off", "SET TimeZone = 'UTC'",
      "SET DateStyle = 'ISO'", "SET IntervalStyle = 'postgres'", "SET extra_float_digits = 3",
      "SET bytea_output = 'hex'", "SET jit = off", "SET plan_cache_mode = force_generic_plan",
    ]

    /// The SELECT for a server of that major version; `restricted` to the OIDs in `$1::oid[]`.
    /// For the dependencies of some objects there is `dependenciesOfObjects`.
    public func sql(version: Int, restricted: Bool) -> String {
      let text = text(version)
      var sql = text.select
      if restricted { sql += "\nAND \(text.key) = ANY ($1::oid[])" }
      if let order = text.order { sql += "\nORDER BY \(order)" }
      return sql
    }

    /// A SELECT that ends in its WHERE clause, and the expression of its column `oid`.
    struct Text {
      var select: String
      var key: String
      var order: String?
    }

    private func text(_ version: Int) -> Text {
      switch self {
      case .namespaces: Self.namespacesText(version)
      case .extensions: Self.extensionsText
      case .types: Self.typesText
      case .relations: Self.relationsText
      case .columns: Self.columnsText
      case .constraints: Self.constraintsText(version)
      case .indexes: Self.indexesText(version)
      case .rules: Self.rulesText
      case .routines: Self.routinesText
      case .triggers: Self.triggersText
      case .policies: Self.policiesText
      case .statistics: Self.statisticsText
      case .eventTriggers: Self.eventTriggersText
      case .defaultPrivileges: Self.defaultPrivilegesText
      case .publications: Self.publicationsText(version)
      case .operators: Self.operatorsText
      case .casts: Self.castsText
      case .collations: Self.collationsText(version)
      case .textSearchDictionaries: Self.dictionariesText
      case .textSearchConfigurations: Self.configurationsText
      case .opaque: Self.opaqueText
      case .comments: Self.commentsText
      case .dependencies: Self.dependenciesText
      }
    }

    /// The first OID that is not the server's own (FirstNormalObjectId in access/transam.h).
    static let firstUserOID = 16384

    /// Namespaces that belong to the user.
    static let isUserNamespace = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

    /// What an extension made is the extension's.
    static func isNoMember(_ catalog: String, _ oid: String) -> String {
      """
      NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '\(catalog)'::regclass \
      AND x.objid = \(oid) AND x.deptype = 'e')
      """
    }

    /// A qualified, quoted name from a catalog with a namespace.
    static func qualified(_ catalog: String, _ name: String, _ namespace: String, _ oid: String)
      -> String
    {
      """
      (SELECT quote_ident(qn.nspname) || '.' || quote_ident(q.\(name)) FROM \(catalog) q \
      JOIN pg_namespace qn ON qn.oid = q.\(namespace) WHERE q.oid = \(oid))
      """
    }
  }
}
