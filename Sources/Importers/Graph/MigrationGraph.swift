public import SchemaModel

/// The order of migrations: every revision after its parents and after what it depends on.
///
/// A revision's number is its place in `revisions`: an ancestor's number is always lower.
public struct MigrationGraph: Sendable {
  /// Ancestors first. A line goes on as long as it can before the next one begins; where several
  /// may come next, the order in which they were given decides. Parents and dependencies are full ids.
  public let revisions: [RevisionDraft]
  private let numbers: [RevisionID: Int]
  /// Parents, then dependencies.
  private let sources: [[Int]]
  private let children: [[Int]]

  /// - Throws: `GraphError` for what makes no history.
  public init(_ drafts: [RevisionDraft]) throws(GraphError) {
    let resolved = try GraphNames(drafts).resolve(drafts)
    let order = try TopologicalOrder(resolved).numbers()
    revisions = order.map { resolved[$0] }
    var numbers: [RevisionID: Int] = [:]
    for (number, draft) in revisions.enumerated() { numbers[draft.id] = number }
    self.numbers = numbers
    sources = revisions.map { draft in
      (draft.parents + draft.dependsOn).compactMap { numbers[$0] }
    }
    var children = [[Int]](repeating: [], count: revisions.count)
    for (number, from) in sources.enumerated() {
      for source in Set(from) { children[source].append(number) }
    }
    self.children = children
  }

  /// All revisions, each behind its parents and dependencies.
  public var order: [RevisionID] { revisions.map(\.id) }

  /// Nil for a revision that the folder does not hold.
  public func draft(_ id: RevisionID) -> RevisionDraft? { numbers[id].map { revisions[$0] } }

  /// Revisions that nothing comes after (a dependency alone does not make a child).
  public var heads: [RevisionID] {
    var parents: Set<RevisionID> = []
    for draft in revisions { parents.formUnion(draft.parents) }
    return order.filter { !parents.contains($0) }
  }

  /// Revisions without a parent.
  public var bases: [RevisionID] { revisions.filter(\.parents.isEmpty).map(\.id) }

  /// All that must have run before it, dependencies too, in the order of `revisions`; empty for an
  /// unknown id.
  public func ancestors(of id: RevisionID) -> [RevisionID] {
    guard let number = numbers[id] else { return [] }
    return ancestors(ofNumber: number).members.map { revisions[$0].id }
  }

  /// Revisions that name it as a parent or a dependency.
  public func children(of id: RevisionID) -> [RevisionID] {
    numbers[id].map { children[$0].map { revisions[$0].id } } ?? []
  }

  func number(of id: RevisionID) -> Int? { numbers[id] }

  func hasChildren(_ number: Int) -> Bool { !children[number].isEmpty }

  func isMerge(_ number: Int) -> Bool { sources[number].count > 1 }

  /// The one whose database a revision runs on, where no tool says otherwise: of a merge, the last that
  /// it names.
  func base(ofNumber number: Int) -> Int? { sources[number].last }

  func ancestors(ofNumber number: Int) -> NumberSet {
    var found = NumberSet(capacity: revisions.count)
    for source in sources[number] { found.insert(source) }
    for candidate in stride(from: number - 1, through: 0, by: -1) where found.contains(candidate) {
      for source in sources[candidate] { found.insert(source) }
    }
    return found
  }
}

/// A set of small numbers, one bit each.
struct NumberSet: Hashable, Sendable {
  private var words: [UInt64]

  init(capacity: Int) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

  mutating func insert(_ number: Int) { words[number >> 6] |= 1 << UInt64(number & 63) }

  func contains(_ number: Int) -> Bool { words[number >> 6] & (1 << UInt64(number & 63)) != 0 }

  func subtracting(_ other: NumberSet) -> NumberSet {
    var result = self
    for index in words.indices { result.words[index] &= ~other.words[index] }
    return result
  }

  /// In rising order.
  var members: [Int] {
    var result: [Int] = []
    for (index, word) in words.enumerated() {
      var left = word
      while left != 0 {
        result.append(index << 6 + left.trailingZeroBitCount)
        left &= left - 1
      }
    }
    return result
  }
}
