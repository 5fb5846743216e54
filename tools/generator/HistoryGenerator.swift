public import SchemaModel

/// One revision as a migration tool might have made it.
public struct GeneratedRevision: Sendable {
  public var draft: RevisionDraft
  public var operations: [SchemaModel.Operation]

  public init(draft: RevisionDraft, operations: [SchemaModel.Operation]) {
    self.draft = draft
    self.operations = operations
  }
}

/// Makes histories that look like real ones: deterministic by seed, of any length and width.
///
/// Every revision fits the one before; the generator keeps the schema that it has made so far.
public struct HistoryGenerator: Sendable {
  public struct Options: Sendable {
    public var seed: UInt64
    /// How many tables there are once the history has grown up.
    public var tableCount: Int
    /// Operations of each revision, at least; a table's change may bring one or two more.
    public var operationCount: Int
    /// One of a hundred chances a revision to start a side branch, merged again a little later.
    public var forkPercent: Int
    /// Revisions carry the text of a migration.
    public var hasSources: Bool

    public init(
      seed: UInt64 = 1, tableCount: Int = 20, operationCount: Int = 4, forkPercent: Int = 0,
      hasSources: Bool = false
    ) {
      self.seed = seed
      self.tableCount = tableCount
      self.operationCount = operationCount
      self.forkPercent = forkPercent
      self.hasSources = hasSources
    }
  }

  public let options: Options
  /// The schema at the trunk's end.
  public private(set) var schema = Schema()
  private var random: SeededRandom
  private var shaper = SchemaShaper()
  private var number = 0
  private var trunk: RevisionID?
  private var side: Side?

  /// A branch beside the trunk: it works on tables of its own, so that every merge fits.
  private struct Side {
    var head: RevisionID
    var schema: Schema
    var shaper: SchemaShaper
    var operations: [SchemaModel.Operation]
    var rest: Int
  }

  public init(_ options: Options) {
    self.options = options
    random = SeededRandom(seed: options.seed)
  }

  /// The next revision; the caller records them in this order.
  public mutating func next() throws -> GeneratedRevision {
    number += 1
    if let branch = side {
      if branch.rest == 0 { return try merge(branch) }
      if random.chance(50) { return try sideRevision(branch) }
    } else if let trunk, random.chance(options.forkPercent) {
      var shaper = SchemaShaper(prefix: "side\(number)_")
      shaper.reserve(number)
      return try sideRevision(
        Side(head: trunk, schema: schema, shaper: shaper, operations: [], rest: 3))
    }
    var operations: [SchemaModel.Operation] = []
    try shaper.change(
      &schema, &operations, count: options.operationCount, tableCount: options.tableCount, &random)
    let draft = draft(parents: trunk.map { [$0] } ?? [])
    trunk = draft.id
    return GeneratedRevision(draft: draft, operations: operations)
  }

  /// The next `count` revisions.
  public mutating func next(_ count: Int) throws -> [GeneratedRevision] {
    try (0..<count).map { _ in try next() }
  }

  private mutating func sideRevision(_ branch: Side) throws -> GeneratedRevision {
    var branch = branch
    var operations: [SchemaModel.Operation] = []
    try branch.shaper.change(
      &branch.schema, &operations, count: options.operationCount, tableCount: 2, &random)
    branch.operations += operations
    branch.rest -= 1
    let draft = draft(parents: [branch.head])
    branch.head = draft.id
    side = branch
    return GeneratedRevision(draft: draft, operations: operations)
  }

  private mutating func merge(_ branch: Side) throws -> GeneratedRevision {
    side = nil
    guard let trunk else { return try next() }
    try schema.fold(branch.operations)
    let draft = draft(parents: trunk == branch.head ? [trunk] : [trunk, branch.head])
    self.trunk = draft.id
    return GeneratedRevision(draft: draft, operations: [])
  }

  private mutating func draft(parents: [RevisionID]) -> RevisionDraft {
    let id = RevisionID(Self.hex(random.next(), digits: 12))
    let names = ["Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov"]
    var draft = RevisionDraft(
      id: id, parents: parents, author: random.pick(names),
      message: "change \(number): \(random.pick(SchemaShaper.words) ?? "")",
      authored: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 3_600_000))
    if options.hasSources {
      let text = "-- \(draft.message)\nSELECT \(number);\n"
      draft.source = SourceFile(format: .sql, path: "\(id).sql", up: Array(text.utf8))
    }
    return draft
  }

  private static func hex(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String((String(repeating: "0", count: 16) + text).suffix(digits))
  }
}
