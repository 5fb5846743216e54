public import SchemaModel

/// How a migration tool comes to a merge in an empty database.
public struct MergeOrder: Hashable, Sendable {
  /// An ancestor: what the tool runs first is what it runs for this one, in the same order.
  public var base: RevisionID
  /// What it runs then, before the merge itself.
  public var missing: [RevisionID]

  public init(base: RevisionID, missing: [RevisionID]) {
    self.base = base
    self.missing = missing
  }
}

/// In whose database each revision begins, and what is run there before it.
///
/// What follows one revision alone begins in that one's. A merge begins where the tool's own run from
/// empty comes by, so that counters give the same numbers; where the tool has no order of its own, in
/// the database of the last revision that it names.
struct Beginnings<Runner: MigrationRunner> {
  private struct Beginning {
    var base: Int
    var missing: [Int]
  }

  let graph: MigrationGraph
  private let runner: Runner
  private var told: [Int: Beginning] = [:]
  private var isTold = true

  init(_ graph: MigrationGraph, _ runner: Runner) {
    self.graph = graph
    self.runner = runner
  }

  /// Asks the tool once for all merges among these.
  /// - Throws: `ImportError`.
  mutating func learn(_ numbers: some Sequence<Int>) throws {
    let merges = numbers.filter { graph.isMerge($0) && told[$0] == nil }
    guard isTold, !merges.isEmpty else { return }
    guard let orders = try runner.orders(of: merges.map { graph.revisions[$0].id }) else {
      isTold = false
      return
    }
    for (merge, order) in zip(merges, orders) {
      guard let base = graph.number(of: order.base) else { continue }
      told[merge] = Beginning(base: base, missing: order.missing.compactMap(graph.number(of:)))
    }
  }

  /// The revision in whose database this one begins; nil for the empty one.
  mutating func base(of number: Int) throws -> Int? {
    if graph.isMerge(number), told[number] == nil { try learn(0...number) }
    return told[number]?.base ?? graph.base(ofNumber: number)
  }

  /// Ancestors that a database lacks, in the order in which they are to run.
  /// - Parameter applied: what ran in it.
  func missing(_ number: Int, besides applied: NumberSet) -> [Int] {
    if let beginning = told[number] { return beginning.missing.filter { !applied.contains($0) } }
    // What follows one revision alone runs in that one's database.
    if !graph.isMerge(number) { return [] }
    return graph.ancestors(ofNumber: number).subtracting(applied).members
  }

  /// All that runs before a revision from empty, in that order.
  mutating func earlier(than number: Int) throws -> [Int] {
    var line = [number]
    while let base = try base(of: line[line.count - 1]) { line.append(base) }
    var earlier: [Int] = []
    var applied = NumberSet(capacity: graph.revisions.count)
    for next in line.reversed() {
      for ran in missing(next, besides: applied) + [next] {
        applied.insert(ran)
        earlier.append(ran)
      }
    }
    return earlier.dropLast()
  }
}

extension MigrationGraph {
  /// Whether an ancestor, and what follows it here, are all that a revision needs, each once and behind
  /// what it needs itself.
  func isOrder(_ order: [Int], of number: Int) -> Bool {
    guard let base = order.first, revisions.indices.contains(base) else { return false }
    var ran = ancestors(ofNumber: base)
    ran.insert(base)
    for next in order.dropFirst() {
      guard revisions.indices.contains(next), !ran.contains(next),
        ancestors(ofNumber: next).subtracting(ran).members.isEmpty
      else { return false }
      ran.insert(next)
    }
    return ran == ancestors(ofNumber: number)
  }
}
