import Importers
import SchemaHistory
import SchemaModel

/// Records what a folder's migrations make of a database, one transaction a revision.
struct ImportRun {
  let history: History
  /// The folder, as it was named.
  let origin: String
  let actor: String
  let context: WorkflowContext
  let teller: Teller
  /// Whether what was recorded by hand may become a branch beside new files.
  var mayBranch = false

  /// - Parameter known: the history's graph, as it was when `drafts` were read.
  func record(
    _ drafts: [RevisionDraft], _ graph: MigrationGraph, _ runner: some MigrationRunner,
    _ files: RecordedFiles, _ known: RevisionGraph
  ) throws -> ImportResult {
    try record(history.product(context, teller), drafts, graph, runner, files, known)
  }

  private func record<P: Product>(
    _ product: P, _ drafts: [RevisionDraft], _ graph: MigrationGraph,
    _ runner: some MigrationRunner, _ files: RecordedFiles, _ known: RevisionGraph
  ) throws -> ImportResult {
    try refuseForeign(drafts, known)
    // Before anything runs: not at the revision that has such a name.
    for draft in drafts where !known.contains(draft.id) { try history.checkNames(of: draft) }
    let cache = cache(product)
    let queue = RecordingQueue(history, by: actor)
    var result = ImportResult(origin: origin, changedFiles: files.changed(drafts))
    result.movedFiles = files.moved(drafts)
    result.replacedRevisions = try files.replaced(drafts)
    result.revisionWarnings = files.inPlaceOfArchived(drafts)
    var work = HistoryImport(
      engine: try product.engine(), runner: runner, graph: graph)
    work.isKnown = { known.contains($0) }
    let bases = ImportBases(cache: cache, drafts: drafts, runner: runner, teller: teller)
    // The history is the queue's alone while it records.
    work.cached = { id in
      try besideOthers { try queue.wait() }
      return try bases.base(id)
    }
    var judges = Judges(history: history, words: product.words)
    judges.willRead = { try besideOthers { try queue.wait() } }
    work.isJudgedAnew = { try judges.areOthers(before: $0, than: $1) }
    work.keep = { id, scratch in
      try besideOthers { try queue.wait() }
      cache.keep(id, scratch)
      scratch.discard()
    }
    work.ground = { paths in
      teller.endProgress()
      teller.note(
        "env.py itself makes \(Self.list(paths)) before any migration: what was there before them is no "
          + "part of the history")
    }
    work.progress = { teller.show("import", $0.done, of: $0.total, $0.id.text) }
    do {
      try work.run { captured in
        // Of the task in which the import runs, where it runs in one.
        try Task.checkCancellation()
        try besideOthers {
          var draft = captured.draft
          draft.tool = runner.versions
          try queue.record(
            Recording(
              draft: draft, change: .capture(captured.capture),
              inherited: captured.inherited))
        }
        judges.note(captured.draft.id, captured.capture.engine)
      }
    } catch {
      // What could not be recorded comes first; what could is durable before anybody is told.
      try besideOthers { try queue.wait() }
      throw advised(error, &judges, product)
    }
    for recorded in try besideOthers({ try queue.finish() }) {
      result.recorded.append(recorded.id)
      result.operationCount += recorded.revision.ownOperationCount
      result.revisionWarnings += recorded.revision.warnings.map { "revision \(recorded.id): \($0)" }
    }
    teller.endProgress()
    if result.recorded.isEmpty {
      product.sweepLeftovers()
    } else {
      try? cache.prune()
      history.letProjectionFollow(teller)
    }
    return result
  }

  /// Says once that recorded migrations run again.
  private func cache<P: Product>(_ product: P) -> ScratchCache<P> {
    var cache = ScratchCache(history: history, product: product)
    var isTold = false
    cache.note = { [teller] obstacle in
      if !isTold { teller.note(obstacle + "; migrations that are recorded run once more") }
      isTold = true
    }
    return cache
  }

