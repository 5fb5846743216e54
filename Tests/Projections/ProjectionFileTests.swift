import Foundation
import GRDB
import Projections
import SchemaModel
import Testing

@Suite struct ProjectionFileTests {
  let folder: Folder
  let history: History

  init() throws {
    folder = try Folder()
    history = try History.sample()
  }

  private func make() throws -> Projection {
    let projection = try Projection.open(path: folder.file, readOnly: false)
    try projection.apply(history.facts, position: history.position)
    return projection
  }

  @Test("A projection is there again when it is opened again")
  func reopens() throws {
    do { _ = try make() }
    let projection = try Projection.open(path: folder.file, readOnly: true)
    #expect(try projection.position?.sequence == history.position.0)
    #expect(try projection.lines("SELECT count(*) FROM revisions") == ["6"])
  }

  @Test("Reading where there is no file says so and makes none")
  func readsMissing() throws {
    #expect(throws: ProjectionError.missing(path: folder.file)) {
      _ = try Projection.open(path: folder.file, readOnly: true)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file))
  }

  @Test(
    "A damaged, foreign or older file is refused for reading and replaced for writing",
    arguments: ["garbage", "cut", "foreign", "older", "lost relation"])
  func replaces(damage: String) throws {
    do { _ = try make() }
    switch damage {
    case "garbage":
      try Data((0..<9_000).map { UInt8(truncatingIfNeeded: $0) }).write(
        to: URL(fileURLWithPath: folder.file))
    case "cut":
      let whole = try #require(FileManager.default.contents(atPath: folder.file))
      try whole.prefix(60).write(to: URL(fileURLWithPath: folder.file))
    default:
      let sql =
        switch damage {
        case "foreign": "PRAGMA application_id = 1"
        case "older": "PRAGMA user_version = 99"
        default: "DROP TABLE tags"
        }
      try DatabaseQueue(path: folder.file).write { try $0.execute(sql: sql) }
    }
    #expect(throws: ProjectionError.self) {
      _ = try Projection.open(path: folder.file, readOnly: true)
    }
    let projection = try Projection.open(path: folder.file, readOnly: false)
    #expect(try projection.position == nil)
    try projection.apply(history.facts, position: history.position)
    #expect(try projection.check().problems == [])
  }

  @Test("Flipped bytes anywhere give an error or an answer, never a crash")
  func survivesFlippedBytes() throws {
    do { _ = try make() }
    let whole = try #require(FileManager.default.contents(atPath: folder.file))
    for offset in stride(from: 0, to: whole.count, by: whole.count / 150) {
      var damaged = whole
      damaged[offset] ^= 0xFF
      damaged[min(offset + 1, whole.count - 1)] ^= 0x5A
      try damaged.write(to: URL(fileURLWithPath: folder.file))
      _ = try? Projection.open(path: folder.file, readOnly: true).check()
      _ = try? Projection.open(path: folder.file, readOnly: true).query("SELECT * FROM columns")
      if let projection = try? Projection.open(path: folder.file, readOnly: false) {
        try? projection.apply(history.facts, position: (EventSequence(1_000), hash(1)))
      }
      for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: folder.file + suffix)
      }
    }
  }

  @Test("Another client reads one state while facts are applied")
  func readsWhileWriting() throws {
    let projection = try Projection.open(path: folder.file, readOnly: false)
    var configuration = Configuration()
    configuration.readonly = true
    let client = try DatabaseQueue(path: folder.file, configuration: configuration)
    try client.read { db in
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM revisions") == 0)
      try projection.apply(history.facts, position: history.position)
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM revisions") == 0)
    }
    #expect(try client.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM revisions") } == 6)
  }

  @Test("Two writers that follow the same log do not double its facts")
  func followsFromTwo() throws {
    let first = try Projection.open(path: folder.file, readOnly: false)
    let second = try Projection.open(path: folder.file, readOnly: false)
    let half = Array(history.facts.prefix(3))
    try first.apply(half, position: (EventSequence(5), hash(5)))
    try second.apply(history.facts, position: history.position)
    try first.apply(history.facts, position: history.position)
    #expect(try first.check().problems == [])
    #expect(try first.check().eventCount == 13)
    try second.reset()
    try first.apply(history.facts, position: history.position)
    #expect(try second.check().revisionCount == 6)
  }

  @Test("Queries that write, or are none, are refused and change nothing")
  func refusesWriting() throws {
    let projection = try make()
    let copy = folder.path + "/copy"
    for sql in [
      "DELETE FROM revisions", "DROP TABLE tags", "VACUUM INTO '\(copy)'", "BEGIN", "COMMIT",
      "ATTACH '\(copy)' AS other", "PRAGMA user_version = 7", "", "   ", "SELECT 1; SELECT 2",
      "SELEC 1", "SELECT * FROM nothing", "INSERT INTO tags VALUES (1, 2, 3, 4) RETURNING name",
      "SELECT json_extract('{', '$')", "-- only a comment",
    ] {
      #expect(throws: ProjectionError.self, "\(sql)") { _ = try projection.query(sql) }
    }
    #expect(!FileManager.default.fileExists(atPath: copy))
    #expect(try projection.check().revisionCount == 6)
  }

  @Test("A mistake in a query is told in SQLite's words")
  func tellsMistakes() throws {
    let projection = try make()
    let error = #expect(throws: ProjectionError.self) {
      _ = try projection.query("SELECT nonsense FROM revisions")
    }
    #expect(error?.description == "SQLite does not take the query: no such column: nonsense")
  }

  @Test("Values come back with their types")
  func givesValues() throws {
    let result = try make().query("SELECT 1 AS a, 'x' AS b, 2.5 AS c, NULL AS d, x'00ff' AS e")
    #expect(result.columns == ["a", "b", "c", "d", "e"])
    #expect(result.rows == [[.integer(1), .text("x"), .real(2.5), .null, .blob([0, 255])]])
  }

  @Test("The documented queries give what they promise")
  func runsDocumentedQueries() throws {
    let projection = try make()
    let queries = try documentedQueries()
    #expect(queries.count == 5)
    #expect(
      try queries.map { try projection.lines($0) } == [
        [
          "1 | id | INTEGER | 1 | -", "2 | name | VARCHAR(50) | 1 | -",
          "3 | email | VARCHAR(255) | 1 | -",
        ],
        [
          "remarks | Grace | 2024-01-20T09:00:00Z | rename | do rename\nmore",
          "users | Ada | 2024-01-18T09:00:00Z | widen_name | do widen_name\nmore",
        ],
        ["users | name | 1 | 2"],
        ["2024-01 | Ada | 4 | 4", "2024-01 | Grace | 2 | 2"],
        [" | remarks"],
      ])
  }

  private func documentedQueries() throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("store/RELATIONS.md"), encoding: .utf8)
    return text.components(separatedBy: "```sql\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }
}
