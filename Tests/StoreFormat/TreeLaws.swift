import RandomSchemas
import SchemaModel
import StoreFormat
import Testing

@Suite("Laws of the snapshot tree, over random contents")
struct TreeLaws {
  typealias Contents = [ObjectPath: ContentHash]

  private func contents(_ count: Int, _ random: inout RandomSchema) -> Contents {
    var contents: Contents = [:]
    for _ in 0..<count {
      let kind = random.generator.pick(ObjectKind.allCases)
      contents[ObjectPath(kind, name: random.name("object", variety: 100_000))] = ContentHash(
        random.generator.next(), 0, 0, 0)
    }
    return contents
  }

  private func build(_ contents: Contents, _ nodes: inout MemoryNodes) throws -> ContentHash {
    try SnapshotTree.update(root: nil, contents.mapValues { $0 }, in: &nodes)
  }

  @Test("equal contents have equal roots, whatever order they came and went in", arguments: 0..<20)
  func orders(seed: UInt64) throws {
    var random = RandomSchema(seed: seed)
    var nodes = MemoryNodes()
    let wanted = contents(Int.random(in: 0...120, using: &random.generator), &random)
    let passing = contents(40, &random).filter { wanted[$0.key] == nil }
    let expected = try build(wanted, &nodes)
    for _ in 0..<3 {
      var root: ContentHash?
      let steps: [(ObjectPath, ContentHash?)] =
        wanted.map { ($0.key, $0.value) } + passing.map { ($0.key, $0.value) }
      for batch in steps.shuffled(using: &random.generator).chunked(by: 7) {
        root = try SnapshotTree.update(
          root: root, Dictionary(batch) { first, _ in first }, in: &nodes)
      }
      for (path, _) in passing.shuffled(using: &random.generator) {
        root = try SnapshotTree.update(root: root, [path: nil], in: &nodes)
      }
      #expect((root ?? expected) == expected, "seed \(seed)")
    }
  }

  @Test("leaves whose entries stand in another order hold the same, as old stores may have them")
  func olderOrder() throws {
    var nodes = MemoryNodes()
    let names = ["\u{e9}a", "e\u{301}b", "f", "fe\u{301}", "z"]
    var entries = names.map {
      SnapshotEntry(path: .table($0), content: ContentHash(UInt64($0.utf8.count), 1, 2, 3))
    }
    let now = try build(
      Contents(entries.map { ($0.path, $0.content) }) { first, _ in first }, &nodes)
    func differences(_ old: ContentHash) throws -> [String] {
      var found: [String] = []
      try SnapshotTree.differences(from: old, to: now, in: nodes) { path, old, new in
        found.append("\(path.name) \(old == nil ? "came" : new == nil ? "went" : "changed")")
      }
      return found
    }
    for _ in 0..<entries.count {
      entries.append(entries.removeFirst())
      #expect(try differences(nodes.keep(SnapshotNode.leaf(entries).bytes)) == [])
      #expect(
        try differences(nodes.keep(SnapshotNode.leaf(entries.reversed()).bytes)) == [])
    }
    entries[0].content = ContentHash(9, 9, 9, 9)
    let less = SnapshotNode.leaf(Array(entries.dropLast().reversed())).bytes
    #expect(
      try differences(nodes.keep(less)).sorted()
        == ["\(entries[0].path.name) changed", "\(names[4]) came"].sorted())
  }

  @Test("a tree that is updated is the tree that would be built anew", arguments: 0..<20)
  func updates(seed: UInt64) throws {
    var random = RandomSchema(seed: seed &+ 100)
    var nodes = MemoryNodes()
    var now = contents(80, &random)
    var root = try build(now, &nodes)
    for _ in 0..<10 {
      var changes: [ObjectPath: ContentHash?] = contents(5, &random).mapValues { $0 }
      for path in now.keys.sorted().shuffled(using: &random.generator).prefix(12) {
        changes[path] = .some(random.generator.chance(60) ? nil : ContentHash(9, 9, 9, 9))
      }
      for (path, content) in changes { now[path] = content }
      root = try SnapshotTree.update(root: root, changes, in: &nodes)
      #expect(root == (try build(now, &nodes)), "seed \(seed)")
      var read: Contents = [:]
      try SnapshotTree.forEach(root: root, in: nodes) { read[$0.path] = $0.content }
      #expect(read == now, "seed \(seed)")
    }
  }

  @Test("every path is found, and no other", arguments: 0..<10)
  func finding(seed: UInt64) throws {
    var random = RandomSchema(seed: seed &+ 200)
    var nodes = MemoryNodes()
    let all = contents(Int.random(in: 1...400, using: &random.generator), &random)
    let root = try build(all, &nodes)
    for (path, content) in all {
      #expect(try SnapshotTree.content(at: path, root: root, in: nodes) == content)
    }
    for path in contents(50, &random).keys where all[path] == nil {
      #expect(try SnapshotTree.content(at: path, root: root, in: nodes) == nil, "seed \(seed)")
    }
  }

  @Test("differences are those that a comparison of everything finds", arguments: 0..<20)
  func differences(seed: UInt64) throws {
    var random = RandomSchema(seed: seed &+ 300)
    var nodes = MemoryNodes()
    let old = contents(Int.random(in: 0...150, using: &random.generator), &random)
    var new = old.filter { _ in !random.generator.chance(10) }
    for path in new.keys.sorted() where random.generator.chance(10) { new[path] = Examples.hash }
    new.merge(contents(10, &random)) { first, _ in first }
    var found: [ObjectPath: [ContentHash?]] = [:]
    try SnapshotTree.differences(from: build(old, &nodes), to: build(new, &nodes), in: nodes) {
      #expect(found[$0] == nil, "seed \(seed): \($0) twice")
      found[$0] = [$1, $2]
    }
    var expected: [ObjectPath: [ContentHash?]] = [:]
    for path in Set(old.keys).union(new.keys) where old[path] != new[path] {
      expected[path] = [old[path], new[path]]
    }
    #expect(found == expected, "seed \(seed)")
  }

  @Test("equal schemas have equal fingerprints, others have others", arguments: 0..<20)
  func fingerprints(seed: UInt64) throws {
    var random = RandomSchema(seed: seed &+ 400)
    let schema = random.schema(tableCount: 12)
    var rebuilt = Schema()
    for path in schema.paths.shuffled(using: &random.generator) {
      rebuilt.objects[path] = schema.objects[path]
    }
    #expect(try rebuilt.fingerprint == schema.fingerprint)
    let other = random.variation(of: schema)
    #expect(try (other.fingerprint == schema.fingerprint) == (other == schema), "seed \(seed)")
  }
}

extension Array {
  fileprivate func chunked(by count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map {
      Array(self[$0..<Swift.min($0 + count, self.count)])
    }
  }
}
