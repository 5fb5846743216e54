// Tables, views, sequences, composite types, and what belongs to them.
internal import SchemaModel

extension PostgreSQL.CatalogQuery {
  /// A partitioned table has an access method from 17 on, and only where one was said for it.
  static let relationsText = Text(
    select: """
      SELECT c.oid, c.relname AS name, n.nspname AS namespace, c.relkind AS kind, \
      c.relpersistence AS persistence, pg_get_userbyid(c.relowner) AS owner, \
      CASE c.relkind WHEN 'c' THEN (SELECT y.typacl FROM pg_type y WHERE y.oid = c.reltype) \
      ELSE c.relacl END AS privileges, \
      acldefault(CASE c.relkind WHEN 'S' THEN 's' WHEN 'c' THEN 'T' ELSE 'r' END::"char", \
      c.relowner) AS standard_privileges, c.reltype AS row_type, c.reloptions AS options, \
      (SELECT t.reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid) AS toast_options, \
      c.relrowsecurity AS has_row_security, c.relforcerowsecurity AS forces_row_security, \
      c.relreplident AS replica_identity, c.relispartition AS is_partition, \
      pg_get_expr(c.relpartbound, c.oid) AS partition_bound, \
      CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key, \
      (SELECT a.amname FROM pg_am a WHERE a.oid = c.relam \
      AND (a.amname <> 'heap' OR c.relkind = 'p')) \
      AS access_method, \
      (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace) AS tablespace, \
      (SELECT array_agg(i.inhparent ORDER BY i.inhseqno) FROM pg_inherits i \
      WHERE i.inhrelid = c.oid) AS parents, \
      (SELECT array_agg(quote_ident(pn.nspname) || '.' || quote_ident(p.relname) \
      ORDER BY i.inhseqno) FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent \
      JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid) AS parent_names, \
      CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition, \
      CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type, \
      CASE WHEN s.seqrelid IS NOT NULL THEN format_type(s.seqtypid, NULL) END AS sequence_type, \
      s.seqstart AS sequence_start, s.seqincrement AS sequence_increment, \
      s.seqmin AS sequence_minimum, s.seqmax AS sequence_maximum, s.seqcache AS sequence_cache, \
      s.seqcycle AS sequence_cycles
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_sequence s ON s.seqrelid = c.oid
      WHERE \(isUserNamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c')
      AND c.relpersistence <> 't' AND \(isNoMember("pg_class", "c.oid"))
      """, key: "c.oid")

  static let columnsText: Text = {
    Text(
      select: """
        SELECT a.attrelid AS oid, a.attnum AS number, a.attname AS name, \
        format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS is_not_null, \
        a.attidentity AS identity, a.attgenerated AS generated, \
        pg_get_expr(d.adbin, d.adrelid) AS expression, d.oid AS expression_oid, \
        CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage, \
        a.attcompression AS compression, \
        CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END AS statistics, \
        (SELECT array_agg(o) FROM unnest(a.attoptions) o WHERE o !~ '^pg_attver=') AS options, \
        a.attislocal AS is_local, a.attinhcount AS inherit_count, a.attacl AS privileges, \
        CASE WHEN a.attcollation <> t.typcollation THEN \
        \(qualified("pg_collation", "collname", "collnamespace", "a.attcollation")) END \
        AS collation
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE \(isUserNamespace) AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relkind IN ('r', 'p', 'v', 'm', 'c') AND c.relpersistence <> 't'
        AND \(isNoMember("pg_class", "c.oid"))
        """, key: "a.attrelid", order: "a.attrelid, a.attnum")
  }()

