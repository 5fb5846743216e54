import DialectRegistry
import Foundation
import Importers
import SchemaHistory
import SchemaModel
import StoreFormat
import Testing

/// What this folder adds is all that a third dialect is: nothing in Sources knows of it.
@Suite("A dialect that Strata does not come with")
struct ThirdDialectTests {
  private let bed = CardBed()

  @Test("is imported from a folder, asked without its engine, cut with proof and put back")
  func life() throws {
    let history = try bed.recorded()
    let words = try bed.dialects.words(of: history.dialect)
    #expect(try history.heads() == ["004"])
    let schema = try history.schema(at: "003")
    let rows = try history.rows(at: "003")
    let statements = try words.baseline(schema, rows: rows, BaselineOptions())
    let text = words.script(statements, head: [])
    #expect(
      text
        == """
        CREATE TABLE [it's] (a, [b]]])!
        INSERT INTO [it's] VALUES ('wren!', '')!
        CREATE TABLE nests (bird)!

        """)
    let changes = try history.diff(from: "001", to: "003").map(\.summary)
    #expect(
      changes == [
        "drop table birds", "add column it's.b]", "create table nests (bird)",
      ])
    #expect(try blamed(history) == ["001 a", "002 b]"])

    let before = try bed.files()
    let plan = try history.planTruncation(at: "003")
    let proof = try bed.prove(plan, words)
    try history.truncate(plan, proof: [proof], folder: bed.rewrite(plan, words), by: "tester")
    #expect(try bed.files().keys.sorted() == ["003_nests.sql", "004_more.sql"])
    // From empty, the engine makes of the rewritten folder what was recorded.
    let fresh = try bed.capture(bed.folder)
    #expect(fresh.map(\.draft.id) == ["003", "004"])
    #expect(fresh.last?.capture.schema == (try history.schema(at: "004")))
    #expect(fresh.last?.capture.rows == (try history.rows(at: "004")))
    #expect(try blamed(history) == ["001 a", "002 b]"])

    try history.restore(history.planRestore(), directory: bed.folder, by: "tester")
    #expect(try bed.files() == before)
    #expect(try history.verify(full: true).findings.isEmpty)
    #expect(try History.open(at: bed.store).dialect.rawValue == "cards")
  }

  private func blamed(_ history: History) throws -> [String] {
    try history.blame(.table("it's"), at: "004").map { "\($0.created.id) \($0.name)" }
  }

  @Test("whose baseline goes into a database of a person's")
  func target() throws {
    let history = try bed.recorded()
    let product = try bed.product()
    let words = product.words
    let statements = try words.baseline(
      history.schema(at: "004"), rows: history.rows(at: "004"), BaselineOptions())
    let file = bed.root + "/made.cards"
    let name = try product.create(
      statements, into: "cards://" + file, stamp: [], judgedBy: nil)
    #expect(name == file)
    #expect(try CardIndex(file: file).schema == history.schema(at: "004"))
    #expect(try CardIndex(file: file).rows == history.rows(at: "004"))
    for (url, fault) in [("cards://" + file, FaultKind.refused), ("sqlite:///x", .input)] {
      let error = #expect(throws: ProductError.self) {
        _ = try product.create(statements, into: url, stamp: [], judgedBy: nil)
      }
      #expect(error?.fault == fault)
    }
  }

  @Test("fails by its own words, and nothing of the failed revision is recorded")
  func failure() throws {
    let history = try bed.recorded()
    try bed.write("DROP TABLE nests!\nDROP TABLE moths!", to: "005_gone.sql")
    let error = #expect(throws: ImportError.self) { try bed.importFolder(into: history) }
    #expect(error.map { "\($0)".contains("Cards refused: there is no moths") } == true)
    #expect(try history.heads() == ["004"])
  }

  @Test("is unknown to who does not register it, and says so with those that are known")
  func unregistered() throws {
    let history = try bed.recorded()
    let error = #expect(throws: UnknownDialect.self) {
      _ = try Dialects.standard.words(of: history.dialect)
    }
    #expect(error?.known == ["sqlite", "postgresql"])
    #expect(error.map { "\($0)".contains("(sqlite, postgresql), found one of cards") } == true)
    #expect(bed.dialects.names == ["sqlite", "postgresql", "cards"])
    #expect(bed.dialects.adding(CardWing()).names == bed.dialects.names)
  }
}
