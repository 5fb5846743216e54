import FileSystem
public import SchemaHistory
public import SchemaModel
import StoreFormat

/// Records one revision from a SQL script: it runs in a scratch database that holds the parent's
/// schema and rows, and what became of it is recorded.
public struct ScriptRecording: Sendable {
  /// UTF-8 text.
  public var script: [UInt8]
  /// The file that it comes from, for messages and as the source's name; nil where it has none.
  public var file: String?
  /// Why.
  public var message: String
  /// Who wrote it; nil for whoever records it.
  public var author: String?
  /// The revision's id; nil for one made from its content.
  public var id: String?
  /// Any name of the head that it is expected to follow; nil for the only head.
  public var parent: String?
  /// Whether the parent may have children already.
  public var isBranch: Bool

  public init(
    script: [UInt8], file: String? = nil, message: String = "", author: String? = nil,
    id: String? = nil, parent: String? = nil, isBranch: Bool = false
  ) {
    self.script = script
    self.file = file
    self.message = message
    self.author = author
    self.id = id
    self.parent = parent
    self.isBranch = isBranch
  }

  /// - Parameter actor: who does it, as the log will name them: `Ada <ada@example.org>`.
  /// - Throws: `WorkflowError.input` for a script that is no SQL; `.engine` for one that the engine
  ///   refuses; `HistoryError.conflict` where somebody else recorded meanwhile, and others of its
  ///   kind. Nothing is recorded then.
  public func run(
    in history: History, by actor: String, _ context: WorkflowContext = WorkflowContext()
  ) throws -> RecordResult {
    let teller = Teller(context.listener)
    try history.remark(on: context, teller)
    let product = try history.product(context, teller)
    let recorded = try record(history, product, by: actor)
    history.letProjectionFollow(teller)
    for warning in recorded.revision.warnings { teller.warn(warning) }
    let operations = try history.operations(of: recorded.id)
    return RecordResult(
      recorded: recorded, operations: operations.filter { !$0.isSpelling }.map(\.operation),
      spellings: operations.filter(\.isSpelling).map(\.operation),
      heads: try history.heads(), logHead: try history.logHead(), warnings: teller.warnings)
  }

  private func record<P: Product>(
    _ history: History, _ product: P, by actor: String
  ) throws -> RecordedRevision {
    guard let text = String(validating: script, as: UTF8.self) else {
      throw WorkflowError.input(
        "expected UTF-8 text in \(file ?? "-"), found another byte at offset "
          + "\(Self.invalidOffset(script)); convert it first")
    }
    let heads = try history.heads()
    let parent = try chosenParent(heads, history)
    let draft = self.draft(parent: parent, actor)
    let cache = ScratchCache(history: history, product: product)
    let base = try self.scratch(parent, history, cache)
    let (scratch, before) = (base.scratch, base.capture)
    defer { scratch.discard() }
    let executed = try Self.execute(text, scratch, product)
    let capture = try scratch.capture(after: before, statements: executed)
    let recorded = try history.record(
      [
        Recording(
          draft: draft, change: .capture(capture), expectedParents: isBranch ? nil : heads,
          inherited: base.isJudgedAnew ? before.schema : nil)
      ], by: actor)
    cache.keep(draft.id, scratch)
    try? cache.prune()
    return recorded[0]
  }

  private static func invalidOffset(_ bytes: [UInt8]) -> Int {
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    var offset = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
    return offset
  }

  private func chosenParent(_ heads: [RevisionID], _ history: History) throws -> RevisionID? {
    guard let parent else {
      if heads.isEmpty { return nil }
      return try history.head()
    }
    guard let id = try history.point(named: parent).revision else {
      guard isBranch || heads.isEmpty else {
        throw WorkflowError.refused(
          "expected a head as the parent, found base, which everything follows; a second beginning "
            + "wants --branch")
      }
      return nil
    }
    guard isBranch || heads.contains(id) else {
      throw HistoryError.notAHead(id, heads: heads)
    }
    return id
  }

  private func draft(parent: RevisionID?, _ actor: String) -> RevisionDraft {
    let now = Timestamp.now
    let author = author ?? actor
    let seed = "\(parent?.text ?? "")\n\(author)\n\(message)\n\(now.milliseconds)\n"
    let id = id ?? ContentHash(of: Array(seed.utf8) + script).short
    var draft = RevisionDraft(
      id: RevisionID(id), parents: parent.map { [$0] } ?? [], author: author, message: message,
      authored: now,
      source: SourceFile(format: .sql, path: file.map(Files.name) ?? "\(id).sql", up: script))
    draft.tool = RevisionDraft.byHand
    return draft
  }

  /// A database that holds the parent: the cached one, else one made from the parent's baseline.
  private func scratch<P: Product>(
    _ parent: RevisionID?, _ history: History, _ cache: ScratchCache<P>
  ) throws -> RebuiltScratch<P.E.Scratch> {
    guard let parent else {
      return RebuiltScratch(
        scratch: try cache.product.engine().makeScratch(), capture: Capture(schema: Schema()),
        isJudgedAnew: false)
    }
    if let cached = try cache.cached(parent) { return cached }
    var judges = Judges(history: history, words: cache.product.words)
    do {
      if let rebuilt = try cache.product.rebuilt(parent, history) { return rebuilt }
    } catch {
      guard let advice = judges.advice(parent, now: cache.product.judge()) else { throw error }
      throw WorkflowError.engine(
        "the baseline of \(parent) does not run: \(Message(of: error)); nothing was recorded. "
          + "next: \(advice)")
    }
    let advice = judges.advice(parent, now: cache.product.judge())
    throw WorkflowError.engine(
      "expected the baseline of \(parent) to give its schema, found another one; nothing was "
        + "recorded. \(advice ?? "`strata import` on the folder records exactly")")
  }

  /// A script that is no SQL is bad input; one that the engine refuses is the engine's failure.
  private static func execute(
    _ script: String, _ scratch: some ScratchDatabase, _ product: some Product
  ) throws -> [ExecutedStatement] {
    do {
      return try scratch.run(script: script)
    } catch {
      let reason = Message(of: error)
      let isExpectation = reason.description.hasPrefix("expected ")
      let text: Message =
        (isExpectation ? "" : "expected SQL that runs on the parent's schema: ")
        + reason + "\nnothing was recorded"
      throw product.isSyntaxError(error) ? WorkflowError.input(text) : WorkflowError.engine(text)
    }
  }
}

/// What was recorded.
public struct RecordResult: Sendable {
  /// The new revision.
  public var recorded: RecordedRevision
  /// What it changed, in order.
  public var operations: [SchemaModel.Operation]
  /// What this version of the engine shows otherwise of what another one judged before; recorded
  /// before `operations`, and nobody's change.
  public var spellings: [SchemaModel.Operation]
  /// The heads after it.
  public var heads: [RevisionID]
  /// The newest event after it.
  public var logHead: LogHead
  /// All that the listener was warned of.
  public var warnings: [String]
}
