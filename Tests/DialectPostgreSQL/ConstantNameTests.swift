import Testing

@testable import DialectPostgreSQL

@Suite("Constants without a name in PostgreSQL's select lists")
struct PostgreSQLConstantNameTests {
  @Test(
    "are said to have none, which reading again would give them",
    arguments: [
      ("SELECT 'x'::text;", "SELECT 'x'::text AS \"?column?\";"),
      (
        "SELECT 'a, b'::text,\n    NULL::text\n  FROM t",
        "SELECT 'a, b'::text AS \"?column?\",\n    NULL::text AS \"?column?\"\n  FROM t"
      ),
      ("INSERT .. RETURNING E'\\\\'::text;", "INSERT .. RETURNING E'\\\\'::text AS \"?column?\";"),
      (
        "( SELECT ('x'::text)::character varying(3))",
        "( SELECT ('x'::text)::character varying(3) AS \"?column?\")"
      ),
      (
        "SELECT ('x'::text IS DISTINCT FROM t.a), 'y'::text",
        "SELECT ('x'::text IS DISTINCT FROM t.a), 'y'::text AS \"?column?\""
      ),
      (
        "SELECT DISTINCT ON (t.a) 'y'::text COLLATE \"C\"",
        "SELECT DISTINCT ON (t.a) 'y'::text COLLATE \"C\" AS \"?column?\""
      ),
      (
        "SELECT mode() WITHIN GROUP (ORDER BY a) AS mode, '1'::app.\"My T\"",
        "SELECT mode() WITHIN GROUP (ORDER BY a) AS mode, '1'::app.\"My T\" AS \"?column?\""
      ),
    ])
  func pinned(text: String, expected: String) {
    #expect(ConstantNames.pinned(text) == expected)
    #expect(ConstantNames.pinned(expected) == expected)
  }

  @Test(
    "what has a name, gets none or is in no list stays as it is",
    arguments: [
      "SELECT 'x'::text AS text;", "SELECT ('x'::text || t.a)", "SELECT t.a = 'x'::text",
      "VALUES ('x'::text)", "SELECT upper('x'::text) AS upper", "'SELECT ''x''::text'",
      "$$ SELECT 'x'::text; $$", "AS $function$\nSELECT 'x'::text;\n$function$",
      "CREATE FUNCTION a$b() AS $f$ BEGIN RETURN QUERY SELECT NULL::text, 'b'::text; END $f$",
      "SELECT 'x'::text IS DISTINCT FROM t.a",
      "SELECT 'x'::text || CASE WHEN a THEN 'y'::text END",
      "SELECT * FROM t WHERE a = 'x'::text ORDER BY 'y'::text", "SELECT", "SELECT '", ")::",
    ])
  func unpinned(text: String) { #expect(ConstantNames.pinned(text) == text) }

  @Test("every prefix of a text can be read")
  func prefixes() {
    let text =
      "SELECT DISTINCT ON (a) 'x'::text, (SELECT $x$;$x$::t, ')'::\"T\" FROM b) UNION SELECT E'\\''"
    for count in 0...text.count {
      let prefix = String(text.prefix(count))
      #expect(ConstantNames.pinned(prefix).count >= prefix.count)
    }
  }
}
