import DialectRegistry
import EnginePostgreSQL
import Foundation
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// Where new revisions run: in the database that is there, or in one that the baseline makes, and
/// never in one for which recorded migrations run again.
@Suite("The database that an import goes on in")
struct ImportBaseTests {
  enum Place: CaseIterable, Sendable {
    case sqlite, temporary, server

    var dialect: Dialect { self == .sqlite ? Dialects.usual : Dialect("postgresql") }
  }

  enum Event: CaseIterable, Sendable {
    case record, cut, noScratch, otherMachine, branch
  }

  nonisolated(unsafe) private static let cluster = Result { try PostgreSQLCluster() }

  private static func context(_ place: Place, _ listener: Listening?) throws -> WorkflowContext {
    var scratch = ScratchOptions()
    if place == .server {
      scratch = ScratchOptions(url: try cluster.get().location.url, trustsMigrations: true)
    }
    return WorkflowContext(scratch: scratch, listener: listener)
  }

  private static let steps = [
    "CREATE TABLE users (id int PRIMARY KEY, role text);\nCREATE TABLE \"group\" (user_id int);",
    "INSERT INTO users VALUES (1, 'a'), (2, 'b');\nALTER TABLE users ADD COLUMN seen text;",
    "CREATE INDEX users_role ON users (role);\nCREATE VIEW names AS SELECT role FROM users;",
    "ALTER TABLE \"group\" RENAME COLUMN user_id TO member;\nUPDATE users SET role = 'c';",
    "DROP VIEW names;\nDELETE FROM users WHERE id = 2;\nALTER TABLE users ADD COLUMN last text;",
  ]

  private func write(_ numbers: ClosedRange<Int>, _ folder: TestFolder) throws {
    for number in numbers { try folder.write(Self.steps[number - 1], to: "m/\(number)_step.sql") }
  }

  @Test(
    "is there at once, whatever came between", arguments: Place.allCases,
    Event.allCases)
  func nothingRunsAgain(place: Place, event: Event) throws {
    let folder = try TestFolder()
    var store = folder.path + "/store"
    var history = try History.create(at: store, dialect: place.dialect, by: "Ada")
    let migrations = SQLImport(folder: folder.path + "/m", mayBranch: true)
    let quiet = try Self.context(place, nil)
    try write(1...4, folder)
    _ = try migrations.run(in: history, by: "Ada", quiet)
    switch event {
    case .record:
      _ = try ScriptRecording(script: Array("CREATE TABLE by_hand (a int)".utf8))
        .run(in: history, by: "Ada", quiet)
    case .branch:
      _ = try ScriptRecording(
        script: Array("CREATE TABLE by_hand (a int)".utf8), parent: "2", isBranch: true
      ).run(in: history, by: "Ada", quiet)
    case .cut:
      _ = try HistoryTruncation(at: "3", source: .sql(folder.path + "/m", SQLSettings()))
        .run(in: history, by: "Ada", quiet)
    case .noScratch:
      try? FileManager.default.removeItem(atPath: store + "/scratch")
    case .otherMachine:
      try FileManager.default.createDirectory(
        atPath: folder.path + "/other/log", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: store + "/log/data.mdb", toPath: folder.path + "/other/log/data.mdb")
      store = folder.path + "/other"
      history = try History.open(at: store)
    }
    try write(5...5, folder)
    let listener = Listening()
    let result = try migrations.run(in: history, by: "Ada", try Self.context(place, listener))
    #expect(result.recorded == ["5"])
    #expect(listener.heard.filter { $0.hasPrefix("import ") } == ["import 1/1 5"])
    let whole = try TestFolder()
    try write(1...5, whole)
    let other = try History.create(at: whole.path + "/store", dialect: place.dialect, by: "Ada")
    _ = try SQLImport(folder: whole.path + "/m").run(in: other, by: "Ada", quiet)
    #expect(try history.schema(at: "5") == other.schema(at: "5"))
    #expect(try history.rows(at: "5") == other.rows(at: "5"))
  }

  @Test(
    "is made by the migrations where they make roles that a server of the user's keeps no longer")
  func roles() throws {
    let folder = try TestFolder()
    let history = try History.create(
      at: folder.path + "/store", dialect: Place.server.dialect, by: "Ada")
    try folder.write("CREATE ROLE import_base_reader;", to: "m/1_role.sql")
    try folder.write("CREATE TABLE t (a int);", to: "m/2_table.sql")
    let migrations = SQLImport(folder: folder.path + "/m")
    _ = try migrations.run(in: history, by: "Ada", try Self.context(.server, nil))
    try folder.write("GRANT SELECT ON t TO import_base_reader;", to: "m/3_grant.sql")
    let listener = Listening()
    _ = try migrations.run(in: history, by: "Ada", try Self.context(.server, listener))
    #expect(listener.heard.filter { $0.hasPrefix("import ") }.last == "import 3/3 3")
  }

