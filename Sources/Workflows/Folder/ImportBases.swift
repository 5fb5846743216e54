import Importers
import SchemaHistory
import SchemaModel

/// The databases that an import goes on in.
///
/// Where another version of the engine judged what is recorded, this version may show it otherwise.
/// What it shows of the baseline is what it would show of a database that was dumped and restored; the
/// migrations, run anew, may leave another one (names that the older version did not know), and that
/// is what whoever begins today gets. So the schema is the migrations' where the two differ, and the
/// rows are as they were recorded, as far as that schema takes them.
struct ImportBases<P: Product, Runner: MigrationRunner> {
  let cache: ScratchCache<P>
  let drafts: [RevisionDraft]
  let runner: Runner
  let teller: Teller

  private var history: History { cache.history }

  /// A database that holds `id` and its ancestors; nil where the import is to run them.
  func base(_ id: RevisionID) throws -> CachedScratch<P.E.Scratch>? {
    guard let rebuilt = try cache.cached(id) else { return nil }
    let made = CachedScratch(scratch: rebuilt.scratch, capture: rebuilt.capture)
    guard rebuilt.isJudgedAnew else { return try sameSession(made, id) }
    tellVersions(id, rebuilt.capture)
    do {
      guard let run = try runAgain(id) else { return made }
      if run.capture.schema == made.capture.schema {
        run.scratch.discard()
        return made
      }
      made.scratch.discard()
      if run.capture.rows == made.capture.rows { return run }
      let schema = run.capture.schema
      if let both = try? cache.product.rebuilt(id, history, as: schema) {
        if both.capture.schema == schema, both.capture.rows == made.capture.rows {
          run.scratch.discard()
          return CachedScratch(scratch: both.scratch, capture: both.capture)
        }
        both.scratch.discard()
      }
      tellRows(id, run.capture, made.capture)
      return run
    } catch let error as ImportError {
      let reason = Message(of: error).description.prefix { !$0.isNewline }
      teller.warn(
        "the migrations up to \(id) do not run on \(rebuilt.capture.engine ?? "this version"), "
          + "where the history goes on from the baseline of \(id) instead: \(reason)")
      return made
    }
  }

  /// The same as the tool's one run leaves it, where migrations set something for those after them: no
  /// database keeps that.
  private func sameSession(_ made: CachedScratch<P.E.Scratch>, _ id: RevisionID) throws
    -> CachedScratch<P.E.Scratch>
  {
    let left = try settingsLeft(upTo: id)
    guard let (leaver, names) = left.first else { return made }
    teller.endProgress()
    if made.scratch.resume(left.map { String($0.names) }) {
      teller.note(
        "revision \(leaver) leaves \(names) set: the next ones have it, as in one run of their tool"
      )
      return made
    }
    teller.note(
      "revision \(leaver) leaves \(names) set: the migrations up to \(id) run again, so that the next "
        + "one has it as in one run of its tool")
    let run = try? runAgain(id)
    guard let run, run.capture.schema == made.capture.schema, run.capture.rows == made.capture.rows
    else {
      run?.scratch.discard()
      teller.warn(
        "the migrations up to \(id) do not make today what was recorded of them, or do not run: the next "
          + "one is without \(names), as in a database that gets it in a later run")
      return made
    }
    made.scratch.discard()
    return run
  }

  /// Oldest first. A baseline sets nothing for those after it, whatever its revision's migration did.
  private func settingsLeft(
    upTo id: RevisionID
  ) throws -> [(id: RevisionID, names: Substring)] {
    let wanted = try RunAgain.wanted(id, history)
    return try history.graph().entries.filter { wanted.contains($0.id) && !$0.isBaseline }
      .flatMap { entry in
        try history.revision(entry.id).revision.warnings.compactMap(SessionWarning.names)
          .map { (entry.id, $0) }
      }
  }

  private func tellVersions(_ id: RevisionID, _ capture: Capture) {
    let before = (try? history.revision(id))?.revision.engine
    teller.endProgress()
    teller.note(
      "\(capture.engine ?? "another version") goes on where \(before ?? "another version") judged "
        + "revision \(id)")
  }

  private func tellRows(_ id: RevisionID, _ found: Capture, _ recorded: Capture) {
    let differing = Set(found.rows.tables.keys).union(recorded.rows.tables.keys)
      .filter { found.rows.tables[$0] != recorded.rows.tables[$0] }
    guard !differing.isEmpty else { return }
    teller.warn(
      "the migrations up to \(id) ran again on \(found.engine ?? "another version") and left other "
        + "rows than were recorded in \(differing.sorted().map(\.qualifiedName).joined(separator: ", "))"
    )
  }

  /// What the migrations make today.
  /// - Returns: nil where the folder does not hold all of them.
  private func runAgain(_ id: RevisionID) throws -> CachedScratch<P.E.Scratch>? {
    let wanted = try RunAgain.wanted(id, history)
    let graph = try MigrationGraph(drafts.filter { wanted.contains($0.id) })
    guard wanted.isSubset(of: graph.order) else { return nil }
    var work = HistoryImport(
      engine: try cache.product.engine(), runner: runner, graph: graph)
    work.isKnown = { $0 != id }
    work.progress = { teller.show("run again", $0.done, of: $0.total, $0.id.text) }
    var capture: Capture?
    var scratch: P.E.Scratch?
    work.keep = { scratch = $1 }
    try work.run { capture = $0.capture }
    teller.endProgress()
    guard let capture, let scratch else { return nil }
    return CachedScratch(scratch: scratch, capture: capture)
  }
}

/// Which version of the engine judged which revision, those of a running import among them.
struct Judges {
  let history: History
  let words: any DialectWords
  /// Called before the history is read, which may be busy on another thread.
  var willRead: () throws -> Void = {}
  /// Of a revision whose engine is not known, none.
  private var engines: [RevisionID: String?] = [:]

  init(history: History, words: any DialectWords) {
    self.history = history
    self.words = words
  }

  mutating func note(_ id: RevisionID, _ engine: String?) { engines[id] = .some(engine) }

  mutating func engine(of id: RevisionID) throws -> String? {
    if let known = engines[id] { return known }
    try willRead()
    let engine = try history.revision(id).revision.engine
    engines[id] = .some(engine)
    return engine
  }

  /// Whether another version judged anything that a revision follows.
  mutating func areOthers(before draft: RevisionDraft, than capture: Capture) throws -> Bool {
    guard words.spelling(judgedBy: capture.engine) != nil else { return false }
    for parent in draft.parents + draft.dependsOn
    where words.isOther(try engine(of: parent), than: capture.engine) {
      return true
    }
    return false
  }

  /// What to do where migrations that ran once run no more: nil where the version is the same.
  mutating func advice(_ id: RevisionID, now engine: String?) -> String? {
    guard let recorded = (try? self.engine(of: id)) ?? nil, words.isOther(recorded, than: engine),
      let version = words.spelling(judgedBy: recorded)
    else { return nil }
    return "revision \(id) was recorded on \(recorded), this is \(engine ?? "another version"): "
      + "name that version with --pg-version \(version), or a server of it with --scratch"
  }
}

extension Product {
  /// The version that judges now; nil where definitions depend on none, or none can be had.
  func judge() -> String? {
    guard let scratch = try? engine().makeScratch() else { return nil }
    defer { scratch.discard() }
    return (try? scratch.capture(after: Capture(schema: Schema()), statements: []))?.engine
  }
}
