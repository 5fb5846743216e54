import Importers
import SchemaHistory
import SchemaModel

/// What the history knows of migration files: which revision has which text.
final class RecordedFiles {
  private let history: History
  private let sources: [RevisionID: SourceReference]
  private let byPath: [ExactText: [RevisionID]]
  /// Files that a truncation put in the place of archived ones, by path.
  private var baselines: [ExactText: ContentHash] = [:]
  private let archived: Set<RevisionID>
  /// Those of them that no file of the folder stands for any more.
  private let gone: Set<RevisionID>
  private let graph: RevisionGraph
  /// Revisions whose files were found to be what was recorded.
  private var unchanged: Set<RevisionID> = []

  init(_ history: History) throws {
    self.history = history
    sources = try history.knownSources()
    var byPath: [ExactText: [RevisionID]] = [:]
    for (id, source) in sources { byPath[source.path, default: []].append(id) }
    self.byPath = byPath
    graph = try history.graph()
    let entries = graph.entries
    archived = Set(entries.filter(\.isArchived).map(\.id))
    gone = Set(entries.filter { $0.isArchived && !$0.isBaseline }.map(\.id))
    for segment in try history.segments() {
      for (path, hash) in segment.folder?.added ?? [:] { baselines[path] = hash }
    }
  }

  /// Whether these bytes are the baseline that a truncation wrote to `path`.
  private func isBaseline(_ path: String, _ bytes: [UInt8]) -> Bool {
    guard let hash = baselines[path] else { return false }
    return hash == History.sourceHash(bytes)
  }

  /// The draft as it was recorded, for a file whose bytes are what was recorded.
  func draft(_ path: String, _ bytes: [UInt8]) -> RevisionDraft? {
    let hash = History.sourceHash(bytes)
    let isBaseline = isBaseline(path, bytes)
    for id in byPath[path] ?? [] where isBaseline || sources[id]?.up == hash {
      guard let recorded = try? history.revision(id) else { continue }
      let revision = recorded.revision
      unchanged.insert(id)
      return RevisionDraft(
        id: id, parents: isBaseline ? [] : revision.parents,
        dependsOn: isBaseline ? [] : revision.dependsOn, labels: revision.labels,
        author: revision.author, message: revision.message, authored: revision.authored,
        source: SourceFile(format: .alembic, path: path, up: bytes))
    }
    return nil
  }

  /// Of files of Alembic that nobody reads now: which are nobody's, which are recorded otherwise, and the
  /// recorded ones that are not among them.
  func compared(
    with files: [(path: String, bytes: [UInt8])]
  ) -> (new: [String], changed: [String], missing: [String]) {
    var (new, changed): ([String], [String]) = ([], [])
    let hashes = Set(sources.values.map(\.up))
    for (path, bytes) in files where !isBaseline(path, bytes) {
      let hash = History.sourceHash(bytes)
      let recorded = byPath[path] ?? []
      // A file that only has another name is recorded.
      if recorded.isEmpty
        ? hashes.contains(hash) : recorded.contains(where: { sources[$0]?.up == hash })
      {
        continue
      }
      if recorded.isEmpty { new.append(path) } else { changed.append(path) }
    }
    let there = Set(files.map { ExactText($0.path) })
    let kept = Set(files.map { History.sourceHash($0.bytes) })
    let missing = sources.filter { id, source in
      source.format == .alembic && !archived.contains(id) && !there.contains(ExactText(source.path))
        && !kept.contains(source.up)
    }
    return (new, changed, missing.map(\.value.path).sorted())
  }

  /// Those of these revisions whose files the folder lacks, though no cut took them out.
  func withoutFile(_ ids: Set<RevisionID>, in folder: SQLFolder) -> [RevisionID] {
    let there = Set(folder.drafts.map(\.id) + folder.earlier.map(\.id))
    return ids.filter { id in
      sources[id]?.format == .sql && !there.contains(id) && !archived.contains(id)
    }.sorted()
  }

