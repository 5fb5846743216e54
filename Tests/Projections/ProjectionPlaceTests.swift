import Foundation
import GRDB
import Projections
import SchemaModel
import Testing

/// Files that a crafted store may have in the projection's place.
@Suite("The projection's place")
struct ProjectionPlaceTests {
  private let folder: Folder
  private var outside: String { folder.path + "/outside" }

  init() throws {
    folder = try Folder()
    try Data("precious\n".utf8).write(to: URL(filePath: outside))
  }

  private func make() throws {
    _ = try Projection.open(path: folder.file, readOnly: false)
  }

  /// Opened for reading it is called damaged; for writing it is made anew; nothing outside changes.
  private func hold(_ content: Data? = Data("precious\n".utf8)) throws {
    let error = #expect(throws: ProjectionError.self) {
      _ = try Projection.open(path: folder.file, readOnly: true)
    }
    #expect(error?.description.contains("strata rebuild") == true)
    let projection = try Projection.open(path: folder.file, readOnly: false)
    #expect(try projection.check().problems == [])
    #expect(FileManager.default.contents(atPath: outside) == content)
    var status = stat()
    #expect(lstat(folder.file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
  }

  /// As SQLite writes it where a transaction is one of several databases.
  private func journal(naming file: String) -> Data {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
    let mark: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
    let name = Array(file.utf8)
    var bytes = mark + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].map(UInt8.init)
    bytes += number(512) + number(4096)
    bytes += [UInt8](repeating: 0, count: 512 - bytes.count)
    bytes += number(0x4000_0000 / 4096 + 1) + name + number(name.count)
    bytes += number(name.reduce(0) { $0 + Int($1) }) + mark
    return Data(bytes)
  }

  @Test("a journal that names another file does not make SQLite remove it")
  func superJournal() throws {
    // Not in WAL mode: there SQLite looks at no journal.
    let queue = try DatabaseQueue(path: folder.file)
    try queue.write { try $0.execute(sql: "CREATE TABLE t (a)") }
    try queue.close()
    try journal(naming: outside).write(to: URL(filePath: folder.file + "-journal"))
    try hold()
  }

  @Test("a link is not followed: to a file, to an empty one, to a database, to nothing")
  func links() throws {
    func link(_ target: String) throws {
      try? FileManager.default.removeItem(atPath: folder.file)
      try FileManager.default.createSymbolicLink(
        atPath: folder.file, withDestinationPath: target)
    }
    try link(outside)
    try hold()
    try Data().write(to: URL(filePath: outside))
    try link(outside)
    try hold(Data())
    let queue = try DatabaseQueue(path: folder.path + "/other.db")
    try queue.write { try $0.execute(sql: "CREATE TABLE t (a)") }
    try queue.close()
    let bytes = FileManager.default.contents(atPath: folder.path + "/other.db")
    try link(folder.path + "/other.db")
    try hold(Data())
    #expect(FileManager.default.contents(atPath: folder.path + "/other.db") == bytes)
    try link(folder.path + "/nothing")
    try hold(Data())
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/nothing"))
  }

  @Test("a FIFO or a folder in its place is no projection", arguments: ["", "-wal", "-journal"])
  func special(suffix: String) throws {
    if !suffix.isEmpty { try make() }
    #expect(mkfifo(folder.file + suffix, 0o600) == 0)
    try hold()
    try FileManager.default.removeItem(atPath: folder.file)
    try make()
    try? FileManager.default.removeItem(atPath: folder.file + suffix)
    try FileManager.default.createDirectory(
      atPath: folder.file + suffix + "/inner", withIntermediateDirectories: true)
    try hold()
  }

  @Test("a trigger in it never runs: the projection is made anew")
  func trigger() throws {
    try make()
    let queue = try DatabaseQueue(path: folder.file)
    try queue.write {
      try $0.execute(
        sql: "CREATE TRIGGER x AFTER INSERT ON events BEGIN SELECT fts3_tokenizer('a', x'00'); END")
    }
    try queue.close()
    try hold()
  }

  @Test(
    "a query that reaches beyond it is refused, and says what it reached for",
    arguments: [
      ("ATTACH 'x.db' AS x", "ATTACH of 'x.db'"),
      ("SELECT load_extension('x')", "load_extension()"),
      ("SELECT fts3_tokenizer('simple')", "fts3_tokenizer()"),
      ("PRAGMA temp_store_directory('/tmp')", "PRAGMA temp_store_directory"),
      ("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode"),
      ("PRAGMA wal_checkpoint", "PRAGMA wal_checkpoint"),
    ])
  func query(sql: String, found: String) throws {
    try make()
    for isReadOnly in [true, false] {
      let projection = try Projection.open(path: folder.file, readOnly: isReadOnly)
      let error = #expect(throws: ProjectionError.self) { _ = try projection.query(sql) }
      guard case .refused(let reason) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(reason.contains("found \(found)"))
      // It still answers.
      #expect(try projection.query("SELECT count(*) FROM events").rows == [[.integer(0)]])
    }
  }
}
