import Testing

@testable import DialectPostgreSQL

@Suite("Names as servers write them")
struct NameTests {
  @Test(
    "are written anew as Strata quotes them, whatever words the server knew",
    arguments: [
      ("public.users", "public.users"), ("public.json", "public.\"json\""),
      ("json_value", "\"json_value\""), ("public.\"json\"", "public.\"json\""),
      ("\"a.b\".\"c\"\"d\"", "\"a.b\".\"c\"\"d\""), ("\"We ird\".\"$x$\"", "\"We ird\".\"$x$\""),
      ("a$1.b$2", "\"a$1\".\"b$2\""), ("\"users\".x", "users.x"), ("", "\"\""),
      ("\"", "\"\"\"\""), ("x.", "x.\"\""), ("\"not closed.x", "\"\"\"not closed.x\""),
    ])
  func requoted(_ text: String, _ wanted: String) {
    #expect(PostgreSQL.requoted(text) == wanted)
    #expect(PostgreSQL.requoted(wanted) == wanted)
  }
}
