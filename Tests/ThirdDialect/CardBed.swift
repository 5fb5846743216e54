import DialectRegistry
import Foundation
import SchemaHistory
import SchemaModel
import Workflows

/// A folder of card migrations, and a store for their history.
final class CardBed {
  let root = NSTemporaryDirectory() + "strata-third-\(UUID().uuidString)"
  /// What a program says that knows the card index as well.
  let context = WorkflowContext(dialects: Dialects.standard.adding(CardWing()))
  var folder: String { root + "/migrations" }
  var store: String { root + "/.strata" }

  init() {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  func files() throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      files[name] = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }
    return files
  }

  /// A history of four migrations.
  func recorded() throws -> History {
    try write(
      "-- The first cards.\nCREATE TABLE birds (name, colour)!\nCREATE TABLE [it's] (a)!",
      to: "001_birds.sql")
    try write(
      "ALTER TABLE [it's] ADD COLUMN [b]]]!\nINSERT INTO birds VALUES ('wren', 'brown')!",
      to: "002_columns.sql")
    try write(
      "DROP TABLE birds!\nCREATE TABLE nests (bird)!\nINSERT INTO [it's] VALUES ('wren!', '')!",
      to: "003_nests.sql")
    try write("INSERT INTO nests VALUES ('it''s a wren''s')!", to: "004_more.sql")
    let history = try History.create(at: store, dialect: CardWords().dialect, by: "tester")
    let result = try importFolder(into: history)
    guard result.recorded == ["001", "002", "003", "004"] else {
      throw CardError.refused("the import recorded \(result.recorded)")
    }
    return history
  }

  @discardableResult
  func importFolder(into history: History) throws -> ImportResult {
    try SQLImport(folder: folder).run(in: history, by: "tester", context)
  }
}
