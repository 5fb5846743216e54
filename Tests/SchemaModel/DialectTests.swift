import SchemaModel
import Testing

@Suite("A dialect's name")
struct DialectTests {
  @Test("is a short plain word", arguments: ["sqlite", "d", "dbase_3", "a0__"])
  func plain(name: String) {
    #expect(Dialect(rawValue: name)?.description == name)
  }

  @Test(
    "is nothing that a terminal, a path or a list could take for something else",
    arguments: [
      "", "3base", "_a", "SQLite", "a b", "a-b", "../a", "a\n", "a\u{1B}[31m", "é", "a\u{0}", "ſ",
      String(repeating: "a", count: Dialect.byteCountMax + 1),
    ])
  func hostile(name: String) {
    #expect(Dialect(rawValue: name) == nil)
  }

  @Test("of up to 63 bytes is one")
  func longest() {
    let name = String(repeating: "a", count: Dialect.byteCountMax)
    #expect(Dialect(rawValue: name)?.rawValue == name)
  }
}
