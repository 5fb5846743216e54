// Tables, views, sequences, composite types, and what belongs to them.
extension PostgreSQL.CatalogQuery {
  static let relationsText = Text(
    select: """
      SELECT c.oid, c.relname, n.nspname, c.relkind, c.relpersistence, \
      pg_get_userbyid(c.relowner), \
      CASE c.relkind WHEN 'c' THEN (SELECT y.typacl FROM pg_type y WHERE y.oid = c.reltype) \
      ELSE c.relacl END, \
      acldefault(CASE c.relkind WHEN 'S' THEN 's' WHEN 'c' THEN 'T' ELSE 'r' END::"char", \
      c.relowner), \
      c.reltype, c.reloptions, \
      (SELECT t.reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid), \
      c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition, \
      pg_get_expr(c.relpartbound, c.oid), \
      CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, \
      (SELECT a.amname FROM pg_am a WHERE a.oid = c.relam AND a.amname <> 'heap'), \
      (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace), \
      (SELECT array_agg(i.inhparent ORDER BY i.inhseqno) FROM pg_inherits i \
      WHERE i.inhrelid = c.oid), \
      (SELECT array_agg(quote_ident(pn.nspname) || '.' || quote_ident(p.relname) \
      ORDER BY i.inhseqno) FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent \
      JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid), \
      CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, \
      CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, \
      CASE WHEN s.seqrelid IS NOT NULL THEN format_type(s.seqtypid, NULL) END, \
      s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_sequence s ON s.seqrelid = c.oid
      WHERE \(isUserNamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c')
      AND c.relpersistence <> 't' AND \(isNoMember("pg_class", "c.oid"))
      """, key: "c.oid")

  static func columnsText(_ version: Int) -> Text {
    Text(
      select: """
        SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), \
        a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), d.oid, \
        CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, \
        \(version >= 14 ? "a.attcompression" : "''"), \
        CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END, \
        (SELECT array_agg(o) FROM unnest(a.attoptions) o WHERE o !~ '^pg_attver='), \
        a.attislocal, a.attinhcount, a.attacl, \
        CASE WHEN a.attcollation <> t.typcollation THEN \
        \(qualified("pg_collation", "collname", "collnamespace", "a.attcollation")) END
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE \(isUserNamespace) AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relkind IN ('r', 'p', 'v', 'm', 'c') AND c.relpersistence <> 't'
        AND \(isNoMember("pg_class", "c.oid"))
        """, key: "a.attrelid", order: "a.attrelid, a.attnum")
  }

  /// NOT NULL is a constraint of its own from 18 on.
  static func constraintsText(_ version: Int) -> Text {
    Text(
      select: """
        SELECT k.oid, k.conname, k.contype, k.conrelid, k.contypid, pg_get_constraintdef(k.oid), \
        k.convalidated, k.conislocal, k.coninhcount, k.conparentid, k.connoinherit, k.conindid, \
        (SELECT array_agg(a.attname ORDER BY u.place) FROM unnest(k.conkey) \
        WITH ORDINALITY u(number, place) JOIN pg_attribute a ON a.attrelid = k.conrelid \
        AND a.attnum = u.number), \
        CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END, \
        fn.nspname, f.relname, \
        CASE WHEN k.contype = 'f' THEN (SELECT array_agg(a.attname ORDER BY u.place) \
        FROM unnest(k.confkey) WITH ORDINALITY u(number, place) \
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) END, \
        k.confupdtype, k.confdeltype, k.confmatchtype
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
        LEFT JOIN pg_class f ON f.oid = k.confrelid
        LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
        WHERE \(isUserNamespace) AND k.contype IN ('c', 'f', \(version >= 18 ? "'n', " : "")'p', 'u', 'x')
        """, key: "k.oid")
  }

  static func indexesText(_ version: Int) -> Text {
    let column = "i.indrelid AND a.attnum = i.indkey[k - 1] AND a.attnum <> 0"
    return Text(
      select: """
        SELECT i.indexrelid, c.relname, n.nspname, i.indrelid, pg_get_indexdef(i.indexrelid), \
        i.indisclustered, i.indisreplident, i.indisvalid, i.indisunique, \
        \(version >= 15 ? "i.indnullsnotdistinct" : "false"), \
        (SELECT quote_ident(pn.nspname) || '.' || quote_ident(p.relname) FROM pg_inherits h \
        JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace \
        WHERE h.inhrelid = i.indexrelid), \
        (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace), \
        (SELECT string_agg(a.attnum || '=' || a.attstattarget, ', ' ORDER BY a.attnum) \
        FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0), \
        c.reloptions, m.amname, pg_get_expr(i.indpred, i.indrelid), \
        p.names, p.definitions, p.collations, p.classes, \
        string_to_array(i.indoption::text, ' '), \
        CASE WHEN i.indnatts > i.indnkeyatts THEN (SELECT array_agg(a.attname ORDER BY k) \
        FROM generate_series(i.indnkeyatts + 1, i.indnatts) k \
        JOIN pg_attribute a ON a.attrelid = \(column)) END
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
