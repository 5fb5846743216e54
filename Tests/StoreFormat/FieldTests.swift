import RandomSchemas
import SchemaModel
import StoreFormat
import Testing

@Suite("Fields and nodes are written as FORMAT.md says")
struct FieldTests {
  /// The fields of some bytes: number, and content as bytes.
  private func fields(_ bytes: [UInt8]) throws -> [(number: UInt64, content: [UInt8])] {
    try decode(bytes) {
      var reader = FieldReader($0, of: "a test")
      var found: [(number: UInt64, content: [UInt8])] = []
      while let field = try reader.next() {
        found.append((field.number, (try? Array(field.content())) ?? []))
      }
      return found
    }
  }

  @Test("fields stand in the order of their numbers, and one that repeats in its own order")
  func order() throws {
    for object in Examples.schema.objects.values {
      let numbers = try fields(Array(ContentNode.bytes(of: object).dropFirst())).map(\.number)
      #expect(numbers == numbers.sorted())
    }
    for (name, fact) in Examples.facts {
      var writer = FieldWriter()
      if case .revisionRecorded(let revision) = fact {
        writer.texts(2, revision.parents.map(\.text))
        let record = EventRecord.encode(Examples.event(fact), after: Examples.hash).bytes
        // The parents as they are given, not sorted.
        #expect(record.holds(writer.bytes), "\(name)")
      }
    }
    var draft = RevisionDraft(id: "x", parents: ["b", "a", "c", "a2"])
    draft.labels = ["z", "y"]
    let revision = Revision(
      draft: draft, source: nil, snapshot: Fingerprint(Examples.hash), rows: nil,
      operationCount: 0)
    let entry = RevisionEntry(revision, sequence: EventSequence(1))
    #expect(
      try fields(entry.bytes).filter { $0.number == 5 }.map {
        String(decoding: $0.content, as: UTF8.self)
      }
        == ["b", "a", "c", "a2"])
  }

  @Test("a count of operations that are not the revision's own is field 14, and none is no field")
  func spellingCount() throws {
    for count in [0, 1, 300] {
      let revision = Revision(
        draft: RevisionDraft(id: "x"), source: nil, snapshot: Fingerprint(Examples.hash), rows: nil,
        operationCount: 300, engine: "Engine 2", spellingCount: count)
      let record = EventRecord.encode(
        Examples.event(.revisionRecorded(revision)), after: Examples.hash)
      var writer = FieldWriter()
      writer.number(14, UInt64(count))
      #expect(writer.bytes.isEmpty == (count == 0))
      #expect(record.bytes.holds(writer.bytes) || count == 0)
      let found = try decode(record.bytes) { try EventRecord($0) }
      guard case .revisionRecorded(let read) = found.event.fact else {
        Issue.record("no revision was read")
        continue
      }
      #expect(read == revision)
    }
  }

  @Test("a dictionary is one message an entry, in the order of the keys")
  func dictionary() throws {
    let values = ["b": "1", "a": "2", "ab": "", "": "empty", "Z": "3", "é": "4"]
    var writer = FieldWriter()
    writer.dictionary(7, values)
    let entries = try fields(writer.bytes)
    #expect(entries.map(\.number) == Array(repeating: 7, count: values.count))
    let read = try entries.map { entry in
      let parts = try fields(entry.content)
      func text(_ number: UInt64) -> String {
        String(decoding: parts.first { $0.number == number }?.content ?? [], as: UTF8.self)
      }
      return (key: text(1), value: text(2))
    }
    #expect(read.map(\.key) == values.keys.sorted())
    #expect(read.allSatisfy { values[$0.key] == $0.value })
  }

  @Test("what is optional is written empty and left out as nil; other defaults are never written")
  func optional() throws {
    func column(_ change: (inout Column) -> Void) throws -> [UInt64] {
      var column = Column(name: "c", type: "")
      change(&column)
      let table = SchemaObject(.table(Table(columns: [column])))
      let content = try fields(Array(ContentNode.bytes(of: table).dropFirst()))[0].content
      #expect(try decode(ContentNode.bytes(of: table)) { try ContentNode.object($0) } == table)
      return try fields(fields(content)[0].content).map(\.number)
    }
    #expect(try column { _ in } == [1])
    #expect(try column { $0.defaultExpression = "" } == [1, 4])
    #expect(try column { $0.comment = "" } == [1, 9])
    #expect(try column { $0.isNullable = false } == [1, 3])
    #expect(
      try column { $0.generation = Column.Generation(expression: "", isStored: false) } == [1, 6])
  }

  @Test("the hash of a tree's node is cut to 160 bits and its key to 20 bytes, others' are whole")
  func nodeHashes() throws {
    let leaf = SnapshotNode.leaf([SnapshotEntry(path: .table("t"), content: Examples.hash)]).bytes
    let branch = SnapshotNode.branch(
      count: 17, children: [(slot: 3, hash: leaf.withUnsafeBytes { ContentHash(ofNode: $0) })]
    ).bytes
    for bytes in [leaf, branch] {
      let hash = bytes.withUnsafeBytes { ContentHash(ofNode: $0) }
      #expect(hash.bytes.prefix(20) == ContentHash(of: bytes).bytes.prefix(20))
      #expect(hash.bytes.suffix(12) == Array(repeating: 0, count: 12)[...])
      #expect(hash.withNodeKey { Array($0) } == Array(hash.bytes.prefix(20)))
      #expect(hash.withNodeKey { ContentHash(nodeKey: $0) } == hash)
    }
    // In a branch it stands as 20 bytes: kind, count, two bytes of bits, one child.
    #expect(branch.count == 1 + 1 + 2 + 20)
    let object = ContentNode.bytes(of: Examples.table)
    let hash = object.withUnsafeBytes { ContentHash(ofNode: $0) }
    #expect(hash == ContentHash(of: object))
    #expect(hash.withNodeKey { $0.count } == 32)
  }

  @Test("a chunk of rows ends with the row that brings it to 64 KiB", arguments: [1, 100, 70_000])
  func chunks(width: Int) throws {
    let rows = (0..<2000).map { number -> [RowValue] in
      [.integer(Int64(number)), .text(String(repeating: "x", count: number % width))]
    }.prefix(width > 1000 ? 40 : 2000)
    var chunks: [[UInt8]] = []
    _ = RowCodec.encode(RowSet(columns: ["n", "t"], rows: Array(rows))) { chunk in
      chunks.append(chunk)
      return ContentHash(of: chunk)
    }
    var read: [[RowValue]] = []
    for (place, chunk) in chunks.enumerated() {
      let part = try decode(chunk) { try RowCodec.rows($0, width: 2) }
      read += part
      // Without its last row it had not reached the limit; with it, it has, but for the last chunk.
      var shorter: [[UInt8]] = []
      _ = RowCodec.encode(RowSet(columns: ["n", "t"], rows: part.dropLast())) { bytes in
        shorter.append(bytes)
        return ContentHash(of: bytes)
      }
      #expect(shorter.count <= 1)
      #expect((shorter.first?.count ?? 0) < 64 * 1024)
      if place < chunks.count - 1 { #expect(chunk.count >= 64 * 1024) }
    }
    #expect(read == Array(rows))
  }
}

extension [UInt8] {
  /// Whether other bytes stand somewhere among these.
  fileprivate func holds(_ other: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: other) }
  }
}
