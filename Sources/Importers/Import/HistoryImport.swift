public import SchemaModel

/// Runs the migrations of a graph, each on a database that holds exactly its ancestors, and hands
/// over what became of the schema.
///
/// A line of revisions goes on in one scratch database. At a fork it is copied, once for each revision
/// that begins there but the last. A merge begins where the tool's own run from empty comes by, and the
/// ancestors that are missing there run first, in the tool's order. No more than one scratch lives for
/// each revision in whose database others have still to begin.
public struct HistoryImport<E: Engine, Runner: MigrationRunner> {
  let engine: E
  let runner: Runner
  let graph: MigrationGraph
  /// Whether a revision is recorded already: it is then run only where new ones need its database.
  public var isKnown: (RevisionID) throws -> Bool = { _ in false }
  /// A database kept from an earlier import; the import owns it from then on. Nil where there is none.
  public var cached: (RevisionID) throws -> CachedScratch<E.Scratch>? = { _ in nil }
  /// Takes over the database of each head that was recorded, to keep or to discard it.
  public var keep: (RevisionID, E.Scratch) throws -> Void = { _, scratch in scratch.discard() }
  /// Whether what a revision is made of was judged by another version than this capture of its
  /// base: what this version shows before the revision's own work is then captured as well.
  public var isJudgedAnew: (RevisionDraft, Capture) throws -> Bool = { _, _ in false }
  /// Told once what the migration tool makes by itself before any migration: it is nobody's revision,
  /// and left out of what is captured as long as it stays so.
  public var ground: ([ObjectPath]) -> Void = { _ in }
  /// Called on the importing thread after each revision that ran, replays among them.
  public var progress: (ImportProgress) -> Void = { _ in }

  public init(engine: E, runner: Runner, graph: MigrationGraph) {
    self.engine = engine
    self.runner = runner
    self.graph = graph
  }

  /// Calls `record` once for each new revision, ancestors first.
  /// - Throws: `ImportError` at the first revision that fails; the engine's error; what `record`
  ///   throws. Everything recorded until then stays.
  @discardableResult
  public func run(record: (CapturedRevision) throws -> Void) throws -> ImportSummary {
    var course = ImportCourse(self)
    defer { course.discardAll() }
    try course.plan()
    try course.run(record)
    return course.summary
  }
}

struct ImportCourse<E: Engine, Runner: MigrationRunner> {
  private enum Step {
    case skip
    case replay
    case record
  }

  private let order: HistoryImport<E, Runner>
  private let graph: MigrationGraph
  private var steps: [Step]
  private var stages: [Int: Stage<E.Scratch>] = [:]
  private var beginnings: Beginnings<Runner>
  /// How many others still have to begin in a revision's database.
  private var waiting: [Int]
  private var done = 0
  private var ground = Ground()
  private(set) var summary = ImportSummary()

  init(_ order: HistoryImport<E, Runner>) {
    self.order = order
    graph = order.graph
    beginnings = Beginnings(order.graph, order.runner)
    steps = graph.revisions.map { _ in .skip }
    waiting = graph.revisions.map { _ in 0 }
  }

  /// Marks what is new, and which known revisions must run again to get a database for it.
  mutating func plan() throws {
    let known = try graph.revisions.map { try order.isKnown($0.id) }
    try beginnings.learn(known.indices.filter { !known[$0] })
    for number in steps.indices where !known[number] {
      steps[number] = .record
      var base = try beginnings.base(of: number)
      // Where one has no database, the next before it mostly has none either, and asking is dear.
      var (distance, next) = (0, 0)
      while let needed = base, known[needed], steps[needed] == .skip, stages[needed] == nil {
        defer { distance += 1 }
        let isAsked = distance == next
        if isAsked { next = max(1, 2 * next) }
        if isAsked, let cached = try order.cached(graph.revisions[needed].id) {
          var applied = graph.ancestors(ofNumber: needed)
          applied.insert(needed)
          stages[needed] = Stage(
            scratch: cached.scratch, applied: applied, lastCapture: cached.capture)
          break
        }
        steps[needed] = .replay
        base = try beginnings.base(of: needed)
      }
    }
    for number in steps.indices where steps[number] != .skip {
      if let base = try beginnings.base(of: number) { waiting[base] += 1 }
    }
  }

  mutating func run(_ record: (CapturedRevision) throws -> Void) throws {
    let total = steps.count { $0 != .skip }
    for number in steps.indices {
      let started = ContinuousClock.now
      switch steps[number] {
      case .skip: continue
      case .replay: try replay(number)
      case .record: try self.record(number, since: started, record)
      }
      done += 1
      order.progress(
        ImportProgress(
          done: done, total: total, id: graph.revisions[number].id,
          seconds: Self.seconds(since: started), isReplay: steps[number] == .replay))
    }
  }

  mutating func discardAll() {
    for stage in stages.values { stage.scratch.discard() }
    stages = [:]
  }

  private mutating func replay(_ number: Int) throws {
    var stage = try takeBase(of: number)
    do {
      try prepare(&stage, for: number)
      try runOn(&stage, beginnings.missing(number, besides: stage.applied) + [number])
    } catch {
      stage.scratch.discard()
      guard case ImportError.revisionFailed(var failure) = error else { throw error }
      failure.isReplay = true
      throw ImportError.revisionFailed(failure)
    }
    summary.replayed.append(graph.revisions[number].id)
    try settle(stage, number)
  }

