import DialectRegistry
import Documents
import Foundation
import Importers
import SchemaHistory
import SchemaModel
import StoreFormat
import Testing
import Workflows

/// What this folder adds is all that a third dialect is: nothing in Sources knows of it.
@Suite("A dialect that Strata does not come with")
struct ThirdDialectTests {
  private let bed = CardBed()

  @Test("is imported from a folder, and asked in its own words")
  func questions() throws {
    let history = try bed.recorded()
    let dialects = bed.context.dialects
    #expect(
      try SchemaDocument.text(at: "003", of: history, .sql, dialects)
        == "CREATE TABLE [it's] (a, [b]]])!\n\nCREATE TABLE nests (bird)!\n")
    #expect(
      try SchemaDocument.text(objectNamed: "birds", at: "002", of: history, .sql, dialects)
        == "CREATE TABLE birds (name, colour)!\n")
    let comparison = try HistoryComparison(from: "001", to: "003").run(in: history)
    #expect(
      comparison.operations.map(\.summary) == [
        "drop table birds", "add column it's.b]", "create table nests (bird)",
      ])
    let texts = try DiffDocument.texts(comparison, dialects).map { $0.rendered(isColored: false) }
    #expect(texts.contains("+CREATE TABLE [it's] (a, [b]]])!"))
    #expect(texts.contains("-CREATE TABLE birds (name, colour)!"))
    #expect(try blamed(history) == ["001 a", "002 b]"])
  }

  @Test("is cut with proof, and put back to the byte")
  func cut() throws {
    let history = try bed.recorded()
    let before = try bed.files()
    let result = try HistoryTruncation(at: "003", source: .sql(bed.folder)).run(
      in: history, by: "tester", bed.context)
    #expect(result.isDone)
    #expect(result.proof.count == 2)
    #expect(result.proof[0].hasPrefix("baseline of 003 in an empty database: fingerprint "))
    #expect(
      result.proof[1] == "Cards on the rewritten folder from empty: fingerprint and rows as "
        + "recorded at 004")
    let files = try bed.files()
    #expect(files.keys.sorted() == ["003_nests.sql", "004_more.sql"])
    let statements = files["003_nests.sql"]?.split(separator: "\n").filter { !$0.hasPrefix("--") }
    #expect(
      statements == [
        "CREATE TABLE [it's] (a, [b]]])!", "INSERT INTO [it's] VALUES ('wren!', '')!",
        "CREATE TABLE nests (bird)!",
      ])
    #expect(try blamed(history) == ["001 a", "002 b]"])

    // The history goes on from the cut: in the head's database that the first import kept.
    try bed.write("ALTER TABLE nests ADD COLUMN tree!", to: "005_tree.sql")
    #expect(try bed.importFolder(into: history).recorded == ["005"])
    #expect(
      try SchemaDocument.text(
        objectNamed: "nests", at: "005", of: history, .sql, bed.context.dialects)
        == "CREATE TABLE nests (bird, tree)!\n")

    _ = try HistoryRestoration(folder: bed.folder).run(in: history, by: "tester", bed.context)
    var after = try bed.files()
    #expect(after.removeValue(forKey: "005_tree.sql") != nil)
    #expect(after == before)
    #expect(try history.verify(full: true).findings.isEmpty)
    #expect(try History.open(at: bed.store).dialect.rawValue == "cards")
  }

  @Test("is not cut where its baseline is not the database that the migrations made")
  func disproved() throws {
    let history = try bed.recorded()
    let (log, files) = (try heads(history), try bed.files())
    let context = WorkflowContext(dialects: Dialects([CardWing(words: ForgetfulWords())]))
    let error = #expect(throws: WorkflowError.self) {
      try HistoryTruncation(at: "003", source: .sql(bed.folder)).run(
        in: history, by: "tester", context)
    }
    #expect(error?.fault == .refused)
    #expect(error.map { "\($0)".contains("Nothing was changed") } == true)
    #expect(try heads(history) == log)
    #expect(try bed.files() == files)
  }

  @Test("makes a baseline's database in a place of a person's")
  func target() throws {
    let history = try bed.recorded()
    let file = bed.root + "/made.cards"
    func create(in url: String) throws -> BaselineResult {
      try BaselineCreation(form: .database(url), holdsRows: true, varyingRows: .keep).run(
        in: history, bed.context)
    }
    #expect(try create(in: "cards://" + file).database == file)
    #expect(try CardIndex(file: file).schema == history.schema(at: "004"))
    #expect(try CardIndex(file: file).rows == history.rows(at: "004"))
    for (url, fault) in [("cards://" + file, FaultKind.refused), ("sqlite:///x", .input)] {
      let error = #expect(throws: ProductError.self) { _ = try create(in: url) }
      #expect(error?.fault == fault)
    }
  }

  @Test("fails by its own words, and nothing of the failed revision is recorded")
  func failure() throws {
    let history = try bed.recorded()
    let record = { (script: String) in
      try ScriptRecording(script: Array(script.utf8)).run(
        in: history, by: "tester", bed.context)
    }
    for (script, kind, words) in [
      ("DROP TABLE moths!", FaultKind.engine, "Cards refused: there is no moths"),
      ("DROP TABLE nests", .input, "Cards does not understand: DROP TABLE nests"),
      ("PRAGMA moths!", .input, "Cards does not understand: PRAGMA moths!"),
    ] {
      let error = #expect(throws: WorkflowError.self) { _ = try record(script) }
      #expect(error?.fault == kind)
      #expect(error.map { "\($0)".contains(words) } == true, "\(script)")
    }
    #expect(try heads(history) == ["004"])
    #expect(try record("DROP TABLE nests!").operations.map(\.summary) == ["drop table nests"])
  }

  @Test("is unknown to who does not register it, and says so with those that are known")
  func unregistered() throws {
    let history = try bed.recorded()
    let error = #expect(throws: UnknownDialect.self) {
      _ = try SQLImport(folder: bed.folder).run(in: history, by: "tester")
    }
    #expect(error?.known == ["sqlite", "postgresql"])
    #expect(error.map { "\($0)".contains("(sqlite, postgresql), found one of cards") } == true)
    let dialects = bed.context.dialects
    #expect(dialects.names == ["sqlite", "postgresql", "cards"])
    #expect(dialects.adding(CardWing()).names == dialects.names)
  }

  private func blamed(_ history: History) throws -> [String] {
    try history.blame(.table("it's"), at: "004").map { "\($0.created.id) \($0.name)" }
  }

  private func heads(_ history: History) throws -> [RevisionID] { try history.heads() }
}
