import RandomSchemas
import SchemaModel
import StoreFormat
import Testing

@Suite("Diffs of what is encoded, over random schemas")
struct VersionLaws {
  private func keep(_ schema: Schema, _ nodes: inout MemoryNodes) throws -> SnapshotRoot {
    var contents: [ObjectPath: ContentHash?] = [:]
    for (path, object) in schema.objects {
      contents[path] = try nodes.keep(ContentNode.bytes(of: object))
    }
    return SnapshotRoot(try SnapshotTree.update(root: nil, contents, in: &nodes))
  }

  @Test("the diff of two snapshots is that of the schemas, or left to the lineage")
  func snapshots() throws {
    var certain = 0
    for seed in UInt64(0)..<200 {
      var random = RandomSchema(seed: seed)
      var nodes = MemoryNodes()
      let old = random.schema(tableCount: 20)
      var new = old
      for path in old.paths where random.generator.chance(20) {
        new.objects[path] = old.objects[path].map { random.altered($0) }
      }
      // Only one of them, or something may have been renamed.
      let isGrowing = random.generator.chance(50)
      for (path, object) in random.schema(tableCount: 2).objects where old.objects[path] == nil {
        if isGrowing { new.objects[path] = object }
      }
      if !isGrowing, let path = old.paths.first { new.objects[path] = nil }
      let found = try SnapshotTree.operations(
        from: keep(old, &nodes), to: keep(new, &nodes), in: nodes)
      guard let found else { continue }
      certain += 1
      #expect(try found == SchemaDiff.operations(from: old, to: new), "seed \(seed)")
    }
    #expect(certain > 20)
  }

  @Test("where objects of a kind came and went, the lineage decides")
  func renames() throws {
    var nodes = MemoryNodes()
    let old = try keep(Schema([.table("a"): Examples.table]), &nodes)
    let new = try keep(Schema([.table("b"): Examples.table]), &nodes)
    #expect(try SnapshotTree.operations(from: old, to: new, in: nodes) == nil)
    let view = try keep(Schema([ObjectPath(.view, name: "a"): Examples.view]), &nodes)
    #expect(try SnapshotTree.operations(from: old, to: view, in: nodes)?.count == 2)
  }

  @Test("a table's diff is the same made of bytes and made of values")
  func tables() throws {
    var certain = 0
    for seed in UInt64(500)..<1000 {
      var random = RandomSchema(seed: seed)
      let (before, after) = versions(&random)
      let path = ObjectPath.table("a")
      let expected = try SchemaDiff.operations(
        from: Schema([path: before]), to: Schema([path: after]))
      var found: [SchemaModel.Operation] = []
      let isCertain = try decode(ContentNode.bytes(of: before)) { old in
        try decode(ContentNode.bytes(of: after)) {
          try VersionDiff.append(path, old, $0, to: &found)
        }
      }
      #expect(found == (isCertain ? expected : []), "seed \(seed)")
      if isCertain { certain += 1 }
    }
    #expect(certain > 250)
  }

  private func versions(_ random: inout RandomSchema) -> (SchemaObject, SchemaObject) {
    let before = random.table()
    var after = before
    for index in after.columns.indices where random.generator.chance(30) {
      after.columns[index] = random.column(named: after.columns[index].name)
    }
    if random.generator.chance(10) { after.columns.append(random.column(named: "one more")) }
    if random.generator.chance(10), !after.columns.isEmpty { after.columns.removeFirst() }
    if random.generator.chance(10) { after.columns.reverse() }
    let other = random.table()
    after = Table(
      columns: after.columns,
      constraints: random.generator.chance(20) ? other.constraints : before.constraints,
      definition: random.generator.chance(40) ? other.definition : before.definition,
      attributes: random.generator.chance(20) ? other.attributes : before.attributes)
    return (
      SchemaObject(.table(before), comment: "note"),
      SchemaObject(.table(after), comment: random.generator.chance(80) ? "note" : nil)
    )
  }

  @Test("harmed bytes of a version give an error or another diff, and never stop the process")
  func harm() {
    let bytes = ContentNode.bytes(of: Examples.table)
    forEachHarm(of: bytes) { harmed, _ in
      for (old, new) in [(bytes, harmed), (harmed, bytes)] {
        var operations: [SchemaModel.Operation] = []
        _ = try? decode(old) { old in
          try decode(new) {
            try VersionDiff.append(Examples.users, old, $0, to: &operations)
          }
        }
        _ = operations.map(\.summary)
      }
    }
  }
}
