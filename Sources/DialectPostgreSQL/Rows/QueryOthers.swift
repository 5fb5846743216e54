// Statistics, search, publications, privileges, and what is said about objects.
internal import SchemaModel

extension PostgreSQL.CatalogQuery {
  static let statisticsText = Text(
    select: """
      SELECT s.oid, s.stxname AS name, n.nspname AS namespace, s.stxrelid AS relation, \
      pg_get_statisticsobjdef(s.oid) AS definition, pg_get_userbyid(s.stxowner) AS owner, \
      CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END AS target
      FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
      WHERE \(isUserNamespace) AND \(isNoMember("pg_statistic_ext", "s.oid"))
      """, key: "s.oid")

  static let defaultPrivilegesText = Text(
    select: """
      SELECT d.oid, pg_get_userbyid(d.defaclrole) AS role, n.nspname AS namespace, \
      d.defaclobjtype AS kind, d.defaclacl AS list, \
      acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole) \
      AS standard
      FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
      WHERE true
      """, key: "d.oid")

  static func publicationsText(_ version: Int) -> Text {
    let columns =
      """
      coalesce(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) \
      FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')', '') \
      || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '')
      """
    let namespaces =
      """
      (SELECT array_agg(pn.nspname ORDER BY pn.nspname) FROM pg_publication_namespace s \
      JOIN pg_namespace pn ON pn.oid = s.pnnspid WHERE s.pnpubid = p.oid)
      """
    let name = "quote_ident(tn.nspname) || '.' || quote_ident(t.relname)"
    // Up to 14 the word TABLE stands before the first one only.
    let tables =
      version >= 15
      ? "array_agg(\(name) || \(columns) ORDER BY tn.nspname, t.relname)"
      : "CASE WHEN count(*) > 0 THEN "
        + "ARRAY[string_agg(\(name), ', ONLY ' ORDER BY tn.nspname, t.relname)] END"
    let generated =
      "CASE p.pubgencols WHEN 's' THEN 'publish_generated_columns = stored' END"
    return Text(
      select: """
        SELECT p.oid, p.pubname AS name, pg_get_userbyid(p.pubowner) AS owner, \
        p.puballtables AS has_all_tables, \
        concat_ws(', ', 'publish = ' || quote_literal(concat_ws(', ', \
        CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, \
        CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)), \
        CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END, \
        \(version >= 18 ? generated : "NULL")) AS options, \
        (SELECT \(tables) \
        FROM pg_publication_rel r JOIN pg_class t ON t.oid = r.prrelid \
        JOIN pg_namespace tn ON tn.oid = t.relnamespace WHERE r.prpubid = p.oid) AS tables, \
        \(version >= 15 ? namespaces : "NULL") AS namespaces
        FROM pg_publication p WHERE \(isNoMember("pg_publication", "p.oid"))
        """, key: "p.oid")
  }

  static let dictionariesText = Text(
    select: """
      SELECT d.oid, d.dictname AS name, n.nspname AS namespace, \
      pg_get_userbyid(d.dictowner) AS owner, concat_ws(', ', 'TEMPLATE = ' \
      || \(qualified("pg_ts_template", "tmplname", "tmplnamespace", "d.dicttemplate")), \
      d.dictinitoption) AS options
      FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
      WHERE \(isUserNamespace) AND \(isNoMember("pg_ts_dict", "d.oid"))
      """, key: "d.oid")

  static let configurationsText = Text(
    select: """
      SELECT c.oid, c.cfgname AS name, n.nspname AS namespace, \
      pg_get_userbyid(c.cfgowner) AS owner, \
      \(qualified("pg_ts_parser", "prsname", "prsnamespace", "c.cfgparser")) AS parser, \
      (SELECT array_agg(m.line ORDER BY m.line) FROM (SELECT \
      (SELECT quote_ident(tt.alias) FROM ts_token_type(c.cfgparser) tt \
      WHERE tt.tokid = x.maptokentype) || ' WITH ' \
      || string_agg(x.mapdict::regdictionary::text, ', ' ORDER BY x.mapseqno) AS line \
      FROM pg_ts_config_map x WHERE x.mapcfg = c.oid GROUP BY x.maptokentype) m) AS mappings
      FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
      WHERE \(isUserNamespace) AND \(isNoMember("pg_ts_config", "c.oid"))
      """, key: "c.oid")

  /// What the model has no kind for: named, so that nobody believes it recorded. Each line is a
  /// catalog and a condition; `o` is the row.
  private static let opaqueCatalogs: [(catalog: String, condition: String)] = [
    ("pg_class", "o.relkind = 'f' AND o.relpersistence <> 't'"),
    (
      "pg_type",
      """
      (o.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = o.oid) \
      OR o.typtype = 'p')
      """
    ),
    ("pg_foreign_data_wrapper", "true"), ("pg_foreign_server", "true"),
    ("pg_opclass", "true"), ("pg_opfamily", "true"), ("pg_conversion", "true"),
    ("pg_language", "true"), ("pg_transform", "true"), ("pg_am", "true"),
    ("pg_ts_parser", "true"), ("pg_ts_template", "true"),
  ]

