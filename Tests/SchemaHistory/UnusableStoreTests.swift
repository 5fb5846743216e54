import EngineSQLite
import Foundation
import LMDB
import SchemaHistory
import SchemaModel
import StoreFormat
import Testing

@Suite("A store that cannot be used")
struct UnusableStoreTests {
  private func failure(_ body: () throws -> Void) throws -> HistoryError {
    do {
      try body()
    } catch let error as HistoryError {
      return error
    }
    throw CancellationError()
  }

  @Test("held by another process is named with that process, and left alone")
  func heldByAnotherProcess() throws {
    let fixture = try HistoryTests.users()
    let heads = try fixture.history.heads()
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let said = Pipe()
    holder.arguments = [
      "flock", fixture.store + "/writer.lock", "sh", "-c", "echo held; exec sleep 30",
    ]
    holder.standardOutput = said
    try holder.run()
    defer { holder.terminate() }
    #expect(String(decoding: said.fileHandleForReading.availableData, as: UTF8.self) == "held\n")
    // The usual patience, ten seconds: an environment of its own would be every test's.
    let error = try failure { try fixture.history.tag("held", "a001", by: "tester") }
    #expect(error.fault == .refused)
    #expect(error.description.contains("has been writing to the store"))
    #expect(try fixture.history.heads() == heads)
    #expect(try fixture.history.tags().isEmpty)
  }

  @Test("where there is none is said with the way to make one")
  func none() throws {
    let error = try failure { _ = try History.open(at: "/nowhere/.strata") }
    #expect(error.fault == .input)
    #expect(error.description.contains("strata init"))
  }

  @Test("that is no log at all is said to be none, and stays as it is")
  func foreignLog() throws {
    let fixture = try HistoryTests.users()
    let other = fixture.folder + "/other"
    try FileManager.default.createDirectory(
      atPath: other + "/log", withIntermediateDirectories: true)
    let bytes = Data(repeating: 7, count: 20_000)
    try bytes.write(to: URL(fileURLWithPath: other + "/log/data.mdb"))
    let error = try failure { _ = try History.open(at: other) }
    #expect(error.fault == .damaged)
    #expect(FileManager.default.contents(atPath: other + "/log/data.mdb") == bytes)
  }

  @Test(
    "is not made: a dialect whose name a store cannot hold is refused, and no folder appears",
    arguments: [
      Dialect(""), Dialect("dBase"), Dialect("3base"), Dialect("my sql"), Dialect("_x"),
      Dialect("caf\u{e9}"),
      Dialect("a_name_that_has_more_letters_than_the_sixty_three_that_a_name_has"),
    ])
  func unusableDialect(dialect: Dialect) throws {
    let fixture = try HistoryTests.users()
    let place = fixture.folder + "/new"
    let error = try failure { _ = try History.create(at: place, dialect: dialect, by: "tester") }
    #expect(error.fault == .input)
    #expect(error.description.hasPrefix("'\(dialect.rawValue)' cannot be the name of a dialect: "))
    #expect(!FileManager.default.fileExists(atPath: place))
  }

  @Test("of another dialect is read for what it is")
  func anotherDialect() throws {
    let fixture = try HistoryTests.users()
    let other = try History.create(
      at: fixture.folder + "/pg", dialect: Dialect("postgresql"), by: "tester")
    try other.record(
      [Recording(draft: RevisionDraft(id: "b001"), change: .operations([]))], by: "tester")
    #expect(other.dialect == Dialect("postgresql"))
    #expect(try History.open(at: fixture.folder + "/pg").dialect == Dialect("postgresql"))
    let (status, said) = try run([
      "--store", fixture.store, "diff", "head", fixture.folder + "/pg:head",
    ])
    #expect(status == 2)
    #expect(said.contains("expected a history of sqlite, found one of postgresql"))
  }