  /// NOT NULL is a constraint of its own from 18 on, a domain's from 17 on.
  static func constraintsText(_ version: Int) -> Text {
    let kinds = ["c", "f", "p", "u", "x"] + (version >= 17 ? ["n"] : [])
    return Text(
      select: """
        SELECT k.oid, k.conname AS name, k.contype AS kind, k.conrelid AS relation, \
        k.contypid AS domain, pg_get_constraintdef(k.oid) AS definition, \
        k.convalidated AS is_valid, k.conislocal AS is_local, k.coninhcount AS inherit_count, \
        k.conparentid AS parent, k.connoinherit AS is_no_inherit, k.conindid AS index, \
        (SELECT array_agg(a.attname ORDER BY u.place) FROM unnest(k.conkey) \
        WITH ORDINALITY u(number, place) JOIN pg_attribute a ON a.attrelid = k.conrelid \
        AND a.attnum = u.number) AS columns, \
        CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression, \
        fn.nspname AS referenced_namespace, f.relname AS referenced_table, \
        CASE WHEN k.contype = 'f' THEN (SELECT array_agg(a.attname ORDER BY u.place) \
        FROM unnest(k.confkey) WITH ORDINALITY u(number, place) \
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) END \
        AS referenced_columns, \
        k.confupdtype AS on_update, k.confdeltype AS on_delete, k.confmatchtype AS match
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
        LEFT JOIN pg_class f ON f.oid = k.confrelid
        LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
        WHERE \(isUserNamespace) AND k.contype IN (\(kinds.map(PostgreSQL.literal).joined(separator: ", ")))
        """, key: "k.oid")
  }

  static func indexesText(_ version: Int) -> Text {
    let column = "i.indrelid AND a.attnum = i.indkey[k - 1] AND a.attnum <> 0"
    return Text(
      select: """
        SELECT i.indexrelid AS oid, c.relname AS name, n.nspname AS namespace, \
        i.indrelid AS relation, pg_get_indexdef(i.indexrelid) AS definition, \
        i.indisclustered AS is_clustered, i.indisreplident AS is_replica_identity, \
        i.indisvalid AS is_valid, i.indisunique AS is_unique, \
        \(version >= 15 ? "i.indnullsnotdistinct" : "false") AS nulls_are_not_distinct, \
        (SELECT quote_ident(pn.nspname) || '.' || quote_ident(p.relname) FROM pg_inherits h \
        JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace \
        WHERE h.inhrelid = i.indexrelid) AS parent, \
        (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace) AS tablespace, \
        (SELECT string_agg(a.attnum || '=' || a.attstattarget, ', ' ORDER BY a.attnum) \
        FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0) \
        AS statistics, \
        c.reloptions AS options, m.amname AS method, \
        pg_get_expr(i.indpred, i.indrelid) AS predicate, p.names AS columns, \
        p.definitions AS expressions, p.collations, p.classes AS operator_classes, \
        string_to_array(i.indoption::text, ' ') AS sorting, \
        CASE WHEN i.indnatts > i.indnkeyatts THEN (SELECT array_agg(a.attname ORDER BY k) \
        FROM generate_series(i.indnkeyatts + 1, i.indnatts) k \
        JOIN pg_attribute a ON a.attrelid = \(column)) END AS included
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_am m ON m.oid = c.relam, \
        LATERAL (SELECT array_agg(q.name) AS names, array_agg(q.definition) AS definitions, \
        array_agg(q.collation_name) AS collations, array_agg(q.class) AS classes \
        FROM (SELECT a.attname AS name, pg_get_indexdef(i.indexrelid, k, false) AS definition, \
        CASE WHEN i.indcollation[k - 1] <> 0 AND i.indcollation[k - 1] <> a.attcollation THEN \
        \(qualified("pg_collation", "collname", "collnamespace", "i.indcollation[k - 1]")) \
        END AS collation_name, (SELECT o.opcname FROM pg_opclass o \
        WHERE o.oid = i.indclass[k - 1] AND NOT o.opcdefault) AS class \
        FROM generate_series(1, i.indnkeyatts) k \
        LEFT JOIN pg_attribute a ON a.attrelid = \(column) ORDER BY k) q) p
        WHERE \(isUserNamespace) AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't'
        AND \(isNoMember("pg_class", "t.oid")) AND \(isNoMember("pg_class", "c.oid"))
        """, key: "i.indexrelid")
  }
}
