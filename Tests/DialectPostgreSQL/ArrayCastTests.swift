import Testing

@testable import DialectPostgreSQL

@Suite("Casts of arrays in PostgreSQL's expressions")
struct PostgreSQLArrayCastTests {
  @Test(
    "the array's own type is pinned, which reading again would lose",
    arguments: [
      (
        "(a = ANY ((ARRAY['a'::character varying, 'b]'::character varying(3)])::text[]))",
        "(a = ANY ((ARRAY['a'::character varying, 'b]'::character varying(3)]::character varying(3)[])::text[]))"
      ),
      ("(ARRAY['x'::app.\"My T\"])::text[]", "(ARRAY['x'::app.\"My T\"]::app.\"My T\"[])::text[]"),
      ("(ARRAY[(1)::bigint])::numeric[]", "(ARRAY[(1)::bigint]::bigint[])::numeric[]"),
      ("(ARRAY[1, 2])::bigint[]", "(ARRAY[1, 2]::integer[])::bigint[]"),
      (
        "(ARRAY['-7'::integer, 0, 42])::numeric[]",
        "(ARRAY['-7'::integer, 0, 42]::integer[])::numeric[]"
      ),
      (
        "(ARRAY[(ARRAY['a'::name])::text[]])::x",
        "(ARRAY[(ARRAY['a'::name]::name[])::text[]])::x"
      ),
    ])
  func pinned(text: String, expected: String) {
    #expect(ArrayCasts.pinned(text) == expected)
    #expect(ArrayCasts.pinned(expected) == expected)
  }

  @Test(
    "what needs no pin stays as it is",
    arguments: [
      "ARRAY['a'::text, 'b'::text]", "(ARRAY[a, 2])::bigint[]", "(ARRAY[lower('a'::text)])::text[]",
      "'(ARRAY[''a''::name])::text[]'", "$$ (ARRAY['a'::name])::text[] $$", "(ARRAY['a'::name",
      "\"(ARRAY['a'::name])::text[]\"", "(ARRAY['a'::text COLLATE \"C\"])::name[]", "(ARRAY[", "'",
    ])
  func unpinned(text: String) { #expect(ArrayCasts.pinned(text) == text) }

  @Test(
    "both spellings of an array of strings are one",
    arguments: [
      "(a = ANY (ARRAY['x', 'y']))",
      "(a = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
      "(a = ANY ((ARRAY['x'::character varying, 'y'::character varying]::character varying[])::text[]))",
      "(a = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying(9))::text]))",
      "(a = ANY (ARRAY['x'::public.citext, 'y'::bpchar]))",
    ])
  func canonical(text: String) {
    #expect(ArrayCasts.canonical(text) == "(a = ANY (ARRAY['x', 'y']))")
  }

  @Test(
    "other types and what only looks like an array stay",
    arguments: [
      "(e = ANY (ARRAY['sad'::app.mood, 'ok'::app.mood]))", "a[1] = 'x'::text",
      "'ARRAY[''x''::text]'", "ARRAY[(1)::bigint, '30000000000'::bigint]", "ARRAY['", "('",
      "('x'::",
    ])
  func untouched(text: String) { #expect(ArrayCasts.canonical(text) == text) }

  @Test("every prefix of an expression can be read")
  func prefixes() {
    let text =
      "((ARRAY['a'::character varying(3), $x$ ] $x$, \"b\"\"]\"::text])::\"T\"[] || ('q'::text)::name)"
    for count in 0...text.count {
      let prefix = String(text.prefix(count))
      #expect(ArrayCasts.pinned(prefix).count >= prefix.count)
      _ = ArrayCasts.canonical(prefix)
    }
  }
}
