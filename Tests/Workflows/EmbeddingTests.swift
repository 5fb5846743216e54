import DialectRegistry
import FoundationEssentials
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("A program that embeds Strata")
struct EmbeddingTests {
  private let folder: TestFolder
  private let history: History

  init() throws {
    folder = try TestFolder()
    try folder.writeMigrations()
    history = try History.create(at: folder.path + "/store", dialect: Dialects.usual, by: "Ada")
  }

  private var migrations: String { folder.path + "/m" }

  @Test(
    "A limit that is no time to wait is bad input, before anything runs",
    arguments: [Double.nan, .infinity, -.infinity, 1e300, 0, -1])
  func limits(seconds: Double) throws {
    let context = WorkflowContext(scratch: ScratchOptions(timeout: seconds))
    let error = #expect(throws: ProductError.self) {
      try SQLImport(folder: migrations).run(in: history, by: "Ada", context)
    }
    #expect(error?.fault == .input)
    #expect(throws: ProductError.self) {
      try AlembicImport(folder: migrations).run(in: history, by: "Ada", context)
    }
    #expect(try history.heads() == [])
  }

  @Test("A name that the system would read otherwise is bad input", arguments: ["", "m\0x", "\0"])
  func names(name: String) throws {
    let faults: [() throws -> Void] = [
      { _ = try History.create(at: name, dialect: Dialects.usual, by: "Ada") },
      { _ = try History.open(at: name) },
      { _ = try SQLImport(folder: name).run(in: history, by: "Ada") },
      { _ = try AlembicImport(folder: name).run(in: history, by: "Ada") },
      { _ = try SegmentExport(to: name) { _ in "" }.run(in: history) },
      { _ = try HistoryRestoration(folder: name).run(in: history, by: "Ada") },
      { _ = try HistoryRestoration.finish(name, in: history) },
      {
        try folder.write("revision = 'a'\ndown_revision = None\n", to: "versions/a.py")
        let settings = AlembicSettings(python: name)
        _ = try AlembicImport(folder: folder.path + "/versions", settings: settings)
          .run(in: history, by: "Ada")
      },
      {
        try history.record(
          [Recording(draft: RevisionDraft(id: "a"), change: .operations([]))], by: "Ada")
        _ = try BaselineCreation(form: .database(name)).run(in: history)
      },
    ]
    for (number, fault) in faults.enumerated() {
      let error = #expect(throws: (any Error).self, "\(number)") { try fault() }
      #expect(error.map { FaultKind(of: $0) } == .input, "\(number): \(String(describing: error))")
    }
  }

  @Test("A history that was opened for reading does not write, also beside one that does")
  func readOnly() throws {
    let reader = try History.open(at: history.directory, readOnly: true)
    let error = #expect(throws: HistoryError.self) {
      try SQLImport(folder: migrations).run(in: reader, by: "Ada")
    }
    #expect(error?.fault == .refused)
    #expect(try history.heads() == [])
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    #expect(try reader.heads() == ["003"])
    let log = try history.audit(AuditFilter()).count
    let before = try folder.names("store")
    for write: () throws -> Void in [
      {
        _ = try HistoryTruncation(at: "002", source: .sql(migrations)).run(in: reader, by: "Ada")
      },
      { try reader.tag("v1", "003", by: "Ada") },
      { _ = try reader.compact() },
    ] {
      let error = #expect(throws: HistoryError.self) { try write() }
      #expect(error?.fault == .refused)
    }
    #expect(try history.audit(AuditFilter()).count == log)
    #expect(try folder.names("store") == before)
    #expect(try folder.names("m").count == 3)
  }

  @Test("A cut leaves no file open behind it")
  func openFiles() throws {
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    for _ in 0..<3 {
      _ = try HistoryTruncation(at: "002", source: .sql(migrations)).run(in: history, by: "Ada")
      _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
    }
    // Of this test's own, since others run beside it.
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
      .compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
      }
      .filter { $0.hasPrefix(folder.path) && $0.hasSuffix(" (deleted)") }
    #expect(open == [])
  }

  @Test("An import ends at the next revision when its task is cancelled, and goes on another time")
  func cancelling() async throws {
    let (store, migrations) = (history.directory, migrations)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try SQLImport(folder: migrations).run(in: History.open(at: store), by: "Ada")
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try history.heads() == [])
    #expect(
      try SQLImport(folder: migrations).run(in: history, by: "Ada").recorded == [
        "001", "002", "003",
      ])
  }
}
