import EngineSQLite
import Foundation
import SchemaHistory
import SchemaModel
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
    holder.arguments = ["flock", fixture.store + "/writer.lock", "sleep", "30"]
    try holder.run()
    defer { holder.terminate() }
    usleep(300_000)
    setenv("STRATA_LOCK_TIMEOUT", "0.2", 1)
    defer { unsetenv("STRATA_LOCK_TIMEOUT") }
    let error = try failure { try fixture.history.tag("held", "a001", by: "tester") }
    #expect(error.category == .refused)
    #expect(error.description.contains("has been writing to the store"))
    #expect(try fixture.history.heads() == heads)
    #expect(try fixture.history.tags().isEmpty)
  }

  @Test("where there is none is said with the way to make one")
  func none() throws {
    let error = try failure { _ = try History.open(at: "/nowhere/.strata") }
    #expect(error.category == .input)
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
    #expect(error.category == .damaged)
    #expect(FileManager.default.contents(atPath: other + "/log/data.mdb") == bytes)
  }

  @Test("of another dialect is read for what it is")
  func anotherDialect() throws {
    let fixture = try HistoryTests.users()
    let other = try History.create(
      at: fixture.folder + "/pg", dialect: .postgresql, by: "tester")
    #expect(other.dialect == .postgresql)
    #expect(try History.open(at: fixture.folder + "/pg").dialect == .postgresql)
  }
}
