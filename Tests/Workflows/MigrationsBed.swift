import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// A folder of migrations, `m`, and an empty history beside it.
class MigrationsBed {
  let folder: TestFolder
  let history: History

  init(_ dialect: Dialect) throws {
    folder = try TestFolder()
    history = try History.create(at: folder.path + "/store", dialect: dialect, by: "Ada")
  }

  convenience init() throws { try self.init(Dialects.usual) }

  var migrations: String { folder.path + "/m" }

  func add(_ files: [String: String]) throws {
    for (name, text) in files { try folder.write(text, to: "m/" + name) }
  }

  @discardableResult
  func importSQL(_ layout: SQLLayout = .plain) throws -> [RevisionID] {
    try SQLImport(folder: migrations, settings: SQLSettings(layout: layout))
      .run(in: history, by: "Ada").recorded
  }

  func cut(_ layout: SQLLayout = .plain, at revision: String) throws -> TruncationResult {
    try HistoryTruncation(
      at: revision, source: .sql(migrations, SQLSettings(layout: layout))
    ).run(in: history, by: "Ada")
  }

  /// Cuts, looks, and takes the cut back, which must bring folder, heads and a sound history again.
  func cutAndRestore(
    _ layout: SQLLayout = .plain, at revision: String
  ) throws -> TruncationResult {
    let before = try folder.tree("m")
    let heads = try Set(history.heads())
    let result = try cut(layout, at: revision)
    #expect(try history.verify(full: true).findings.isEmpty)
    #expect(try importSQL(layout) == [])
    _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    #expect(try folder.tree("m") == before)
    #expect(try Set(history.heads()) == heads)
    #expect(try history.verify(full: true).findings.isEmpty)
    return result
  }
}
