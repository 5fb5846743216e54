import Foundation
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

@testable import FileSystem
@testable import LMDB

/// What docs/LIMITS.md says, at its edges: the last that fits, and the first that does not.
@Suite struct LimitTests {
  private static let bed = Result { try StoreBed() }

  private func bed() throws -> StoreBed { try StoreBed(copying: Self.bed.get()) }

  @Test("An id and a tag have up to 511 bytes; one more is refused and nothing is recorded")
  func names() throws {
    let bed = try bed()
    try bed.write("CREATE TABLE long (a INTEGER);\n", bed.project + "/long.sql")
    let longest = String(repeating: "é", count: 255) + "x"
    #expect(longest.utf8.count == Keys.byteCountMax)
    for words in [
      ["record", "long.sql", "-m", "m", "--id", longest + "y"], ["tag", longest + "y", "005"],
    ] {
      let before = try bed.run(["log", "--json"]).output
      let ending = try bed.run(words)
      #expect(ending.code == 2, "\(ending)")
      #expect(ending.errors.contains("1 to 511 bytes"), "\(ending.errors)")
      #expect(try bed.run(["log", "--json"]).output == before)
    }
    #expect(try bed.run(["record", "long.sql", "-m", "m", "--id", longest]).code == 0)
    #expect(try bed.run(["tag", longest + "", "005"]).code == 2, "a tag that means a revision")
    let tag = String(longest.dropLast()) + "t"
    #expect(try bed.run(["tag", tag, longest]).code == 0)
    #expect(try bed.run(["schema", "long", "--at", tag]).output.contains("CREATE TABLE long"))
    #expect(try bed.run(["truncate", longest, "--reason", "r"]).code == 0)
    #expect(try bed.run(["restore"]).code == 0)
    #expect(try bed.run(["verify", "--full"]).code == 0)
  }

