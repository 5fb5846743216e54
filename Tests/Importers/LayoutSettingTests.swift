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

  @Test("goose puts values in only where a script asks for it, and then each needs one")
  func gooseVariables() throws {
    let text = "-- +goose Up\nSELECT '${NAME}';\n"
    #expect(try read(.goose, ["1_a.sql": text]).scripts["1"]?.text.contains("${NAME}") == true)
    let asking = "-- +goose ENVSUBST ON\n" + text
    #expect(
      message { _ = try read(.goose, ["1_a.sql": asking]) }.contains("--define NAME=VALUE"))
    let filled = try read(.goose, ["1_a.sql": asking], definitions: ["NAME": "x"])
    #expect(filled.scripts["1"]?.text.contains("SELECT 'x'") == true)
  }

  @Test(
    "sqlx, Diesel and Prisma enforce foreign keys, Prisma sends whole scripts; --foreign-keys rules"
  )
  func connections() {
    for layout in SQLLayout.allCases {
      let enforces = [.sqlx, .diesel, .prisma].contains(layout)
      #expect(layout.connection(nil).enforcesForeignKeys == enforces, "\(layout)")
      #expect(layout.connection(nil).sendsWholeScripts == (layout == .prisma), "\(layout)")
      for choice in [true, false] {
        #expect(layout.connection(choice).enforcesForeignKeys == choice, "\(layout)")
      }
    }
  }
}
