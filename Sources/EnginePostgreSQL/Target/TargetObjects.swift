internal import SchemaModel

/// What a database holds that a new one does not.
enum TargetObjects {
  /// One text each: `table public.users`.
  static func names(_ connection: PostgreSQLConnection) throws -> [String] {
    try connection.query(sql).compactMap { $0.first.flatMap { $0 } }
  }

  /// Everything that initdb did not make has a number of 16384 or more; what is inside another
  /// object (columns, constraints, row types, an extension's members) goes with that one.
  private static let sql = """
    WITH found (catalog, oid, rank) AS (
      SELECT 'pg_class'::regclass, oid, 1 FROM pg_class
        WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND relpersistence <> 't'
          AND relnamespace <> ALL (ARRAY['pg_catalog', 'information_schema', 'pg_toast']::regnamespace[])
      UNION ALL SELECT 'pg_extension'::regclass, oid, 2 FROM pg_extension WHERE extname <> 'plpgsql'
      UNION ALL SELECT 'pg_namespace'::regclass, oid, 3 FROM pg_namespace
        WHERE oid >= 16384 AND nspname <> 'public' AND nspname !~ '^pg_(toast_)?temp_'
      UNION ALL SELECT 'pg_type'::regclass, t.oid, 4 FROM pg_type t
        LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE t.oid >= 16384 AND t.typtype <> 'm' AND coalesce(c.relkind, 'c') = 'c'
          AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
      UNION ALL SELECT 'pg_proc'::regclass, oid, 5 FROM pg_proc WHERE oid >= 16384
      UNION ALL SELECT 'pg_operator'::regclass, oid, 6 FROM pg_operator WHERE oid >= 16384
      UNION ALL SELECT 'pg_opfamily'::regclass, oid, 7 FROM pg_opfamily WHERE oid >= 16384
      UNION ALL SELECT 'pg_cast'::regclass, oid, 8 FROM pg_cast WHERE oid >= 16384
      UNION ALL SELECT 'pg_collation'::regclass, oid, 9 FROM pg_collation WHERE oid >= 16384
      UNION ALL SELECT 'pg_conversion'::regclass, oid, 10 FROM pg_conversion WHERE oid >= 16384
      UNION ALL SELECT 'pg_language'::regclass, oid, 11 FROM pg_language WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_config'::regclass, oid, 12 FROM pg_ts_config WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_dict'::regclass, oid, 13 FROM pg_ts_dict WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_parser'::regclass, oid, 14 FROM pg_ts_parser WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_template'::regclass, oid, 15 FROM pg_ts_template WHERE oid >= 16384
      UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 16 FROM pg_foreign_data_wrapper
      UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 17 FROM pg_foreign_server
      UNION ALL SELECT 'pg_event_trigger'::regclass, oid, 18 FROM pg_event_trigger
      UNION ALL SELECT 'pg_publication'::regclass, oid, 19 FROM pg_publication
      UNION ALL SELECT 'pg_am'::regclass, oid, 20 FROM pg_am WHERE oid >= 16384
      UNION ALL SELECT 'pg_largeobject'::regclass, oid, 21 FROM pg_largeobject_metadata
      UNION ALL SELECT 'pg_default_acl'::regclass, oid, 22 FROM pg_default_acl
    )
    SELECT i.type || ' ' || i.identity
    FROM found, LATERAL pg_identify_object(catalog, oid, 0) AS i
    WHERE NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = catalog AND d.objid = found.oid AND d.deptype IN ('e', 'i'))
    ORDER BY rank, 1
    """
}