  @Test(
    "A temporary folder that cannot be written ends every verb with 4, and each names TMPDIR",
    .enabled(if: geteuid() == 0))
  func temporaryFolder() throws {
    let bed = try bed()
    let none = bed.root + "/none"
    try FileManager.default.createDirectory(atPath: none, withIntermediateDirectories: false)
    // The binary's folder need not be one that others may look into.
    let program = NSTemporaryDirectory() + "strata-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: StoreBed.binary, toPath: program)
    defer { try? FileManager.default.removeItem(atPath: program) }
    let open = try bed.run(["-R", "a+rwX", bed.root], program: "/bin/chmod")
    try #require(open.code == 0)
    chmod(none, 0o755)
    // That one is a folder, and nobody may write in it; the others are none.
    for place in [none, none + "/gone", program] {
      for verb in [
        "record -m x -", "truncate 003", "import sql m", "verify", "verify --salvage new", "demo",
      ] {
        let words =
          ["--reuid", "65534", "--clear-groups", "/usr/bin/env", "TMPDIR=\(place)", program]
          + verb.split(separator: " ").map(String.init)
        let ending = try bed.run(words, input: "CREATE TABLE q (a);", program: "/usr/bin/setpriv")
        #expect(ending.code == 4, "\(verb): \(ending)")
        #expect(
          ending.errors.contains("expected a writable temporary folder in \(place), found"),
          "\(verb)")
        #expect(ending.errors.contains("set TMPDIR"), "\(verb): \(ending)")
        #expect(!ending.errors.contains("Make room"), "\(verb): \(ending)")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: bed.project + "/new"))
  }

  @Test("A writer waits for 0 to 86400 seconds, and anything else is bad input before it waits")
  func lockTimeout() throws {
    let bed = try bed()
    func tag(_ value: String, _ name: String) throws -> StoreBed.Ending {
      let words = ["STRATA_LOCK_TIMEOUT=\(value)", StoreBed.binary, "tag", name]
      return try bed.run(words, program: "/usr/bin/env")
    }
    let wrong = ["abc", "nan", "inf", "-5", "-0.001", "1e400", "86400.5", "10s", " ", "1\n2"]
    for value in wrong {
      let ending = try tag(value, "never")
      #expect(ending.code == 2, "\(value): \(ending)")
      #expect(ending.errors.contains("from 0 to 86400 in STRATA_LOCK_TIMEOUT"), "\(ending)")
      #expect(ending.errors.split(separator: "\n").count == 1, "\(value): \(ending)")
    }
    #expect(!(try bed.run(["tag"])).output.contains("never"))
    for (place, value) in ["", "0", "0.5", "86400", "1e3"].enumerated() {
      let ending = try tag(value, "t-\(place)")
      #expect(ending.code == 0, "\(value): \(ending)")
    }
  }

  @Test(
    "Whoever may not write where readers are counted can ask, and is told that file by whatever writes",
    .enabled(if: geteuid() == 0))
  func readersFile() throws {
    let bed = try bed()
    let program = NSTemporaryDirectory() + "strata-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: StoreBed.binary, toPath: program)
    defer { try? FileManager.default.removeItem(atPath: program) }
    func expect(_ words: String, of verbs: [String]) throws {
      for verb in verbs {
        let ending = try bed.run(
          ["--reuid", "65534", "--clear-groups", program]
            + verb.split(separator: " ").map(String.init),
          input: "CREATE TABLE q (a);", program: "/usr/bin/setpriv")
        #expect(ending.code == 4 && ending.errors.contains(words), "\(verb): \(ending)")
        #expect(ending.errors.contains("or copy the store"), "\(verb): \(ending)")
      }
    }
    let open = try bed.run(["-R", "a+rX,go-w", bed.root], program: "/bin/chmod")
    try #require(open.code == 0)
    let writing = ["tag x", "record -m x -", "truncate 003", "import sql m", "compact", "rebuild"]
    try expect("log/lock.mdb: expected permission to write this file", of: writing)
    for verb in [["log"], ["verify"], ["schema"], ["blame", "t1"], ["query", "SELECT 1"], []] {
      let ending = try bed.run(
        ["--reuid", "65534", "--clear-groups", program] + verb, program: "/usr/bin/setpriv")
      #expect(ending.code == 0 && !ending.output.isEmpty, "\(verb): \(ending)")
    }
    chmod(bed.store + "/log/lock.mdb", 0o666)
    try expect("log/data.mdb: expected permission to write the log", of: writing)
  }

  @Test("A table without columns keeps a million rows and no more, and says so before it records")
  func rowsWithoutColumns() throws {
    let bed = try bed()
    let history = try History.create(
      at: bed.root + "/empty", dialect: Dialect("postgresql"), by: "tester")
    let path = ObjectPath.table("nothing")
    func record(_ id: RevisionID, _ parents: [RevisionID], rows count: Int) throws {
      var capture = Capture(
        schema: Schema([path: SchemaObject(.table(Table(columns: [])))]))
      capture.rows = SeedRows([
        path: RowSet(columns: [], rows: Array(repeating: [], count: count))
      ])
      try history.record(
        [
          Recording(
            draft: RevisionDraft(id: id, parents: parents, message: "\(count)"),
            change: .capture(capture))
        ], by: "tester")
    }
    let most = RowCodec.emptyRowCountMax
    try record("most", [], rows: most)
    #expect(try history.rows(at: "most").tables[path]?.rows.count == most)
    #expect {
      try record("more", ["most"], rows: most + 1)
    } throws: {
      "\($0)".contains("expected at most 1048576 rows in a table without columns, found 1048577")
    }
    #expect(try history.heads() == ["most"])
  }

  @Test("A file of more than a gibibyte is refused before it is read")
  func largeFile() throws {
    let bed = try bed()
    let path = bed.project + "/large.sql"
    try bed.write("", path)
    #expect(truncate(path, off_t(Files.fileByteCountMax) + 1) == 0)
    let ending = try bed.run(["record", "large.sql", "-m", "m"])
    #expect(ending.code == 2, "\(ending)")
    #expect(ending.errors.contains("expected at most 1024 MiB in large.sql"), "\(ending.errors)")
    try FileManager.default.moveItem(atPath: path, toPath: bed.migrations + "/006_large.sql")
    let imported = try bed.run(["import", "sql", "m"])
    #expect(imported.code != 0 && imported.errors.contains("1024 MiB"), "\(imported)")
  }

  @Test("510 reads may go on at once, and one more is told that it has to wait, in one message")
  func readers() throws {
    let bed = try bed()
    let environment = try Environment.open(path: bed.store + "/log")
    func nested(_ count: Int, _ body: () throws -> Void) throws {
      if count == 0 { return try body() }
      try environment.read { _ in try nested(count - 1, body) }
    }
    // A command takes two.
    try nested(environment.options.maxReaders.asInt - 2) {
      let ending = try bed.run(["log"])
      #expect(ending.code == 0, "\(ending)")
    }
    try nested(environment.options.maxReaders.asInt) {
      let ending = try bed.run(["log"])
      #expect(ending.code == 4, "\(ending)")
      #expect(ending.errors.contains("510"), "\(ending.errors)")
      #expect(ending.errors.split(separator: "\n").count == 1)
    }
    #expect(try bed.run(["log"]).code == 0)
  }
}

extension UInt32 {
  fileprivate var asInt: Int { Int(self) }
}
