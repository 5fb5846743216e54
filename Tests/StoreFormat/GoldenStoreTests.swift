import FoundationEssentials
import RandomSchemas
import SchemaHistory
import SchemaModel
import Testing

/// A small store with everything in it: branches, a merge, rows, a source, a tag, a cut.
enum GoldenStore {
  static let actor = "Ada <ada@example.org>"

  static func make(at directory: String) throws {
    let history = try History.create(at: directory, dialect: Dialect("sqlite"), by: actor)
    let rows = SeedRows([Examples.users: RowSet(columns: ["id"], rows: [[.integer(1)]])])
    let create = Operation.createObject(CreateObject(path: Examples.users, object: Examples.table))
    let index = Operation.createObject(
      CreateObject(path: ObjectPath(.index, name: "ix_email"), object: Examples.index))
    try history.record(
      [
        recording("one", [], [create], rows: rows),
        recording("two", ["one"], [index]),
        recording(
          "three", ["two"],
          Array(Examples.operations.filter { $0.name == "add-column" }.map(\.operation))),
        recording(
          "side", ["two"],
          Array(Examples.operations.filter { $0.name == "alter-table" }.map(\.operation))),
        recording("merge", ["three", "side"], [.statement(Statement(sql: "SELECT 1"))]),
      ], by: actor)
    try history.tag("v1.0", "three", by: actor)
    _ = try history.truncate(
      history.planTruncation(at: "two"), proof: ["none: made by hand"], folder: nil,
      reason: "golden", by: actor)
    _ = try history.compact()
    // What may be deleted at any time is no part of the format.
    for name in [
      "projection.sqlite", "projection.sqlite-wal", "projection.sqlite-shm", "log/lock.mdb",
    ] {
      try? FileManager.default.removeItem(atPath: directory + "/" + name)
    }
  }

  private static func recording(
    _ id: RevisionID, _ parents: [RevisionID], _ operations: [SchemaModel.Operation],
    rows: SeedRows? = nil
  ) -> Recording {
    let source = SourceFile(format: .sql, path: "\(id).sql", up: Array("-- \(id)\n".utf8))
    return Recording(
      draft: RevisionDraft(
        id: id, parents: parents, author: actor, message: "Revision \(id)",
        authored: Timestamp(milliseconds: 1_714_564_800_000), source: source),
      change: .operations(operations), rows: rows)
  }
}

@Suite("A store that v1 wrote")
struct GoldenStoreTests {
  private func withCopy(_ body: (History) throws -> Void) throws {
    let copy =
      FileManager.default.temporaryDirectory.path
      + "/strata-golden-\(UInt64.random(in: 0...UInt64.max))"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try FileManager.default.copyItem(atPath: VectorTests.folder + "/store", toPath: copy)
    try body(History.open(at: copy))
  }

  @Test("opens, verifies in full and answers, before the cut and after it")
  func reading() throws {
    try withCopy { history in
      let report = try history.verify(full: true)
      #expect(report.findings.filter { $0.severity == .damage }.isEmpty)
      #expect(try history.heads() == ["merge"])
      #expect(try history.schema(at: "one").paths == [Examples.users])
      #expect(try history.rows(at: "merge").rowCount == 1)
      #expect(try history.source(of: "one")?.up == Array("-- one\n".utf8))
      #expect(try history.resolve("v1.0") == "three")
      let merged = try history.schema(at: "merge").table("users")
      #expect(merged?.attributes == ["without rowid": ""])
      #expect(merged?.columns.map(\.name) == ["id", "name", "email"])
    }
  }

  @Test("is restored")
  func restoring() throws {
    try withCopy { history in
      let before = try history.fingerprint(at: "merge")
      try history.restore(history.planRestore(), by: GoldenStore.actor)
      #expect(try history.verify(full: true).isDamaged == false)
      #expect(try history.log(LogFilter()).count == 5)
      #expect(try history.fingerprint(at: "merge") == before)
    }
  }
}
