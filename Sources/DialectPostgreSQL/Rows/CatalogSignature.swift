internal import SchemaModel

extension PostgreSQL {
  /// What is asked to learn which rows of the catalog are new since an earlier look, by the
  /// transactions that wrote them.
  ///
  /// A deleted row leaves no trace, so rows are counted, too, and where the count is not what it
  /// should be, all keys of that catalog are asked for.
  public enum CatalogSignature {
    /// A catalog; `key` names the object that a row belongs to, as `CATALOG:OID`, and behind a
    /// slash what tells its rows apart.
    public struct Table: Sendable {
      /// Of the catalog, without its schema: `pg_class`.
      public var name: String
      var key: String
      var condition: String
      /// Whether rows can go while their object stays, or are objects themselves.
      public var isCounted: Bool

      init(
        _ name: String, _ key: String, _ condition: String = "true", isCounted: Bool = true
      ) {
        self.name = name
        self.key = key
        self.condition = condition
        self.isCounted = isCounted
      }
    }

    /// What the key of a type ends in that the model has no kind for.
    public static let opaqueMark = "/opaque"

    /// What stands between a relation's key and its kind.
    static let kindMark = "/kind "

    /// The kind of a relation by its key, as in `pg_class.relkind`.
    public static func relationKind(_ key: Substring) -> Character? {
      guard let last = key.last, key.dropLast().hasSuffix(kindMark) else { return nil }
      return last
    }

    /// The OID that `public` has in a new database (pg_namespace.dat), and keeps under another name.
    static let publicOID = 2200

    private static func objects(_ name: String, _ catalog: SystemCatalog) -> Table {
      Table(name, "'\(catalog.rawValue):' || oid", "oid::int8 >= \(CatalogQuery.firstUserOID)")
    }

    private static func parts(
      _ name: String, _ catalog: SystemCatalog, _ owner: String, _ part: String? = nil
    ) -> Table {
      Table(
        name, "'\(catalog.rawValue):' || \(owner)" + (part.map { " || '/' || \($0)" } ?? ""),
        "\(owner)::int8 >= \(CatalogQuery.firstUserOID)")
    }

    /// The OIDs are compared as numbers, so that no index is used: a table that is read from end to
    /// end is read fastest in the order in which it lies.
    public static func tables(version: Int) -> [Table] {
      let userOID = CatalogQuery.firstUserOID
      var tables = [
        Table("pg_namespace", "'2615:' || oid"),
        objects("pg_extension", .extension),
        Table(
          "pg_type",
          """
          '1247:' || oid || CASE WHEN typtype IN ('b', 'p') AND typcategory <> 'A' \
          THEN '\(opaqueMark)' ELSE '' END
          """, "oid::int8 >= \(userOID)"),
        Table(
          "pg_class", "'1259:' || oid || '\(kindMark)' || relkind::text",
          "oid::int8 >= \(CatalogQuery.firstUserOID)"),
        objects("pg_constraint", .constraint),
        objects("pg_rewrite", .rewrite), objects("pg_proc", .procedure),
        objects("pg_operator", .operator), objects("pg_opclass", .operatorClass),
        objects("pg_opfamily", .operatorFamily), objects("pg_cast", .cast),
        objects("pg_conversion", .conversion), objects("pg_collation", .collation),
        objects("pg_ts_config", .textSearchConfiguration),
        objects("pg_ts_dict", .textSearchDictionary),
        objects("pg_ts_parser", .textSearchParser),
        objects("pg_ts_template", .textSearchTemplate), objects("pg_trigger", .trigger),
        objects("pg_event_trigger", .eventTrigger), objects("pg_policy", .policy),
        objects("pg_statistic_ext", .statistics), objects("pg_default_acl", .defaultPrivileges),
        objects("pg_publication", .publication),
        objects("pg_foreign_data_wrapper", .foreignDataWrapper),
        objects("pg_foreign_server", .foreignServer), objects("pg_language", .language),
        objects("pg_transform", .transform), objects("pg_am", .accessMethod),
        Table(
          "pg_attribute", "'1259:' || attrelid", "attrelid::int8 >= \(userOID)", isCounted: false),
        parts("pg_attrdef", .relation, "adrelid", "oid"),
        parts("pg_index", .relation, "indexrelid"),
        parts("pg_inherits", .relation, "inhrelid", "inhparent"),
        parts("pg_partitioned_table", .relation, "partrelid"),
        parts("pg_sequence", .relation, "seqrelid"),
        parts("pg_foreign_table", .foreignServer, "ftrelid"),
        parts("pg_enum", .type, "enumtypid", "oid"), parts("pg_range", .type, "rngtypid"),
        parts("pg_aggregate", .procedure, "aggfnoid::oid"),
        parts(
          "pg_ts_config_map", .textSearchConfiguration, "mapcfg",
          "maptokentype || '/' || mapseqno"),
        parts("pg_publication_rel", .publication, "prpubid", "oid"),
        Table(
          "pg_description", "classoid || ':' || objoid || '/' || objsubid",
          "objoid >= \(userOID) OR objoid = \(publicOID)"),
      ]
      if version >= 15 {
        tables.append(parts("pg_publication_namespace", .publication, "pnpubid", "oid"))
      }
      return tables
    }