  @Test("has what a migration set for those after it, as in one run of the tool")
  func session() throws {
    let folder = try TestFolder()
    let steps = [
      "CREATE SCHEMA app;\nCREATE TABLE app.t (a int);", "SET search_path TO app, public;",
      "CREATE TABLE u (a int);\nINSERT INTO t VALUES (1);", "CREATE VIEW v AS SELECT a FROM u;",
    ]
    let quiet = try Self.context(.temporary, nil)
    let whole = try History.create(
      at: folder.path + "/whole", dialect: Place.temporary.dialect, by: "Ada")
    let history = try History.create(
      at: folder.path + "/store", dialect: Place.temporary.dialect, by: "Ada")
    let listener = Listening()
    for number in 1...4 {
      try folder.write(
        "-- migrate:up\n\(steps[number - 1])\n-- migrate:down\n", to: "m/\(number)_step.sql")
      _ = try SQLImport(folder: folder.path + "/m")
        .run(in: history, by: "Ada", try Self.context(.temporary, listener))
    }
    _ = try SQLImport(folder: folder.path + "/m").run(in: whole, by: "Ada", quiet)
    for id in ["3", "4"] as [RevisionID] {
      #expect(try history.schema(at: id) == whole.schema(at: id))
      #expect(try history.rows(at: id) == whole.rows(at: id))
    }
    #expect(listener.heard.contains { $0.contains("leaves search_path set") })
  }

  @Test(
    "has the pragmas that migrations set for those after it, and has them not behind a baseline",
    arguments: [true, false])
  func pragmas(keepsScratch: Bool) throws {
    let folder = try TestFolder()
    let steps = [
      """
      CREATE TABLE p (a INTEGER PRIMARY KEY);
      CREATE TABLE c (a INTEGER REFERENCES p ON DELETE CASCADE);
      INSERT INTO p VALUES (1), (2), (3);
      INSERT INTO c VALUES (1), (2), (3);
      """,
      "PRAGMA foreign_keys=ON;\nPRAGMA case_sensitive_like=ON;", "DELETE FROM p WHERE a = 1;",
      "PRAGMA foreign_keys=OFF;\nCREATE TABLE t AS SELECT 'a' LIKE 'A' AS x;",
      "DELETE FROM p WHERE a = 2;",
    ]
    let whole = try History.create(
      at: folder.path + "/whole", dialect: Dialects.usual, by: "Ada")
    let history = try History.create(
      at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
    let migrations = SQLImport(folder: folder.path + "/m")
    let listener = Listening()
    func write(_ number: Int, _ text: String) throws {
      try folder.write(
        "-- migrate:up transaction:false\n\(text)\n-- migrate:down\n", to: "m/\(number)_step.sql")
    }
    for number in 1...5 {
      try write(number, steps[number - 1])
      let result = try migrations.run(
        in: history, by: "Ada", try Self.context(.sqlite, listener))
      #expect(result.revisionWarnings.count == (number == 2 || number == 4 ? 1 : 0))
      if !keepsScratch { try folder.remove("store/scratch") }
    }
    _ = try migrations.run(in: whole, by: "Ada")
    for id in ["3", "4", "5"] as [RevisionID] {
      #expect(try history.schema(at: id) == whole.schema(at: id))
      #expect(try history.rows(at: id) == whole.rows(at: id))
    }
    #expect(listener.heard.contains { $0.contains("leaves case_sensitive_like=1, foreign_keys=1") })
    // Nothing ran again.
    #expect(listener.heard.filter { $0.hasPrefix("run again") } == [])
    _ = try HistoryTruncation(at: "5", source: .sql(folder.path + "/m")).run(in: history, by: "Ada")
    try write(6, "CREATE TABLE z AS SELECT 'a' LIKE 'A' AS x;")
    let result = try migrations.run(in: history, by: "Ada")
    #expect(result.recorded == ["6"])
    _ = try HistoryTruncation(at: "6", source: .sql(folder.path + "/m")).run(in: history, by: "Ada")
  }
}