  static let opaqueText: Text = {
    let unions = opaqueCatalogs.map { catalog, condition in
      """
      SELECT o.oid, '\(catalog)'::regclass::oid AS class, 0 AS part, \
      '\(catalog)'::regclass::oid AS catalog, '' AS what FROM \(catalog) o \
      WHERE o.oid >= \(firstUserOID) AND \(condition)
      """
    }
    return Text(
      select: """
        SELECT u.oid, u.catalog, u.what || i.type AS type, i.schema AS namespace, \
        i.identity AS name
        FROM (\((unions + [opaqueOthers]).joined(separator: "\nUNION ALL "))) u,
        LATERAL pg_identify_object(u.class, u.oid, u.part) i
        WHERE coalesce(i.schema, '') !~ '^pg_'
        AND coalesce(i.schema, '') <> 'information_schema'
        AND (u.what <> '' OR NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = u.class
        AND x.objid = u.oid AND x.deptype = 'e'))
        """, key: "u.oid")
  }()

  /// What is no object of its own here, or stands in a catalog that not everybody may read. What is
  /// said of an object goes by the catalog that says it: the object has an identity already.
  private static let opaqueOthers = """
    SELECT umid, 'pg_user_mapping'::regclass, 0, 'pg_user_mapping'::regclass, '' \
    FROM pg_user_mappings
    UNION ALL SELECT oid, 'pg_subscription'::regclass, 0, 'pg_subscription'::regclass, '' \
    FROM (\(PostgreSQL.CatalogSignature.subscriptionsSQL)) s
    UNION ALL SELECT oid, 'pg_largeobject'::regclass, 0, 'pg_largeobject'::regclass, '' \
    FROM pg_largeobject_metadata
    UNION ALL SELECT objoid, classoid, objsubid, 'pg_seclabel'::regclass, 'security label of ' \
    FROM pg_seclabel WHERE objoid >= \(firstUserOID)
    UNION ALL SELECT d.objid, d.classid, 0, 'pg_init_privs'::regclass, 'privileges of ' \
    FROM pg_depend d LEFT JOIN pg_init_privs p \
    ON p.objoid = d.objid AND p.classoid = d.classid AND p.objsubid = 0, \
    LATERAL (SELECT proacl, acldefault('f', proowner) FROM pg_proc \
    WHERE oid = d.objid AND d.classid = 'pg_proc'::regclass \
    UNION ALL SELECT relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", \
    relowner) FROM pg_class WHERE oid = d.objid AND d.classid = 'pg_class'::regclass \
    AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \
    UNION ALL SELECT typacl, acldefault('T', typowner) FROM pg_type \
    WHERE oid = d.objid AND d.classid = 'pg_type'::regclass) a(acl, base) \
    WHERE d.deptype = 'e' AND d.objid >= \(firstUserOID) \
    AND NOT (coalesce(a.acl, a.base) @> coalesce(p.initprivs, a.base) \
    AND coalesce(p.initprivs, a.base) @> coalesce(a.acl, a.base))
    """

  static let commentsText = Text(
    select: """
      SELECT d.objoid AS oid, d.classoid AS catalog, d.objsubid AS part, d.description AS text
      FROM pg_description d
      WHERE (d.objoid >= \(firstUserOID) OR d.classoid = 'pg_namespace'::regclass
      AND d.objoid = \(PostgreSQL.CatalogSignature.publicOID))
      """, key: "d.objoid")

  private static let dependencyColumns = """
    d.objid AS oid, d.classid AS catalog, d.objsubid AS part, \
    d.refclassid AS target_catalog, d.refobjid AS target, d.refobjsubid AS target_part, \
    d.deptype AS kind
    """

  /// The dependencies of some objects, whose catalogs and OIDs are `$1::oid[]` and `$2::oid[]`.
  ///
  /// Each object by itself: no plan but the index's is open to the planner then.
  public static let dependenciesOfObjects = """
    SELECT \(dependencyColumns)
    FROM unnest($1::oid[], $2::oid[]) w(catalog, oid), LATERAL (SELECT * FROM pg_depend x \
    WHERE x.classid = w.catalog AND x.objid = w.oid OFFSET 0) d
    WHERE d.objid >= \(firstUserOID) AND d.refobjid >= \(firstUserOID)
    """

  static let dependenciesText = Text(
    select: """
      SELECT \(dependencyColumns)
      FROM pg_depend d WHERE d.objid >= \(firstUserOID) AND d.refobjid >= \(firstUserOID)
      """, key: "d.objid")
}
