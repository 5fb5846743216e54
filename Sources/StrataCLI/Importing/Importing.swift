import Importers
import SchemaHistory
import SchemaModel

/// Records what a folder's migrations make of a database, one transaction a revision.
struct Importing {
  let history: History
  let origin: String

  struct Outcome {
    var recorded: [RevisionID] = []
    var operationCount = 0
    var changed: [String]
    var warnings: [String] = []
  }

  func run<P: Product>(
    _ product: P, _ drafts: [RevisionDraft], _ graph: MigrationGraph, _ runner: some MigrationRunner
  ) throws -> Outcome {
    let files = try RecordedFiles(history)
    let known = try history.graph()
    try refuseForeign(drafts, known)
    // Before anything runs: not at the revision that has such a name.
    for draft in drafts where !known.contains(draft.id) { try draft.checkNames() }
    let cache = ScratchCache(history: history, product: product)
    let queue = RecordingQueue(history, by: Author.current)
    var outcome = Outcome(changed: files.changed(drafts))
    var work = HistoryImport(
      engine: try product.engine(), runner: runner, graph: graph)
    work.isKnown = { known.contains($0) }
    work.cached = { id in
      try cache.cached(id).map { CachedScratch(scratch: $0.0, capture: $0.1) }
    }
    work.keep = { id, scratch in
      try besideOthers { try queue.wait() }
      cache.keep(id, scratch)
      scratch.discard()
    }
    let progress = ProgressBox("import")
    work.progress = { progress.show($0.done, of: $0.total, $0.id.text) }
    do {
      try work.run { captured in
        try besideOthers {
          try queue.record(Recording(draft: captured.draft, change: .capture(captured.capture)))
        }
      }
    } catch {
      // What could not be recorded comes first; what could is durable before anybody is told.
      try besideOthers { try queue.wait() }
      throw error
    }
    for recorded in try besideOthers({ try queue.finish() }) {
      outcome.recorded.append(recorded.id)
      outcome.operationCount += recorded.revision.operationCount
      outcome.warnings += recorded.revision.warnings.map { "revision \(recorded.id): \($0)" }
    }
    Progress.clear()
    if outcome.recorded.isEmpty {
      product.sweepLeftovers()
    } else {
      try? cache.prune()
      history.letProjectionFollow()
    }
    return outcome
  }

  /// None of what is recorded now was there when this import began.
  private func besideOthers<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch HistoryError.duplicateRevision(let id) {
      throw Failure.refused(
        "somebody else recorded revision \(id) while this import ran; what was recorded before it "
          + "stays. Run the same command again to go on from there")
    }
  }

  /// A folder that shares nothing with what is recorded is another database's.
  private func refuseForeign(_ drafts: [RevisionDraft], _ known: RevisionGraph) throws {
    guard !known.entries.isEmpty, !drafts.isEmpty,
      !drafts.contains(where: { draft in
        ([draft.id] + draft.parents + draft.dependsOn).contains { known.contains($0) }
      })
    else { return }
    throw Failure.refused(
      "expected migrations of the history in \(history.directory), found none of its revisions in "
        + "\(origin); nothing was changed. Name the right folder, or another store with --store")
  }

  /// Warnings on standard error; one paragraph, or one document, on standard output.
  func report(_ outcome: Outcome, json: Bool) throws {
    for path in outcome.changed {
      Console.warn(
        "\(path) changed after it was recorded; the history keeps the recorded text "
          + "(`strata show` prints it)")
    }
    for warning in outcome.warnings { Console.warn(warning) }
    let heads = try history.heads()
    if json {
      Console.write(
        document: JSONValue.object([
          ("recorded", .texts(outcome.recorded.map(\.text))),
          ("operations", .integer(outcome.operationCount)), ("heads", .texts(heads.map(\.text))),
          ("changedFiles", .texts(outcome.changed)), ("warnings", .texts(outcome.warnings)),
          ("objects", try coverage(heads).document),
        ]).document + "\n")
    } else {
      Console.print(Line(try paragraph(outcome, heads)))
    }
  }

  private func coverage(_ heads: [RevisionID]) throws -> Coverage {
    guard let head = heads.first else { return Coverage() }
    return Coverage(of: try history.schema(at: head), try history.words())
  }

  private func paragraph(_ outcome: Outcome, _ heads: [RevisionID]) throws -> String {
    let count = outcome.recorded.count
    let headList = heads.map(\.text).sorted().joined(separator: ", ")
    let headWord = heads.count == 1 ? "Head" : "Heads"
    guard count > 0 else {
      return "Nothing new in \(origin): all its revisions are recorded. \(headWord): "
        + (headList.isEmpty ? "none" : headList)
    }
    var objects: [ObjectKind: Int] = [:]
    for head in heads.prefix(1) {
      for path in try history.schema(at: head).paths { objects[path.kind, default: 0] += 1 }
    }
    let parts = objects.keys.sorted { $0.rawValue < $1.rawValue }
      .map { Plural.text(objects[$0] ?? 0, $0.description) }
    let warnings = outcome.warnings.count + outcome.changed.count
    return [
      "Recorded \(Plural.text(count, "revision")) with "
        + "\(Plural.text(outcome.operationCount, "operation")) from \(origin).",
      parts.isEmpty ? "" : "The schema at \(heads[0]): \(parts.joined(separator: ", ")).",
      try coverage(heads).sentence(history.words()),
      warnings == 0 ? "No warnings." : "\(Plural.text(warnings, "warning")), above.",
      "\(headWord): \(headList)",
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }
}

enum Plural {
  static func text(_ count: Int, _ noun: String) -> String {
    if noun == "opaque" { return text(count, "opaque object") }
    if count == 1 || noun.hasSuffix("privileges") { return "\(count) \(noun)" }
    return noun.hasSuffix("x") ? "\(count) \(noun)es" : "\(count) \(noun)s"
  }
}

/// A progress bar that closures share.
final class ProgressBox {
  private var progress: Progress

  init(_ title: String) { progress = Progress(title) }

  func show(_ done: Int, of total: Int, _ detail: String = "") {
    progress.show(done, of: total, detail)
  }
}
