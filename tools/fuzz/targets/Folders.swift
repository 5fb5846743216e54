@testable import Importers

extension FuzzTarget {
  /// A folder of SQL files, one layout after the other: the first line is a file's name, the rest its
  /// text.
  static let layouts: [FuzzTarget] = [
    FuzzTarget("layout") { bytes in
      let whole = text(bytes)
      let line = whole.prefix { !$0.isNewline }
      let name = String(line)
      let script = Array(whole.utf8.dropFirst(line.utf8.count + 1))
      _ = (VersionedName(name), DbmateName(name), GolangName(name), PlainName(name))
      if let flyway = FlywayName(name) { precondition(!(flyway.order < flyway.order)) }
      _ = FlywayName.isCallback(name)
      for layout in SQLLayout.allCases { _ = layout.isRepeatable(name) }
      if let versioned = VersionedName(name) { _ = timestamp(ofVersion: versioned.version) }
      for layout in [SQLLayout.dbmate, .goose] {
        let sections = SectionedScript(script, layout)
        if let up = sections.up { precondition(up.count <= script.count + 1) }
      }
      _ = humanised(name)
    },
    FuzzTarget("placeholders") { bytes in
      let script = text(bytes)
      let values = ["a": "1", "b": "${a}", "": ""]
      let filled = try Placeholders(values: values).replaced(in: script, path: "f", by: .fill)
      precondition(filled.utf8.count <= 2 * script.utf8.count)
      _ = try? Placeholders(values: values).replaced(in: script, path: "f", by: .demand)
      _ = try ShellVariables(values: values, path: "f").expanded(script)
    },
    // Three versions: an order that is none would sort them in circles.
    FuzzTarget("versions") { bytes in
      let words = text(bytes).split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
      for order in [
        VersionOrder.init(numbersOf:), VersionOrder.init(textOf:), VersionOrder.init(codeUnitsOf:),
        VersionOrder.init(localeOf:), VersionOrder.init(partsOf:),
      ] as [(Substring) -> VersionOrder] {
        let found = words.map(order)
        for a in found {
          precondition(!(a < a))
          for b in found {
            precondition(!(a < b && b < a), "two versions come before each other")
            for c in found where a < b && b < c { precondition(a < c, "an order in a circle") }
          }
        }
      }
    },
  ]

  /// Configuration, and what is written into Python.
  static let settings: [FuzzTarget] = [
    FuzzTarget("toml") { bytes in _ = try TOMLDocument(text(bytes)) },
    FuzzTarget("ini") { bytes in
      let file = try IniFile(text(bytes), path: "alembic.ini")
      for name in ["script_location", "version_locations", "a"] { _ = try file.value(name) }
    },
    FuzzTarget("python-text") { bytes in
      let word = text(bytes)
      let literal = PythonLiteral.text(word)
      precondition(
        literal.utf8.starts(with: "\"\"\"".utf8) || !literal.utf8.contains(0x0A),
        "a literal of one line has several")
      precondition(PythonLiteral.tripleQuoted(word).utf8.count >= word.utf8.count)
    },
  ]
}
