// What runs: routines, and what hangs on tables and events.
internal import SchemaModel

extension PostgreSQL.CatalogQuery {
  /// The rules that are views are here too, without a text: dependencies lead through them.
  static let rulesText = Text(
    select: """
      SELECT r.oid, r.rulename AS name, r.ev_class AS relation, r.ev_enabled AS enabled, \
      r.rulename = '_RETURN' AND c.relkind IN ('v', 'm') AS is_view, \
      CASE WHEN r.rulename <> '_RETURN' THEN pg_get_ruledef(r.oid) END AS definition
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE \(isUserNamespace) AND \(isNoMember("pg_class", "c.oid"))
      """, key: "r.oid")

  static let routinesText = Text(
    select: """
      SELECT p.oid, p.proname AS name, n.nspname AS namespace, p.prokind AS kind, \
      pg_get_function_identity_arguments(p.oid) AS arguments, \
      CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition, \
      pg_get_userbyid(p.proowner) AS owner, p.proacl AS privileges, \
      acldefault('f', p.proowner) AS standard_privileges, l.lanname AS language, \
      pg_get_function_result(p.oid) AS returns, \
      CASE WHEN p.prokind = 'a' THEN (SELECT \(aggregateOptions) FROM pg_aggregate a \
      WHERE a.aggfnoid = p.oid) END AS aggregate_options
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_language l ON l.oid = p.prolang
      WHERE \(isUserNamespace) AND \(isNoMember("pg_proc", "p.oid"))
      AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass \
      AND i.objid = p.oid AND i.deptype = 'i')
      """, key: "p.oid")

  private static func procedure(_ word: String, _ column: String) -> String {
    "CASE WHEN a.\(column) <> 0 THEN '\(word) = ' || a.\(column)::text END"
  }

  private static func final(_ word: String, _ column: String) -> String {
    """
    CASE WHEN a.\(column) <> CASE a.aggkind WHEN 'n' THEN 'r'::"char" ELSE 'w' END \
    THEN '\(word) = ' || CASE a.\(column) WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' \
    ELSE 'READ_WRITE' END END
    """
  }

  private static let aggregateOptions = """
    concat_ws(', ', 'SFUNC = ' || a.aggtransfn::text, \
    'STYPE = ' || format_type(a.aggtranstype, NULL), \
    CASE WHEN a.aggtransspace <> 0 THEN 'SSPACE = ' || a.aggtransspace END, \
    \(procedure("FINALFUNC", "aggfinalfn")), \
    CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END, \
    \(final("FINALFUNC_MODIFY", "aggfinalmodify")), \
    \(procedure("COMBINEFUNC", "aggcombinefn")), \(procedure("SERIALFUNC", "aggserialfn")), \
    \(procedure("DESERIALFUNC", "aggdeserialfn")), \
    'INITCOND = ' || quote_literal(a.agginitval), \
    \(procedure("MSFUNC", "aggmtransfn")), \(procedure("MINVFUNC", "aggminvtransfn")), \
    CASE WHEN a.aggmtranstype <> 0 THEN 'MSTYPE = ' || format_type(a.aggmtranstype, NULL) END, \
    CASE WHEN a.aggmtransspace <> 0 THEN 'MSSPACE = ' || a.aggmtransspace END, \
    \(procedure("MFINALFUNC", "aggmfinalfn")), \
    CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END, \
    CASE WHEN a.aggmtransfn <> 0 THEN \(final("MFINALFUNC_MODIFY", "aggmfinalmodify")) END, \
    'MINITCOND = ' || quote_literal(a.aggminitval), \
    CASE WHEN a.aggsortop <> 0 THEN 'SORTOP = OPERATOR(' || (SELECT quote_ident(sn.nspname) \
    || '.' || so.oprname FROM pg_operator so JOIN pg_namespace sn ON sn.oid = so.oprnamespace \
    WHERE so.oid = a.aggsortop) || ')' END, \
    CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END, \
    CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END)
    """

  /// A trigger's copies on partitions have a parent.
  static let triggersText = Text(
    select: """
      SELECT t.oid, t.tgname AS name, t.tgrelid AS relation, \
      pg_get_triggerdef(t.oid) AS definition, t.tgenabled AS enabled, \
      t.tgparentid AS parent, \
      (SELECT p.tgenabled FROM pg_trigger p WHERE p.oid = t.tgparentid) AS parent_enabled
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE \(isUserNamespace) AND (NOT t.tgisinternal OR t.tgparentid <> 0)
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.oid = t.tgconstraint
      AND k.contype <> 't') AND \(isNoMember("pg_class", "c.oid"))
      AND \(isNoMember("pg_trigger", "t.oid"))
      """, key: "t.oid")

  /// PUBLIC is the role with the empty name.
  static let policiesText = Text(
    select: """
      SELECT p.oid, p.polname AS name, p.polrelid AS relation, p.polcmd AS command, \
      p.polpermissive AS is_permissive, \
      (SELECT array_agg(CASE WHEN r.role = 0 THEN '' ELSE pg_get_userbyid(r.role)::text END \
      ORDER BY r.place) FROM unnest(p.polroles) WITH ORDINALITY r(role, place)) AS roles, \
      pg_get_expr(p.polqual, p.polrelid) AS using, \
      pg_get_expr(p.polwithcheck, p.polrelid) AS check
      FROM pg_policy p WHERE true
      """, key: "p.oid")

  static let eventTriggersText = Text(
    select: """
      SELECT e.oid, e.evtname AS name, e.evtevent AS event, e.evtfoid::regproc AS function, \
      e.evtenabled AS enabled, e.evttags AS tags, pg_get_userbyid(e.evtowner) AS owner
      FROM pg_event_trigger e WHERE \(isNoMember("pg_event_trigger", "e.oid"))
      """, key: "e.oid")
}
