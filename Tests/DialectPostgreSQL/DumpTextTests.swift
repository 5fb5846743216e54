import Testing

@testable import DialectPostgreSQL

@Suite("What two texts of pg_dump say otherwise")
struct DumpTextTests {
  private func dump(_ entries: [(String, String)], settings: String = "SET a = 1;") -> String {
    "--\n-- PostgreSQL database dump\n--\n\n\(settings)\n\n"
      + entries.map { "--\n-- \($0.0); Owner: -\n--\n\n\($0.1)\n\n" }.joined()
  }

  private let users = (
    "Name: users; Type: TABLE; Schema: public", "CREATE TABLE public.users (\n    a int\n);"
  )
  private let index = (
    "Name: users_a; Type: INDEX; Schema: public", "CREATE INDEX users_a ON public.users (a);"
  )
  private let shop = ("Name: shop; Type: SCHEMA; Schema: -", "CREATE SCHEMA shop;")

  @Test("are named by kind and name, those that one has and those that the other has")
  func names() {
    let changed = (users.0, users.1.uppercased())
    #expect(
      PostgreSQL.DumpText.differing(dump([users, index]), dump([changed, index])) == [
        "table public.users"
      ])
    #expect(PostgreSQL.DumpText.differing(dump([users]), dump([users, shop])) == ["schema shop"])
    #expect(
      PostgreSQL.DumpText.differing(dump([index, shop]), dump([users]))
        == ["index public.users_a", "schema shop", "table public.users"])
    #expect(PostgreSQL.DumpText.differing(dump([users]), dump([users])) == [])
  }

  @Test("are also an entry that stands elsewhere, one that stands twice, and the settings")
  func others() {
    #expect(
      PostgreSQL.DumpText.differing(dump([users, shop]), dump([shop, users]))
        == ["the place of table public.users"])
    #expect(
      PostgreSQL.DumpText.differing(dump([users, users]), dump([users])) == ["table public.users"])
    #expect(
      PostgreSQL.DumpText.differing(dump([users]), dump([users], settings: "SET a = 2;")) == [
        "the settings"
      ])
  }

  @Test("keep hostile names apart")
  func hostile() {
    let names = ["a; Type: VIEW", "Name: ", "; Owner: x", "", "é\u{301}"]
    for name in names {
      let entry = ("Name: \(name); Type: TABLE; Schema: s", "CREATE")
      #expect(PostgreSQL.DumpText.differing(dump([entry]), dump([])).count == 1, "\(name)")
    }
    #expect(PostgreSQL.DumpText.differing("", "") == [])
    #expect(PostgreSQL.DumpText.differing("-- Name: ", "-- Name: x; Type: ").count == 1)
  }
}