  @Test(
    "of a dialect that nobody here knows answers what needs none, and names those that are known")
  func unknownDialect() throws {
    let fixture = try HistoryTests.users()
    let place = fixture.folder + "/dbase"
    let other = try History.create(at: place, dialect: Dialect("dbase_3"), by: "tester")
    let table = SchemaObject(.table(Table(columns: [Column(name: "id", type: "N(8)")])))
    try other.record(
      [
        Recording(
          draft: RevisionDraft(id: "d001"),
          change: .operations([.createObject(CreateObject(path: .table("users"), object: table))]))
      ], by: "tester")
    #expect(try History.open(at: place).dialect.rawValue == "dbase_3")
    for words in [
      ["log"], ["blame", "users"], ["diff", "d001", "d001"], ["show", "d001"],
      ["verify", "--full"],
      ["query", "SELECT * FROM revisions"], ["schema", "--format", "dbml"], ["stats"],
    ] {
      let (status, said) = try run(["--store", place] + words)
      #expect(status == 0, "\(words): \(said)")
    }
    let file = fixture.folder + "/002.sql"
    try Data("CREATE TABLE t (id);".utf8).write(to: URL(fileURLWithPath: file))
    let log = FileManager.default.contents(atPath: place + "/log/data.mdb")
    for words in [
      ["schema"], ["schema", "users"], ["baseline"], ["baseline", "--into", "sqlite:///x.db"],
      ["record", file], ["truncate", "d001"],
    ] {
      let (status, said) = try run(["--store", place] + words)
      #expect(status == 2, "\(words): \(said)")
      #expect(said.contains("(sqlite, postgresql), found one of dbase_3"), "\(words): \(said)")
    }
    #expect(FileManager.default.contents(atPath: place + "/log/data.mdb") == log)
  }

  private func run(_ words: [String]) throws -> (status: Int32, said: String) {
    let process = Process()
    let said = Pipe()
    process.executableURL = URL(fileURLWithPath: Self.binary)
    process.arguments = words
    process.standardError = said
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test("of a newer format is refused before anything is read by the old rules, and left alone")
  func newerFormat() throws {
    let fixture = try HistoryTests.users()
    let place = fixture.folder + "/newer"
    try FileManager.default.copyItem(atPath: fixture.store, toPath: place)
    var state = FieldWriter()
    state.number(1, StoreState.formatVersion + 1)
    state.text(2, "sqlite")
    do {
      let environment = try Environment.open(path: place + "/log")
      let meta = try environment.database(Keys.meta, create: false)
      _ = try environment.write { try $0.put(meta, key: Keys.state, value: state.bytes) }
    }
    let error = try failure { _ = try History.open(at: place) }
    #expect(error.fault == .refused)
    #expect(error.description.contains("use a newer Strata"))
  }

  @Test("on a read-only file system is read, and every writer is told", .enabled(if: canMount))
  func readOnlyFileSystem() throws {
    let fixture = try HistoryTests.users()
    let script = """
      mount --bind '\(fixture.store)' '\(fixture.store)' || exit 7
      mount -o remount,ro,bind '\(fixture.store)' || exit 7
      '\(Self.binary)' --store '\(fixture.store)' schema people >/dev/null || exit 1
      '\(Self.binary)' --store '\(fixture.store)' verify --full >/dev/null || exit 2
      '\(Self.binary)' --store '\(fixture.store)' tag v1 a001 2>/dev/null; [ $? = 4 ] || exit 3
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["unshare", "-m", "sh", "-c", script]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try fixture.history.tags().isEmpty)
  }

  /// Whether this process may mount: root mostly may, but for some containers.
  private static var canMount: Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt 2>/dev/null"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// The command line as it was built beside the tests; STRATA_BINARY names another.
  private static var binary: String {
    if let named = ProcessInfo.processInfo.environment["STRATA_BINARY"] { return named }
    let beside = Bundle.main.bundlePath + "/strata"
    return FileManager.default.isExecutableFile(atPath: beside)
      ? beside : FileManager.default.currentDirectoryPath + "/.build/debug/strata"
  }
}