  private static func list(_ paths: [ObjectPath]) -> String {
    paths.prefix(8).map(\.description).joined(separator: ", ")
      + (paths.count > 8 ? " and \(paths.count - 8) more" : "")
  }

  /// Migrations that ran on another version may not run on this one.
  private func advised(
    _ error: any Error, _ judges: inout Judges, _ product: some Product
  ) -> any Error {
    guard case ImportError.revisionFailed(var failure) = error, failure.isReplay,
      let advice = judges.advice(failure.id, now: product.judge())
    else { return error }
    failure.hint = advice
    return ImportError.revisionFailed(failure)
  }

  /// None of what is recorded now was there when this import began.
  private func besideOthers<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch HistoryError.duplicateRevision(let id) {
      throw WorkflowError.refused(
        "somebody else recorded revision \(id) while this import ran; what was recorded before it "
          + "stays. Run the same command again to go on from there")
    }
  }

  /// A folder that shares nothing with what is recorded is another database's.
  private func refuseForeign(_ drafts: [RevisionDraft], _ known: RevisionGraph) throws {
    if !mayBranch { try refuseFork(drafts, known) }
    guard !known.entries.isEmpty, !drafts.isEmpty,
      !drafts.contains(where: { draft in
        ([draft.id] + draft.parents + draft.dependsOn).contains { known.contains($0) }
      })
    else { return }
    throw WorkflowError.refused(
      "expected migrations of the history in \(history.directory), found none of its revisions in "
        + "\(origin); nothing was changed. Name the right folder, or another store with --store")
  }

  /// What was recorded by hand on the folder's newest would be a branch of its own beside what follows.
  private func refuseFork(_ drafts: [RevisionDraft], _ known: RevisionGraph) throws {
    let there = Set(drafts.map(\.id))
    for draft in drafts where !known.contains(draft.id) {
      for parent in draft.parents where known.contains(parent) {
        let children = known.entries.filter {
          $0.parents.contains(parent) && !there.contains($0.id)
        }
        guard
          let hand = try children.first(where: {
            try history.revision($0.id).revision.tool == RevisionDraft.byHand
          })
        else { continue }
        throw WorkflowError.refused(
          "expected \(draft.source?.path ?? draft.id.text) on the head, found \(hand.id), recorded by hand, on "
            + "\(parent), which it follows: the history would have two heads. Nothing was recorded. --branch "
            + "takes it so; databases of the folder's tool have nothing of \(hand.id), whose script `strata "
            + "show \(hand.id.text.asShellWord)` prints")
      }
    }
  }

  /// With what is to be said of it: warnings as they come to the listener, and what the schema holds
  /// now.
  func completed(_ result: ImportResult) throws -> ImportResult {
    var result = result
    for path in result.changedFiles {
      teller.warn(
        "\(path) changed after it was recorded; the history keeps the recorded text "
          + "(`strata show` prints it)")
    }
    for moved in result.movedFiles {
      teller.warn(
        "\(moved): the history keeps the order that databases ran it in. Put its down_revision and depends_on back, or, "
          + "where no database has run it, record the folder in a new store")
    }
    for replaced in result.replacedRevisions {
      teller.warn(
        "\(replaced). Put it back as it was, or, where no database has run it, record the folder in a new "
          + "store")
    }
    for warning in result.revisionWarnings { teller.warn(warning) }
    result.warnings = teller.warnings
    result.heads = try history.heads()
    // What the folder joins is not what the history does, where a file was moved or has another id.
    if result.movedFiles.isEmpty, result.replacedRevisions.isEmpty {
      result.joining = try history.joining(result.heads)
    }
    guard !result.recorded.isEmpty, let head = result.head else { return result }
    let schema = try history.schema(at: head)
    result.coverage = Coverage(of: schema, try history.words(context.dialects))
    for path in schema.paths { result.objectCounts[path.kind, default: 0] += 1 }
    return result
  }
}
