// Namespaces, extensions, types and what is built on them.
internal import SchemaModel

extension PostgreSQL.CatalogQuery {
  /// The role that a temporary cluster's initdb made.
  public static let temporarySuperuser = "strata_superuser"
  /// The role that owns what migrations find in a temporary cluster.
  public static let temporaryOwner = "postgres"

  /// The last two columns are the owner and the privileges that `public` has in a new database.
  static func namespacesText(_ version: Int) -> Text {
    // In temporary clusters it was given to the migrations' role, as managed services give it.
    let role = """
      (SELECT CASE rolname WHEN '\(temporarySuperuser)' THEN '\(temporaryOwner)' ELSE rolname END \
      FROM pg_roles WHERE oid = 10)
      """
    let (owner, acl) =
      version >= 15
      ? ("'pg_database_owner'", "'{pg_database_owner=UC/pg_database_owner,=U/pg_database_owner}'")
      : (
        role,
        "ARRAY[format('%1$s=UC/%1$s', quote_ident(\(role))), format('=UC/%s', quote_ident(\(role)))]"
      )
    return Text(
      select: """
        SELECT n.oid, n.nspname AS name, pg_get_userbyid(n.nspowner) AS owner, \
        n.nspacl AS privileges, acldefault('n', n.nspowner) AS standard_privileges, \
        CASE WHEN n.nspname = 'public' THEN \(owner) END AS fresh_owner, \
        CASE WHEN n.nspname = 'public' THEN \(acl)::text END AS fresh_privileges
        FROM pg_namespace n
        WHERE \(isUserNamespace) AND \(isNoMember("pg_namespace", "n.oid"))
        """, key: "n.oid")
  }

  static let extensionsText = Text(
    select: """
      SELECT e.oid, e.extname AS name, n.nspname AS namespace, e.extversion AS version
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.oid >= \(firstUserOID)
      """, key: "e.oid")

  static let typesText: Text = {
    let multirange = """
      'multirange_type_name = ' || \
      \(qualified("pg_type", "typname", "typnamespace", "r.rngmultitypid"))
      """
    return Text(
      select: """
        SELECT t.oid, t.typname AS name, n.nspname AS namespace, t.typtype AS kind, \
        pg_get_userbyid(t.typowner) AS owner, t.typacl AS privileges, \
        acldefault('T', t.typowner) AS standard_privileges, \
        CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base_type, \
        t.typnotnull AS is_not_null, \
        CASE t.typtype WHEN 'd' THEN pg_get_expr(t.typdefaultbin, 0) END AS default_expression, \
        CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN \
        \(qualified("pg_collation", "collname", "collnamespace", "t.typcollation")) END \
        AS collation, \
        (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e \
        WHERE e.enumtypid = t.oid) AS labels, \
        (SELECT concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, NULL), \(multirange), \
        (SELECT 'subtype_opclass = ' || quote_ident(on_.nspname) || '.' || quote_ident(o.opcname) \
        FROM pg_opclass o JOIN pg_namespace on_ ON on_.oid = o.opcnamespace \
        WHERE o.oid = r.rngsubopc AND NOT o.opcdefault), \
        (SELECT 'collation = ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname) \
        FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace \
        JOIN pg_type st ON st.oid = r.rngsubtype \
        WHERE co.oid = r.rngcollation AND st.typcollation <> co.oid), \
        CASE WHEN r.rngcanonical <> 0 THEN 'canonical = ' || r.rngcanonical::text END, \
        CASE WHEN r.rngsubdiff <> 0 THEN 'subtype_diff = ' || r.rngsubdiff::text END) \
        FROM pg_range r WHERE r.rngtypid = t.oid) AS range_options
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_type b ON b.oid = t.typbasetype
        WHERE \(isUserNamespace) AND t.typtype IN ('e', 'd', 'r')
        AND \(isNoMember("pg_type", "t.oid"))
        """, key: "t.oid")
  }()

  static func collationsText(_ version: Int) -> Text {
    let locale =
      switch version {
      case ..<15: "NULL"
      case 15, 16: "c.colliculocale"
      default: "c.colllocale"
      }
    let rules = version >= 16 ? "'rules = ' || quote_literal(c.collicurules)" : "NULL"
    return Text(
      select: """
        SELECT c.oid, c.collname AS name, n.nspname AS namespace, \
        pg_get_userbyid(c.collowner) AS owner, \
        concat_ws(', ', CASE c.collprovider WHEN 'i' THEN 'provider = icu' \
        WHEN 'b' THEN 'provider = builtin' WHEN 'c' THEN 'provider = libc' \
        ELSE 'provider = default' END, \
        CASE WHEN c.collprovider IN ('i', 'b') THEN 'locale = ' \
        || quote_literal(coalesce(\(locale), c.collcollate)) \
        WHEN c.collcollate = c.collctype THEN 'locale = ' || quote_literal(c.collcollate) \
        ELSE 'lc_collate = ' || quote_literal(c.collcollate) || ', lc_ctype = ' \
        || quote_literal(c.collctype) END, \
        \(rules), CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END) AS options
        FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE \(isUserNamespace) AND \(isNoMember("pg_collation", "c.oid"))
        """, key: "c.oid")
  }

  private static func function(_ word: String, _ column: String) -> String {
    "CASE WHEN o.\(column) <> 0 THEN '\(word) = ' || o.\(column)::text END"
  }

  private static func otherOperator(_ word: String, _ column: String) -> String {
    """
    (SELECT '\(word) = OPERATOR(' || quote_ident(xn.nspname) || '.' || x.oprname || ')' \
    FROM pg_operator x JOIN pg_namespace xn ON xn.oid = x.oprnamespace WHERE x.oid = o.\(column))
    """
  }

  static let operatorsText = Text(
    select: """
      SELECT o.oid, o.oprname AS name, n.nspname AS namespace, \
      pg_get_userbyid(o.oprowner) AS owner, \
      CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END AS left, \
      CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) END AS right, \
      concat_ws(', ', 'FUNCTION = ' || o.oprcode::text, \
      CASE WHEN o.oprleft <> 0 THEN 'LEFTARG = ' || format_type(o.oprleft, NULL) END, \
      CASE WHEN o.oprright <> 0 THEN 'RIGHTARG = ' || format_type(o.oprright, NULL) END, \
      \(otherOperator("COMMUTATOR", "oprcom")), \(otherOperator("NEGATOR", "oprnegate")), \
      \(function("RESTRICT", "oprrest")), \(function("JOIN", "oprjoin")), \
      CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END) \
      AS options
      FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
      WHERE \(isUserNamespace) AND o.oprcode <> 0 AND \(isNoMember("pg_operator", "o.oid"))
      """, key: "o.oid")

  static let castsText = Text(
    select: """
      SELECT c.oid, format_type(c.castsource, NULL) AS source, \
      format_type(c.casttarget, NULL) AS target, \
      CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure::text \
      WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END || CASE c.castcontext \
      WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END AS method
      FROM pg_cast c WHERE c.oid >= \(firstUserOID)
      AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass
      AND i.objid = c.oid AND i.deptype = 'i') AND \(isNoMember("pg_cast", "c.oid"))
      """, key: "c.oid")
}
