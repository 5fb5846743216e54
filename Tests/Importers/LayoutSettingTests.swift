import SchemaModel
import Testing

@testable import Importers

/// The columns "transaction", "connection" and "placeholders" of docs/LAYOUTS.md.
@Suite("How a layout's tool runs a script")
struct LayoutSettingTests {
  private func read(
    _ layout: SQLLayout, _ files: [String: String], definitions: [String: String] = [:]
  ) throws -> SQLFolder {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    return try SQLFolder(folder.path, layout: layout, definitions: definitions)
  }

  private func isTransactional(_ layout: SQLLayout, _ files: [String: String]) throws -> Bool? {
    try read(layout, files).scripts.values.first?.isTransactional
  }

  @Test(
    "Diesel's metadata.toml",
    arguments: [
      ("run_in_transaction = false", false), ("run_in_transaction=true # yes", true),
      // What is there and says nothing says false to Diesel; what cannot be read is not there.
      ("", false), ("# nothing", false), ("other = 1", false),
      ("[x]\nrun_in_transaction = true", false),
      ("run_in_transaction false", true), ("run_in_transaction = no", true),
    ])
  func diesel(settings: String, expected: Bool) throws {
    #expect(
      try isTransactional(.diesel, ["1_a/up.sql": "SELECT 1;", "1_a/metadata.toml": settings])
        == expected)
    #expect(try isTransactional(.diesel, ["1_a/up.sql": "SELECT 1;"]) == true)
  }

  @Test(
    "Flyway opens no transaction where a script sets foreign_keys, unless it is told",
    arguments: [
      ("PRAGMA foreign_keys = OFF;", "", false), ("\n  pragma FOREIGN_KEYS(0);", "", false),
      ("SELECT 'PRAGMA foreign_keys';", "", true), ("PRAGMA foreign_key_check;", "", true),
      ("PRAGMA foreign_keys=OFF;", "executeInTransaction=true", true),
      ("SELECT 1;", "executeInTransaction = FALSE", false),
    ])
  func flyway(text: String, settings: String, expected: Bool) throws {
    var files = ["V1__a.sql": text]
    if !settings.isEmpty { files["V1__a.sql.conf"] = settings }
    #expect(try isTransactional(.flyway, files) == expected)
  }

  @Test("Flyway puts no values in where the file beside a script says so")
  func placeholders() throws {
    let text = "INSERT INTO a VALUES ('${name}');"
    let file = ["V1__a.sql": text, "V1__a.sql.conf": "placeholderReplacement=false"]
    #expect(try read(.flyway, file).scripts["1"]?.text == text)
    #expect(try read(.flyway, file, definitions: ["name": "x"]).scripts["1"]?.text == text)
    #expect(
      message { _ = try read(.flyway, ["V1__a.sql": text]) }
        == "V1__a.sql uses the placeholder ${name}, which has no value: give --define name=VALUE")
    #expect(
      message { _ = try read(.flyway, ["V1__a.sql": "-- ${name}\nSELECT 1;"]) }
        .contains("--define name=VALUE"))
  }

  @Test(
    "without a value a name stays as it is in every layout but Flyway's, and with one it is filled",
    arguments: [
      (SQLLayout.plain, "1_a.sql", ""), (.golangMigrate, "1_a.up.sql", ""), (.sqlx, "1_a.sql", ""),
      (.dbmate, "1_a.sql", "-- migrate:up\n"), (.goose, "1_a.sql", "-- +goose Up\n"),
      (.diesel, "1_a/up.sql", ""), (.prisma, "1_a/migration.sql", ""),
    ])
  func names(layout: SQLLayout, path: String, head: String) throws {
    let text = "SELECT '${A} ${B}';\n"
    let tail = layout == .dbmate ? "-- migrate:down\n" : ""
    func script(_ definitions: [String: String]) throws -> String? {
      try read(layout, [path: head + text + tail], definitions: definitions).scripts.values.first?
        .text
    }
    #expect(try script([:])?.contains("SELECT '${A} ${B}';") == true)
    #expect(try script(["A": "x"])?.contains("SELECT 'x ${B}';") == true)
  }

  private func goose(_ text: String, _ definitions: [String: String] = [:]) throws -> String? {
    try read(.goose, ["1_a.sql": text], definitions: definitions).scripts["1"]?.text
  }

  @Test("goose reads lines without the CR before their end, also within a text")
  func gooseLines() throws {
    let text = "-- +goose Up\r\nSELECT 'a\r\nb\r', '\r\r\n';\r\n-- +goose Down\r\nSELECT 1;\r\n"
    #expect(try goose(text) == "SELECT 'a\nb\r', '\r\n';\n")
    let others: [(SQLLayout, String)] = [(.dbmate, "-- migrate:up\n"), (.sqlx, "")]
    for (layout, head) in others {
      let down = layout == .dbmate ? "-- migrate:down\n" : ""
      let read = try read(layout, ["1_a.sql": head + "SELECT 'a\r\nb';\n" + down], definitions: [:])
      #expect(read.scripts["1"]?.text.contains("'a\r\nb'") == true)
    }
  }

  @Test("goose puts values in only between ENVSUB ON and OFF, and there each name needs one")
  func gooseVariables() throws {
    let text = "-- +goose Up\nSELECT '${NAME}';\n"
    #expect(try goose(text) == "SELECT '${NAME}';\n\n")
    // A word of an earlier draft of goose's own.
    #expect(try goose("-- +goose ENVSUBST ON\n" + text) == "SELECT '${NAME}';\n\n")
    for asking in ["-- +goose ENVSUB ON\n", "-- +goose envsub on\n"] {
      #expect(message { _ = try goose(asking + text) }.contains("--define NAME=VALUE"))
      #expect(try goose(asking + text, ["NAME": "x"]) == "SELECT 'x';\n\n")
    }
    let parted = """
      -- +goose Up
      SELECT '${A}';
      -- +goose ENVSUB ON
      SELECT '${A}';
      -- +goose ENVSUB OFF
      SELECT '${B}', $B;
      """
    #expect(
      try goose(parted, ["A": "1"])
        == "SELECT '1';\n-- +goose ENVSUB ON\nSELECT '1';\n-- +goose ENVSUB OFF\nSELECT '${B}', $B;\n"
    )
  }

  @Test(
    "goose's expansion that is not closed is called that",
    arguments: ["${A:-${B:-x}", "${A?b", "${A-$B"])
  func unclosedVariable(_ text: String) {
    let said = message {
      _ = try goose("-- +goose Up\n-- +goose ENVSUB ON\nSELECT '\(text)';\n", ["B": "x"])
    }
    #expect(said.contains("expected a } behind the word of ${A"), "\(said)")
  }

  private static func nested(_ depth: Int) -> String {
    String(repeating: "${N-", count: depth) + "word" + String(repeating: "}", count: depth)
  }

  @Test(
    "goose's variables in all their forms",
    arguments: [
      ("$A_1 $A", "x x1"), ("${A}b", "x1b"), ("${N-word}", "word"), ("${N:-a b}", "a b"),
      ("${E-word}|${E:-word}", "|word"), ("${N:-${A}}", "x1"), ("${N:-}", ""), ("${A?no}", "x1"),
      ("$$ BEGIN $$", "$$ BEGIN $$"), ("$(x)", "$(x)"), ("\\$A", "$A"), ("\\\\$A", "\\\\x1"),
      ("$1", "$1"), ("a$", "a$"), ("$body$ x $body$", nil), ("${N}", nil), ("$N", nil),
      ("${N?set it}", nil), ("${A:1}", nil), ("${A", nil), ("${N-word", nil),
      (nested(64), "word"), (nested(65), nil), (nested(100_000), nil),
    ])
  func gooseForms(text: String, expected: String?) throws {
    let script = "-- +goose ENVSUB ON\n-- +goose Up\n\(text)"
    let values = ["A": "x1", "A_1": "x", "E": ""]
    guard let expected else {
      #expect(!message { _ = try goose(script, values) }.isEmpty)
      return
    }
    #expect(try goose(script, values) == expected + "\n")
  }

  @Test(
    "sqlx, Diesel and Prisma enforce foreign keys, Prisma sends whole scripts; --foreign-keys rules"
  )
  func connections() {
    for layout in SQLLayout.allCases {
      let enforces = [.sqlx, .diesel, .prisma].contains(layout)
      #expect(layout.connection(nil).enforcesForeignKeys == enforces, "\(layout)")
      #expect(layout.connection(nil).sendsWholeScripts == (layout == .prisma), "\(layout)")
      let sendsOneQuery = [.dbmate, .sqlx, .diesel].contains(layout)
      #expect(layout.connection(nil).sendsOneQuery == sendsOneQuery, "\(layout)")
      for choice in [true, false] {
        #expect(layout.connection(choice).enforcesForeignKeys == choice, "\(layout)")
      }
    }
  }
}
