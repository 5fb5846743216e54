import RandomSchemas
import SchemaModel
import StoreFormat
import Testing

@Suite("Harmed bytes give an error or another value, and never stop the process")
struct HarmTests {
  @Test("no harm to an event record goes unseen", arguments: Examples.facts.map(\.name))
  func records(name: String) throws {
    let fact = try #require(Examples.facts.first { $0.name == name }).fact
    let bytes = EventRecord.encode(Examples.event(fact), after: Examples.hash).bytes
    forEachHarm(of: bytes) { harmed, harm in
      #expect(throws: FormatError.self, "\(harm)") { try decode(harmed) { try EventRecord($0) } }
    }
  }

  @Test("an operation", arguments: Examples.operations.map(\.name))
  func operations(name: String) throws {
    let change = try #require(Examples.operations.first { $0.name == name }).operation
    forEachHarm(of: bytes(of: change)) { harmed, harm in
      guard let found = try? operation(harmed) else { return }
      #expect(found != change, "\(harm)")
      // What was read can be used: a bad count or place must not trap later.
      _ = found.summary
      _ = found.inverse?.summary
      var schema = Examples.schema
      try? found.apply(to: &schema)
    }
  }

  @Test("an object, a leaf, a branch, a state, an index entry, a source", arguments: Vectors.nodes)
  func nodes(vector: Vector) {
    forEachHarm(of: vector.bytes) { harmed, harm in
      guard let again = try? vector.reencode(harmed) else { return }
      #expect(again != vector.bytes, "\(vector.name): \(harm)")
    }
  }

  @Test("the header of rows, and rows that no table can have")
  func rows() throws {
    var chunk: [UInt8] = []
    let header = RowCodec.encode(Examples.rows) {
      chunk = $0
      return ContentHash(of: $0)
    }
    forEachHarm(of: header) { harmed, _ in _ = try? decode(harmed) { try RowCodec.header($0) } }
    #expect(throws: FormatError.self) { try decode(chunk) { try RowCodec.rows($0, width: 0) } }
    #expect(throws: FormatError.self) { try decode(chunk) { try RowCodec.rows($0, width: 3) } }
  }

  @Test("a tree with a harmed node can still be asked, compared and changed", arguments: 0..<6)
  func trees(seed: UInt64) throws {
    var random = RandomSchema(seed: seed)
    var whole = MemoryNodes()
    var contents: [ObjectPath: ContentHash?] = [:]
    for index in 0..<40 { contents[.table("t\(index)")] = Examples.hash }
    let root = try SnapshotTree.update(root: nil, contents, in: &whole)
    let other = try SnapshotTree.update(root: root, [.table("new"): Examples.hash], in: &whole)
    var hashes: [ContentHash] = []
    try SnapshotTree.forEachNode(root: root, in: whole) { hash, _ in
      hashes.append(hash)
      return true
    }
    let victim = random.generator.pick(hashes.sorted())
    let bytes = try whole.withNode(victim) { Array($0) }
    forEachHarm(of: bytes) { harmed, _ in
      var nodes = HarmedNodes(whole: whole, victim: victim, bytes: harmed)
      try? SnapshotTree.forEach(root: root, in: nodes) { _ in }
      try? SnapshotTree.differences(from: root, to: other, in: nodes) { _, _, _ in }
      _ = try? SnapshotTree.content(at: .table("t1"), root: root, in: nodes)
      _ = try? SnapshotTree.update(root: root, [.table("t1"): nil], in: &nodes)
    }
  }

  @Test("random bytes, read as anything", arguments: 0..<300)
  func noise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 0...200, using: &generator)
    let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    _ = try? operation(bytes)
    for vector in Vectors.nodes { _ = try? vector.reencode(bytes) }
    for kind in UInt8(1)...6 {
      _ = try? decode([kind] + bytes) { try SnapshotNode($0) }
      _ = try? decode([kind] + bytes) { try ContentNode.object($0) }
      _ = try? decode([kind] + bytes) { try RowCodec.rows($0, width: 3) }
    }
  }
}

/// A tree one of whose nodes is not what its hash says.
private struct HarmedNodes: NodeWriter {
  var whole: MemoryNodes
  let victim: ContentHash
  let bytes: [UInt8]

  func withNode<T>(
    _ hash: ContentHash, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    try hash == victim ? bytes.withUnsafeBytes(body) : whole.withNode(hash, body)
  }

  mutating func keep(_ bytes: [UInt8]) throws -> ContentHash { try whole.keep(bytes) }
}