  private mutating func record(
    _ number: Int, since started: ContinuousClock.Instant,
    _ record: (CapturedRevision) throws -> Void
  ) throws {
    var draft = graph.revisions[number]
    var stage = try takeBase(of: number)
    var captured: CapturedRevision
    do {
      var before = Capture(schema: Schema())
      let replayed = beginnings.missing(number, besides: stage.applied)
      var isLinear = false
      var inherited: Schema?
      do {
        try prepare(&stage, for: number)
        before = try stage.settledCapture()
        if try order.isJudgedAnew(draft, before) {
          if !replayed.isEmpty { try runOn(&stage, replayed) }
          before = try stage.settledCapture()
          inherited = before.schema
          try runOn(&stage, [number])
        } else {
          try runOn(&stage, replayed + [number])
        }
      } catch ImportError.revisionFailed(let failure) {
        try retryLinearly(number, &stage, &before, after: failure)
        isLinear = true
        inherited = nil
        let warning = linearWarning(number, failure)
        draft.warnings.append(warning)
        summary.warnings.append("revision \(draft.id): " + warning)
      }
      draft.warnings += stage.warnings
      let capture = try stage.capture(after: before, of: draft)
      stage.lastCapture = capture
      captured = CapturedRevision(
        draft: draft, base: try beginnings.base(of: number).map { graph.revisions[$0].id },
        before: ground.leftOut(of: before), inherited: inherited.map { ground.leftOut(of: $0) },
        capture: ground.leftOut(of: capture),
        replayed: isLinear ? [] : replayed.map { graph.revisions[$0].id }, isLinear: isLinear,
        seconds: Self.seconds(since: started))
      try record(captured)
    } catch {
      stage.scratch.discard()
      throw error
    }
    stage.pending = []
    summary.recorded.append(draft.id)
    try settle(stage, number)
  }

  private func linearWarning(_ number: Int, _ failure: RevisionFailure) -> String {
    let isAlone = graph.ancestors(ofNumber: number).members != Array(0..<number)
    return "it does not run "
      + (isAlone ? "on its ancestors alone" : "behind its ancestors in the order of its tool")
      + " (\(failure.id): \(failure.reasonLine)); captured after everything that comes before it in the "
      + "order \(isAlone ? "" : "of the history ")instead"
  }

  /// For a side branch that cannot run on its ancestors alone: everything earlier runs first.
  private mutating func retryLinearly(
    _ number: Int, _ stage: inout Stage<E.Scratch>, _ before: inout Capture,
    after failure: RevisionFailure
  ) throws {
    let earlier = Array(0..<number)
    guard try beginnings.earlier(than: number) != earlier else {
      throw ImportError.revisionFailed(failure)
    }
    stage.scratch.discard()
    stage = try emptyStage()
    do {
      try prepare(&stage, for: number)
      try runOn(&stage, earlier)
      before = try stage.settledCapture()
      try runOn(&stage, [number])
    } catch ImportError.revisionFailed {
      // What it said where it should have run is what helps.
      throw ImportError.revisionFailed(failure)
    }
  }

  /// What the tool makes before any migration is there before what is compared.
  private mutating func prepare(_ stage: inout Stage<E.Scratch>, for number: Int) throws {
    guard !stage.isPrepared else { return }
    stage.isPrepared = true
    let id = graph.revisions[number].id
    var statements: [ExecutedStatement]?
    try stage.scratch.overcoming { statements = try order.runner.prepare(stage.scratch, for: id) }
    guard let statements else { return }
    ground.preparations.formUnion(statements.map(\.sql))
    let before = try stage.settledCapture()
    stage.lastCapture = try stage.scratch.capture(after: before, statements: statements)
    let made = ground.learn(before, stage.lastCapture)
    if !made.isEmpty { order.ground(made) }
  }

  private mutating func runOn(_ stage: inout Stage<E.Scratch>, _ numbers: [Int]) throws {
    var statements: [ExecutedStatement] = []
    var warnings: [String] = []
    var waiting = numbers.map { graph.revisions[$0].id }[...]
    try stage.scratch.overcoming {
      guard !waiting.isEmpty else { return }
      try order.runner.runTogether(Array(waiting), on: stage.scratch) {
        statements += $0.statements
        warnings += $0.warnings
        waiting = waiting.dropFirst()
      }
    }
    stage.pending += statements
    ground.ownStatements = order.runner.ownStatements
    stage.warnings = warnings + ground.warnings(of: statements)
    for number in numbers { stage.applied.insert(number) }
  }

  private func emptyStage() throws -> Stage<E.Scratch> {
    Stage(
      scratch: try order.engine.makeScratch(),
      applied: NumberSet(capacity: graph.revisions.count),
      lastCapture: Capture(schema: Schema()))
  }

  /// The database that a revision runs on: the base's own for the last that begins there, a copy before.
  private mutating func takeBase(of number: Int) throws -> Stage<E.Scratch> {
    guard let base = try beginnings.base(of: number) else { return try emptyStage() }
    guard var stage = stages[base] else {
      preconditionFailure("revision \(graph.revisions[base].id) has no database for its child")
    }
    waiting[base] -= 1
    if waiting[base] == 0 {
      stages[base] = nil
      return stage
    }
    _ = try stage.settledCapture()
    stages[base] = stage
    stage.scratch = try stage.scratch.copy()
    return stage
  }

  /// Keeps a database for those that begin in it, hands a head's over, lets go of the rest.
  private mutating func settle(_ stage: Stage<E.Scratch>, _ number: Int) throws {
    if waiting[number] > 0 {
      stages[number] = stage
    } else if graph.hasChildren(number) {
      stage.scratch.discard()
    } else {
      try order.keep(graph.revisions[number].id, stage.scratch)
    }
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = start.duration(to: .now).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
