import Testing

@testable import Importers

@Suite("TOML")
struct TOMLTests {
  private func alembic(_ text: String) throws -> [String: TOMLValue]? {
    try TOMLDocument(text).table("tool", "alembic")
  }

  @Test(
    "A table is the same however it is written",
    arguments: [
      "[tool.alembic]\nscript_location = \"db\"\nlist = ['a', 'b']",
      "tool.alembic.script_location = \"db\"\ntool.alembic.list = ['a', 'b']",
      "[tool]\nalembic.script_location = 'db'\nalembic.list = [ 'a' , # one\n  'b',\n]",
      "[tool]\nalembic = { script_location = 'db', list = ['a', 'b'] }",
      "[ tool . 'alembic' ] # here\r\nscript_location='db'\r\nlist=[\"a\",\"b\"]\r\n",
      "\u{feff}[tool.\"alembic\"]\nscript_location = \"\"\"\ndb\"\"\"\nlist = ['''a''', '''\nb''']",
      "[tool.alembic]\nscript_location = \"d\\u0062\"\nlist = [\"a\", \"\"\"\\\n   b\"\"\"]",
      "[[tool.other]]\nname = 'x'\n[[tool.other]]\nname = 'y'\n[tool.alembic]\n"
        + "script_location = 'db'\nlist = ['a', 'b']\n[tool.next]\nscript_location = 'no'",
    ])
  func forms(_ text: String) throws {
    #expect(
      try alembic(text)
        == ["script_location": .text("db"), "list": .list([.text("a"), .text("b")])])
  }

  @Test("Numbers, dates, truth, nested tables and arrays of tables are told apart")
  func values() throws {
    let text = """
      [project]
      dependencies = ["alembic>=1.16", "sqlalchemy[asyncio] ; python_version < '3.14'"]
      version = 1.5e+3
      made = 1979-05-27 07:32:00Z
      [tool.alembic]
      recursive_version_locations = true # it is
      [[tool.alembic.post_write_hooks]]
      name = "ruff"
      [tool.alembic.post_write_hooks.options]
      deep = [[1, 2], [{ a.b = false }]]
      """
    let document = try TOMLDocument(text)
    #expect(document.table("project")?["made"] == .other("1979-05-27 07:32:00Z"))
    #expect(document.table("project")?["version"] == .other("1.5e+3"))
    #expect(
      document.table("tool", "alembic") == [
        "recursive_version_locations": .flag(true),
        "post_write_hooks": .list([
          .table([
            "name": .text("ruff"),
            "options": .table([
              "deep": .list([
                .list([.other("1"), .other("2")]),
                .list([.table(["a": .table(["b": .flag(false)])])]),
              ])
            ]),
          ])
        ]),
      ])
  }

  @Test("Quotes and escapes in texts mean what TOML says")
  func texts() throws {
    func value(_ written: String) throws -> TOMLValue? {
      try TOMLDocument("a = " + written).root["a"]
    }
    #expect(try value(#""\t\"\\\U0001F600 \x41""#) == .text("\t\"\\😀 A"))
    #expect(try value(#"'C:\new "x"'"#) == .text(#"C:\new "x""#))
    #expect(try value("\"\"\"a \"\" b\"\"\"\"\"") == .text("a \"\" b\"\""))
    #expect(try value("'''it's'''") == .text("it's"))
    #expect(try value("\"\"") == .text(""))
    #expect(try value("\"\"\"\"\"\"") == .text(""))
  }

  @Test(
    "What is no TOML is named with its line",
    arguments: [
      ("a = 1\nb", 2, "expected NAME = VALUE"), ("a =", 1, "expected a value"),
      ("a = 'x", 1, "a text has no end"), ("a = \"x\ny\"", 1, "a text has no end"),
      ("\n\n[a", 3, "expected ] at the end of a table's name"),
      ("a = 1 2 ]", 1, "expected the end of the line"),
      ("a = [1 2, 'x' 'y']", 1, "expected , or ] in a list"),
      ("a = 1\na = 2", 2, "a is there twice"), ("a = 1\n[a.b]", 2, "a.b is no table"),
      ("a = \"\\q\"", 1, "\\q means nothing"), ("a = \"\\ud800\"", 1, "\\ud800 is no character"),
      ("a = {b = 1", 1, "expected , or } in a table"),
      ("a = " + String(repeating: "[", count: 100_000), 1, "values are nested too deeply"),
    ])
  func refused(_ text: String, _ line: Int, _ why: String) throws {
    #expect(throws: TOMLError(line: line, why: why)) { try TOMLDocument(text) }
  }
}