    /// One row for each `catalog`: its `count`, and in `keys` those of the rows that transactions
    /// from `$1` on wrote, with blanks between. Of `pg_depend` the count of all and of those that
    /// are an extension's, with a colon between.
    public static func sql(version: Int, of names: Set<String>? = nil) -> String {
      let isNew = "(WHERE age(t.xmin) <= (SELECT m.age FROM m))"
      var parts = tables(version: version).filter { names?.contains($0.name) ?? true }.map {
        table in
        """
        SELECT '\(table.name)' AS catalog, count(*)::text AS count, \
        string_agg(\(table.key), ' ') FILTER \(isNew) AS keys FROM \(table.name) t WHERE \(table.condition)
        """
      }
      if names?.contains(dependencies) ?? true {
        parts.append(
          """
          SELECT 'pg_depend' AS catalog, \
          count(*) || ':' || count(*) FILTER (WHERE t.deptype = 'e') AS count, \
          string_agg(DISTINCT t.classid || ':' || t.objid, ' ') FILTER \(isNew) AS keys \
          FROM pg_depend t \
          WHERE t.objid::int8 >= \(CatalogQuery.firstUserOID) \
          AND t.refobjid::int8 >= \(CatalogQuery.firstUserOID)
          """)
      }
      return "WITH m AS MATERIALIZED (SELECT age($1::text::xid) AS age)\n"
        + parts.joined(separator: "\nUNION ALL ")
    }

    /// The catalog whose rows have no OID and share keys: watched beside the tables.
    public static let dependencies = "pg_depend"

    /// The `catalog`, the `key` and the `place` of each row of one that lies in one of these places
    /// (`$1::tid[]`); nil for a catalog that is not watched.
    public static func placesSQL(version: Int, of name: String) -> String? {
      if name == dependencies {
        return """
          SELECT 'pg_depend' AS catalog, \(dependencyKey) AS key, t.ctid AS place \
          FROM pg_depend t WHERE t.ctid = ANY ($1::tid[]) AND \(dependencyCondition)
          """
      }
      guard let table = tables(version: version).first(where: { $0.name == name }) else {
        return nil
      }
      return """
        SELECT '\(name)' AS catalog, \(table.key) AS key, t.ctid AS place FROM \(name) t \
        WHERE t.ctid = ANY ($1::tid[]) \
        AND (\(table.condition))
        """
    }

    private static let dependencyKey = """
      t.classid || ':' || t.objid || CASE WHEN t.deptype = 'e' THEN '\(memberMark)' ELSE '' END
      """
    private static let dependencyCondition = """
      t.objid::int8 >= \(CatalogQuery.firstUserOID) \
      AND t.refobjid::int8 >= \(CatalogQuery.firstUserOID)
      """

    /// What the key of a dependency ends in that says that an extension owns the object.
    public static let memberMark = "/e"