  /// Of files that are new, or are there again with another text, and have the version of a revision that
  /// a cut has archived: they are nobody's migrations.
  func inPlaceOfArchived(_ drafts: [RevisionDraft]) -> [String] {
    let changed = Set(changed(drafts, besides: []).map { ExactText($0) })
    return drafts.filter { gone.contains($0.id) }.compactMap { draft in
      guard let path = draft.source?.path, changed.contains(ExactText(path)) else { return nil }
      let recorded = sources[draft.id].map { $0.path == path ? "" : ", recorded of \($0.path)" }
      return
        "\(path) has the version or the id of revision \(draft.id)\(recorded ?? ""), which a cut "
        + "has archived: it is not recorded, and databases that hold \(draft.id) will not run it. Give it "
        + "one of its own, behind the newest"
    }
  }

  /// The graph of a folder of Alembic. What follows a revision that a cut took out of the folder cannot
  /// be there: its tool would not find that one, either.
  /// - Throws: `GraphError`; `WorkflowError.input`.
  func graph(of drafts: [RevisionDraft]) throws -> MigrationGraph {
    do {
      return try MigrationGraph(drafts)
    } catch {
      throw archivedParent(error) ?? error
    }
  }

  private func archivedParent(_ error: any Error) -> (any Error)? {
    let (name, id, file): (String, RevisionID, String)
    switch error as? GraphError {
    case .missingParent(let parent, let child, let path, _):
      (name, id, file) = (parent, child, path)
    case .missingDependency(let needed, let child, let path, _):
      (name, id, file) = (needed, child, path)
    default: return nil
    }
    // Alembic takes the beginning of an id for the whole.
    let found = gone.filter { $0.text == name || name.count > 3 && $0.text.hasPrefix(name) }
    guard let parent = found.first, found.count == 1 else { return nil }
    let heads = graph.heads.map(\.text).sorted().joined(separator: ", ")
    return WorkflowError.input(
      "revision \(id) (\(file)) comes after \(parent), which a cut has archived: no file has that id, and "
        + "Alembic does not find it, either. Let it follow the newest (\(heads)), or bring the archived "
        + "ones back with `strata restore` first")
  }

  /// Of files of Alembic that follow other revisions now than when theirs was recorded.
  func moved(_ drafts: [RevisionDraft]) -> [String] {
    drafts.compactMap { draft in
      guard !unchanged.contains(draft.id), !gone.contains(draft.id), let entry = graph[draft.id],
        !entry.isBaseline, let source = draft.source, source.format == .alembic,
        Set(draft.parents + draft.dependsOn) != Set(entry.needs),
        // Of a folder that several histories share, another one's cut.
        DialectBlock.blocks(in: String(decoding: source.up, as: UTF8.self)).isEmpty
      else { return nil }
      return
        "\(source.path) follows \(Self.list(draft.parents + draft.dependsOn)) now, and followed "
        + "\(Self.list(entry.needs)) when revision \(draft.id) was recorded"
    }
  }

  private static func list(_ ids: [RevisionID]) -> String {
    ids.isEmpty ? "nothing" : ids.map(\.text).joined(separator: " and ")
  }

  /// Of recorded revisions without a file, whose migration is in the folder as another one.
  func replaced(_ drafts: [RevisionDraft]) throws -> [String] {
    try ReplacedRevisions(history: history, graph: graph, sources: sources).lines(drafts)
  }

  /// The names of files that are not what was recorded for their revision.
  func changed(_ drafts: [RevisionDraft]) -> [String] { changed(drafts, besides: gone) }

  private func changed(_ drafts: [RevisionDraft], besides left: Set<RevisionID>) -> [String] {
    drafts.compactMap { draft in
      guard !left.contains(draft.id), !unchanged.contains(draft.id), let source = draft.source,
        let known = sources[draft.id]
      else { return nil }
      if known.up == History.sourceHash(source.up) {
        guard let down = source.down, let recorded = known.down else { return nil }
        return recorded == History.sourceHash(down) ? nil : source.downPath ?? source.path
      }
      return isBaseline(source.path, source.up) ? nil : source.path
    }
  }
}
