import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Flyway's repeatables that are changed or deleted after they were recorded")
final class RepeatableTests: MigrationsBed {
  private static func view(_ columns: String) -> String {
    "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT \(columns) FROM a;\n"
  }

  /// Three versions and a view; then another view, and then one more version.
  private func revised() throws {
    try add([
      "V1__a.sql": "CREATE TABLE a (id INTEGER, n INTEGER);",
      "V2__b.sql": "CREATE TABLE b (id INTEGER); INSERT INTO b VALUES (1);",
      "V3__c.sql": "CREATE TABLE c (id INTEGER);", "R__v.sql": Self.view("id"),
    ])
    #expect(try importSQL(.flyway) == ["1", "2", "3", "R__v"])
    try add(["R__v.sql": Self.view("id, n")])
    #expect(try importSQL(.flyway) == ["R__v@2"])
    try add(["V5__d.sql": "ALTER TABLE b ADD COLUMN n INTEGER;"])
    #expect(try importSQL(.flyway) == ["5"])
  }

  @Test("Each text is a revision, and a version that comes later is recorded behind it")
  func line() throws {
    try revised()
    #expect(try history.graph().entries.map(\.id) == ["1", "2", "3", "R__v", "R__v@2", "5"])
    #expect(try history.heads() == ["5"])
    #expect(try importSQL(.flyway) == [])
  }

  @Test(
    "Cuts work before it and at the head, and can be taken back", arguments: ["1", "2", "3", "5"])
  func cuts(revision: String) throws {
    try revised()
    let result = try cutAndRestore(.flyway, at: revision)
    #expect(result.blockers == [])
    #expect(result.proof.last?.hasSuffix("fingerprint and rows as recorded at 5") == true)
    #expect(result.folder?.leaving.contains("R__v.sql") == (revision == "5"))
  }

  @Test("A cut between two texts leaves the newer one in the folder")
  func between() throws {
    try add(["V1__a.sql": "CREATE TABLE a (id INTEGER, n INTEGER);", "R__v.sql": Self.view("id")])
    try importSQL(.flyway)
    try add(["V2__b.sql": "CREATE TABLE b (id INTEGER);"])
    try importSQL(.flyway)
    try add(["R__v.sql": Self.view("n")])
    #expect(try importSQL(.flyway) == ["R__v@2"])
    let result = try cutAndRestore(.flyway, at: "2")
    #expect(result.folder?.leaving == ["V1__a.sql"])
    _ = try cut(.flyway, at: "2")
    #expect(try folder.names("m") == ["R__v.sql", "V2__b.sql"])
    #expect(throws: WorkflowError.self) { try cut(.flyway, at: "head") }
  }

  @Test("The first text again is one more revision, in a subfolder too")
  func back() throws {
    try revised()
    try folder.remove("m/R__v.sql")
    try add(["views/R__v.sql": Self.view("id")])
    #expect(try importSQL(.flyway) == ["R__v@3"])
    try add(["V6__e.sql": "CREATE TABLE e (id INTEGER);"])
    #expect(try importSQL(.flyway) == ["6"])
    _ = try cutAndRestore(.flyway, at: "3")
  }

  @Test(
    "One that is deleted has left what it made: a cut behind it works, one before it says why not")
  func deleted() throws {
    try revised()
    try folder.remove("m/R__v.sql")
    #expect(try importSQL(.flyway) == [])
    let refusal = failure { _ = try cut(.flyway, at: "3") }
    #expect("\(refusal as Any)".contains("without what R__v, R__v@2 did"))
    #expect("\(refusal as Any)".contains("different: view v"))
    _ = try cutAndRestore(.flyway, at: "5")
    try add(["V6__drop.sql": "DROP VIEW IF EXISTS v;"])
    #expect(try importSQL(.flyway) == ["6"])
    _ = try cutAndRestore(.flyway, at: "3")
    _ = try cutAndRestore(.flyway, at: "head")
  }

  @Test("What a cut took out and somebody writes anew is recorded anew")
  func anew() throws {
    try revised()
    let text = try folder.text("m/R__v.sql")
    _ = try cut(.flyway, at: "5")
    try add(["R__v.sql": text])
    #expect(try importSQL(.flyway) == ["R__v@3"])
    try add(["V6__e.sql": "CREATE TABLE e (id INTEGER);"])
    #expect(try importSQL(.flyway) == ["6"])
    _ = try cutAndRestore(.flyway, at: "6")
  }
}