    /// What is asked at every look, each a `name` and a `value`: a mark for the next one, the roles,
    /// and what stands in catalogs that are not watched row by row.
    public static let marksSQL = """
      SELECT 'mark' AS name, \
      (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text AS value \
      UNION ALL SELECT 'roles', string_agg(oid || ':' || rolname, ' ' ORDER BY oid) FROM pg_roles \
      UNION ALL SELECT 'others', string_agg(x, ' ' ORDER BY x) FROM (\
      SELECT umid || ':' || srvid || ':' || umuser FROM pg_user_mappings \
      UNION ALL SELECT 'subscription ' || oid || ':' || name FROM (\(subscriptionsSQL)) s \
      UNION ALL SELECT 'label ' || classoid || ':' || objoid || '/' || objsubid || label \
      FROM pg_seclabel UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata) o(x)
      """

    /// The database's subscriptions. The catalog shows everybody their names, and their OIDs not
    /// before 14; the view shows those, of all databases.
    static let subscriptionsSQL = """
      SELECT min(v.subid::int8)::oid AS oid, v.subname AS name FROM pg_stat_subscription v \
      JOIN pg_subscription p ON p.subname = v.subname AND p.subdbid = \
      (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) GROUP BY v.subname
      """

    /// The catalogs of `marksSQL` without the mark.
    public static let markedCatalogs: Set<String> = [
      "pg_authid", "pg_user_mapping", "pg_subscription", "pg_seclabel", "pg_largeobject_metadata",
    ]

    /// How many rows (`count`) were ever written to each `catalog`, and in the row `others` how many sessions
    /// beside ours and `$1` may still have something to tell.
    ///
    /// Of other roles' sessions an ordinary role is not told the kind, so they count.
    ///
    /// From 15 on such counts are in shared memory, and a session's are there as soon as it has
    /// called `pg_stat_force_next_flush()`, or has ended.
    public static func countersSQL(version: Int) -> String {
      let names = tables(version: version).map(\.name) + [dependencies]
      let list = names.map(PostgreSQL.literal).joined(separator: ", ")
      return """
        SELECT c.relname::text AS catalog, \(PostgreSQL.CatalogSignature.counter)::text AS count \
        FROM pg_class c \
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relname IN (\(list)) \
        UNION ALL SELECT 'others', (\(otherSessionsSQL))
        """
    }

    /// How many sessions there are in the database beside ours and `$1::text`, and beside that of the
    /// Alembic bridge, which takes this name when it is idle and has flushed its counts.
    public static let otherSessionsSQL = """
      SELECT count(*)::text FROM pg_stat_activity \
      WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
      AND coalesce(backend_type, 'client backend') = 'client backend' \
      AND pid NOT IN (pg_backend_pid(), $1::text::int) \
      AND application_name IS DISTINCT FROM 'strata at rest'
      """

    /// How many rows of the table `c` were ever inserted, updated or deleted.
    public static let counter = """
      (pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid) \
      + pg_stat_get_tuples_deleted(c.oid))
      """

    /// The keys of all rows of these catalogs: the `catalog`, a `key` and its `place` in each row;
    /// with those of dependencies where they are wanted.
    public static func keysSQL(of tables: [Table], withDependencies: Bool) -> String {
      var parts = tables.map {
        """
        SELECT '\($0.name)' AS catalog, \($0.key) AS key, t.ctid AS place FROM \($0.name) t \
        WHERE \($0.condition)
        """
      }
      if withDependencies {
        parts.append(
          """
          SELECT 'pg_depend' AS catalog, \(dependencyKey) AS key, t.ctid AS place \
          FROM pg_depend t WHERE \(dependencyCondition)
          """)
      }
      return parts.joined(separator: "\nUNION ALL ")
    }

    /// The object that a key is about; nil for a text that is none.
    public static func identity(_ key: Substring) -> Identity? {
      let head = key.prefix { $0 != "/" }
      guard let colon = head.firstIndex(of: ":"), let catalog = UInt32(head[..<colon]),
        let oid = UInt32(head[head.index(after: colon)...])
      else { return nil }
      return Identity(catalog: catalog, oid: oid)
    }
  }
}
