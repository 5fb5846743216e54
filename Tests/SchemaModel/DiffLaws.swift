import RandomSchemas
import Testing

@testable import SchemaModel

@Suite("Laws of the diff, over random schemas")
struct DiffLaws {
  @Test("folding the diff of two schemas over the first gives the second", arguments: 0..<60)
  func foldOfDiff(seed: UInt64) throws {
    var random = RandomSchema(seed: seed)
    let old = random.schema(tableCount: 6)
    let new = random.variation(of: old)
    let operations = try SchemaDiff.operations(from: old, to: new)
    var folded = old
    try folded.fold(operations)
    #expect(folded == new, "seed \(seed)")
  }

  @Test("undoing a diff backwards gives the first schema again", arguments: 0..<60)
  func inverseOfDiff(seed: UInt64) throws {
    var random = RandomSchema(seed: seed &+ 1000)
    let old = random.schema(tableCount: 6)
    let new = random.variation(of: old)
    let operations = try SchemaDiff.operations(from: old, to: new)
    var undone = new
    try undone.fold(operations.reversed().compactMap(\.inverse))
    #expect(undone == old, "seed \(seed)")
  }

  @Test("a schema does not differ from itself", arguments: 0..<10)
  func nothing(seed: UInt64) throws {
    var random = RandomSchema(seed: seed)
    let schema = random.schema(tableCount: 5)
    #expect(try SchemaDiff.operations(from: schema, to: schema).isEmpty, "seed \(seed)")
  }

  @Test("with any lineage the diff still folds to the second schema", arguments: 0..<60)
  func lineage(seed: UInt64) throws {
    var random = RandomSchema(seed: seed &+ 2000)
    let old = random.schema(tableCount: 6)
    var new = random.variation(of: old)
    var lineage = Lineage()
    for path in old.paths.shuffled(using: &random.generator).prefix(3) {
      let target = path.renamed(random.name("renamed"))
      if let object = new.objects.removeValue(forKey: path) {
        new.objects[target] = object
        lineage.objects[target] = path
        let columns = object.table?.columns.map { ExactText($0.name) } ?? []
        let before = old.objects[path]?.table?.columns.map { ExactText($0.name) } ?? []
        lineage.columns[target] = Dictionary(zip(columns, before)) { first, _ in first }
      }
    }
    let operations = try SchemaDiff.operations(from: old, to: new, lineage: lineage)
    var folded = old
    try folded.fold(operations)
    #expect(folded == new, "seed \(seed)")
  }

  @Test("the order in which constraints are given leaves no trace", arguments: 0..<40)
  func constraints(seed: UInt64) {
    var random = RandomSchema(seed: seed)
    let columns = ["a", "b", "c"]
    var constraints = (0..<6).map { _ in random.constraint(columns: columns) }
    constraints.append(Constraint(name: "", kind: .check, expression: "x"))
    constraints.append(Constraint(kind: .check, expression: "x"))
    constraints.append(Constraint(kind: .unique, parts: [KeyPart("a", isExpression: true)]))
    constraints.append(Constraint(kind: .unique, parts: [KeyPart("a")]))
    let table = Table(columns: [], constraints: constraints)
    for _ in 0..<10 {
      constraints.shuffle(using: &random.generator)
      #expect(Table(columns: [], constraints: constraints) == table, "seed \(seed)")
    }
  }
}

@Suite("Renames that stand in each other's way")
struct RenamePlanTests {
  private func run(_ moves: [(String, String)], on names: Set<String>) -> Set<String> {
    var now = Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
    let steps = RenamePlan.steps(
      moves.map { (from: $0.0, to: $0.1) }, isTaken: { names.contains($0) }, aside: { $0 + "~" })
    for (from, to) in steps {
      #expect(now[to] == nil, "\(to) is taken when \(from) becomes it")
      now[to] = now.removeValue(forKey: from)
    }
    for (from, to) in moves { #expect(now[to] == from) }
    return Set(now.keys)
  }

  @Test("a chain runs from its end")
  func chain() { #expect(run([("a", "b"), ("b", "c")], on: ["a", "b"]) == ["b", "c"]) }

  @Test("a circle goes by way of a spare name")
  func circle() { #expect(run([("a", "b"), ("b", "a")], on: ["a", "b"]) == ["a", "b"]) }

  @Test("two circles and a spare name that is taken")
  func circles() {
    let names: Set = ["a", "b", "c", "x", "y", "a~"]
    #expect(run([("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "x")], on: names) == names)
  }

  @Test("random permutations come out right", arguments: 0..<30)
  func permutations(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let names = (0..<8).map { "n\($0)" }
    let moves = zip(names, names.shuffled(using: &generator)).filter { $0 != $1 }
    #expect(run(moves.map { ($0, $1) }, on: Set(names)) == Set(names), "seed \(seed)")
  }
}
