import DialectRegistry
import Glibc
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Workflows on a folder of SQL")
struct SQLFolderTests {
  private let folder: TestFolder
  private let history: History
  private let listener = Listening()

  init() throws {
    folder = try TestFolder()
    try folder.writeMigrations()
    history = try History.create(at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
  }

  private var migrations: String { folder.path + "/m" }
  private var context: WorkflowContext { WorkflowContext(listener: listener) }

  private func imported() throws -> ImportResult {
    try SQLImport(folder: migrations).run(in: history, by: "Ada", context)
  }

  @Test("An import says what it recorded, and the listener hears each revision")
  func importing() throws {
    let result = try imported()
    #expect(result.recorded == ["001", "002", "003"])
    #expect(result.heads == ["003"])
    #expect(result.objectCounts == [.table: 2])
    #expect(result.coverage?.modelled == 2)
    #expect(result.warnings == [])
    #expect(
      listener.heard == ["import 1/3 001", "import 2/3 002", "import 3/3 003", "end"])
    #expect(try imported().recorded == [])
  }

  @Test("A warning is heard as it comes, and stands in the result")
  func warnings() throws {
    _ = try imported()
    try folder.write("CREATE TABLE users (id);\n", to: "m/002_users.sql")
    let result = try imported()
    #expect(result.changedFiles == ["002_users.sql"])
    #expect(result.warnings.count == 1)
    #expect(listener.heard.last == "warning: \(result.warnings.first ?? "")")
  }

  @Test(
    "An import says why git could tell no authors, and records without them",
    .enabled(if: geteuid() == 0, "only root can give a repository to somebody else"))
  func authorsThatGitRefuses() throws {
    // A repository that is another user's: git refuses to read it.
    try folder.write("ref: refs/heads/main\n", to: "m/.git/HEAD")
    for name in ["objects", "refs"] { try folder.write("", to: "m/.git/\(name)/.keep") }
    for path in ["m", "m/.git"] {
      #expect(chown(folder.path + "/" + path, 65534, 65534) == 0)
    }
    let result = try imported()
    #expect(result.recorded == ["001", "002", "003"])
    #expect(result.warnings.count == 1)
    #expect(result.warnings.first?.hasPrefix("no authors from git: ") == true)
    #expect(listener.heard.contains { $0.hasPrefix("warning: no authors from git: ") })
  }

  @Test("A planned cut changes nothing, a cut is proved, a restoration brings all of it back")
  func cutting() throws {
    _ = try imported()
    let files = try folder.names("m")
    let text = try folder.text("m/002_users.sql")
    var cut = HistoryTruncation(at: "002", source: .sql(migrations), isDryRun: true)
    let plan = try cut.run(in: history, by: "Ada", context)
    #expect(!plan.isDone)
    #expect(plan.plan.archived == ["001", "002"])
    #expect(plan.folder?.leaving == ["001_roles.sql"])
    #expect(plan.proof == [])
    #expect(try folder.names("m") == files)
    #expect(try history.segments().isEmpty)

    cut.isDryRun = false
    cut.reason = "a test"
    let result = try cut.run(in: history, by: "Ada", context)
    #expect(result.isDone)
    #expect(result.rows.rowCount == 1)
    #expect(result.proof.count == 2)
    #expect(result.proof.first?.hasPrefix("baseline of 002 in an empty database") == true)
    #expect(try folder.names("m") == ["002_users.sql", "003_email.sql"])
    #expect(try history.segments().map(\.reason) == ["a test"])

    // The store alone leads nowhere: nobody remembers here what was named.
    #expect(throws: HistoryError.self) {
      try HistoryRestoration().run(in: history, by: "Ada", context)
    }
    let back = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada", context)
    #expect(back.isDone)
    #expect(back.plan.revisions == ["001", "002"])
    #expect(try folder.names("m") == files)
    #expect(try folder.text("m/002_users.sql") == text)
  }

  @Test("What the user named for a store is remembered only where a place for it is given")
  func memory() throws {
    let place = UserMemory.Place(folder: folder.path + "/memory")
    let remembering = WorkflowContext(memory: place)
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada", remembering)
    #expect(place.memory(of: history.directory).knows(folder: migrations))
    #expect(!UserMemory.Place.none.memory(of: history.directory).knows(folder: migrations))
    _ = try HistoryTruncation(at: "002", source: .sql(migrations))
      .run(in: history, by: "Ada", remembering)
    let back = try HistoryRestoration().run(in: history, by: "Ada", remembering)
    #expect(back.folder == migrations)
    #expect(try folder.names("m").count == 3)
  }

  @Test("A folder of another history is refused, and nothing is recorded")
  func foreign() throws {
    _ = try imported()
    try folder.write("CREATE TABLE other (a);\n", to: "n/900_other.sql")
    let error = failure {
      _ = try SQLImport(folder: folder.path + "/n").run(in: history, by: "Ada", context)
    }
    #expect(error?.fault == .refused)
    #expect(try history.heads() == ["003"])
  }

  @Test("A script is recorded on the head, and one that is no SQL is bad input")
  func recording() throws {
    _ = try imported()
    let script = Array("ALTER TABLE users ADD COLUMN seen TEXT".utf8)
    let result = try ScriptRecording(script: script, message: "seen", id: "004")
      .run(in: history, by: "Ada", context)
    #expect(result.recorded.id == "004")
    #expect(result.operations.map(\.summary).contains("add column users.seen TEXT"))
    #expect(result.heads == ["004"])
    let bad = failure {
      _ = try ScriptRecording(script: Array("SELEC 1".utf8)).run(in: history, by: "Ada", context)
    }
    #expect(bad?.fault == .input)
    let refused = failure {
      _ = try ScriptRecording(script: Array("DROP TABLE absent".utf8))
        .run(in: history, by: "Ada", context)
    }
    #expect(refused?.fault == .engine)
    let bytes = failure {
      _ = try ScriptRecording(script: [0xff, 0xfe]).run(in: history, by: "Ada", context)
    }
    #expect(bytes?.fault == .input)
    #expect(try history.heads() == ["004"])
  }

  @Test("Two revisions are compared by any of their names")
  func comparing() throws {
    _ = try imported()
    let result = try HistoryComparison(from: "001", to: "head", comparesRows: true)
      .run(in: history)
    #expect(result.from.point.revision == "001")
    #expect(result.to.point.revision == "003")
    #expect(result.rows == [])
    #expect(result.isDifferent)
    let of = try HistoryComparison(from: "002", object: "users.email").run(in: history)
    #expect(of.operations.map(\.summary) == ["rename column users.mail to email"])
  }

  @Test("An archived segment is exported into an empty folder only")
  func exporting() throws {
    _ = try imported()
    _ = try HistoryTruncation(at: "002").run(in: history, by: "Ada", context)
    let export = SegmentExport(to: folder.path + "/out") { "\($0.sequence)" }
    let result = try export.run(in: history)
    #expect(result.fileCount == 2)
    #expect(try folder.names("out/sources") == ["001_roles.sql", "002_users.sql"])
    #expect(
      try folder.text("out/events.jsonl").split(separator: "\n").count == result.eventCount)
    #expect(failure { _ = try export.run(in: history) }?.fault == .refused)
  }
}
