import SchemaModel
import DialectSQLite
import Testing

@Suite("Tokens")
struct TokensTests {
  @Test("tell names, strings, numbers, blobs and parameters apart, and skip comments")
  func kinds() {
    let tokens = SQLite.Tokens(
      #"SELECT "a ""b""", `c`, [d e], 'it''s', x'0F', 1.5e-3, .5, ?1, :name /* x */ -- y"#)
    let kinds = tokens.list.filter { $0.kind != .symbol }.map(\.kind)
    #expect(
      kinds == [
        .word, .quotedName, .quotedName, .quotedName, .string, .blob, .number, .number, .parameter,
        .parameter,
      ])
    #expect(
      tokens.list.filter { $0.kind == .quotedName || $0.kind == .string }.map(tokens.name) == [
        #"a "b""#, "c", "d e", "it's",
      ])
  }

  @Test("exist for any bytes, and what reads them does not trap")
  func anyBytes() {
    var state: UInt64 = 42
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let words = [
      "CREATE", "TABLE", "(", ")", ",", "\"", "'", "[", "PRIMARY", "KEY", "CHECK", "--", "/*", "x'",
      "AS", "SELECT", "FROM", "INSERT", "INTO", "t", ".", "REFERENCES", "TRIGGER", "BEGIN", "END",
      ";", "COLLATE", "ON", "INDEX", "VIEW", "*", "CAST", "ALTER", "RENAME", "TO", "DEFAULT", "\n",
      "USING", "VIRTUAL", "NOT", "CONSTRAINT", "WITH", "FOREIGN", "CONFLICT", "DEFERRABLE",
    ]
    for _ in 0..<3000 {
      var bytes = Array("CREATE TABLE t (".utf8.prefix(Int(next() % 17)))
      for _ in 0..<(next() % 40) {
        if next() % 8 == 0 {
          bytes.append(UInt8(truncatingIfNeeded: next()))
        } else {
          bytes += Array(words[Int(next() % UInt64(words.count))].utf8)
          if next() % 3 > 0 { bytes.append(32) }
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let tokens = SQLite.Tokens(bytes: bytes)
      #expect(tokens.list.allSatisfy { $0.start < $0.end && $0.end <= bytes.count })
      _ = tokens.list.map(tokens.name)
      _ = SQLite.Script(text)
      for type in ["table", "index", "view", "trigger"] {
        let rows = SQLite.CatalogRows(
          objects: [.init(type: type, name: "t", table: "t", sql: text)],
          details: ["t": .init(columns: [])])
        _ = SQLite.Catalog(rows)
      }
      _ = SQLite.StatementLineage(
        [ExecutedStatement(sql: text)], before: Schema([.table("t"): table]), after: Schema())
    }
  }

  private var table: SchemaObject {
    SchemaObject(.table(Table(columns: [Column(name: "a", type: "")])))
  }
}
