import Importers
import SchemaHistory
import SchemaModel

/// Recorded revisions of which no file is left, and whose migration stands in the folder as another one:
/// its id was changed, or what its tool takes for it in the file's name.
struct ReplacedRevisions {
  let history: History
  let graph: RevisionGraph
  let sources: [RevisionID: SourceReference]

  /// One line each, in the order of recording.
  func lines(_ drafts: [RevisionDraft]) throws -> [String] {
    let present = Set(drafts.map(\.id))
    let lost = graph.entries.filter {
      !$0.isArchived && !present.contains($0.id) && sources[$0.id] != nil
    }
    if lost.isEmpty { return [] }
    let byNeeds = Dictionary(grouping: drafts) { Set($0.parents + $0.dependsOn) }
    var replacements: [RevisionID: RevisionID] = [:]
    var lines: [String] = []
    for entry in lost {
      guard let source = sources[entry.id] else { continue }
      let needs = Set(entry.needs.map { replacements[$0] ?? $0 })
      let candidates = (byNeeds[needs] ?? []).filter { draft in
        draft.source?.format == source.format
          && graph[draft.id].map { $0.sequence > entry.sequence } ?? true
      }
      guard !candidates.isEmpty, let old = try history.source(of: entry.id) else { continue }
      let found = candidates.first { draft in
        guard let new = draft.source else { return false }
        if new.format != .alembic { return new.up == old.up }
        return new.path == old.path
          || Self.isSame(old.up, new.up, replacements.merging([entry.id: draft.id]) { $1 })
      }
      guard let found, let path = found.source?.path else { continue }
      replacements[entry.id] = found.id
      let whereabouts = path == old.path ? "" : ", recorded of \(old.path)"
      let consequence =
        source.format == .alembic
        ? "Alembic finds no \(entry.id) in databases that hold it"
        : "databases that hold \(entry.id) will run \(found.id) as well"
      lines.append(
        "\(path) is revision \(found.id) now, and no file is left of \(entry.id)\(whereabouts): the "
          + "history keeps both, as two branches, and \(consequence)")
    }
    return lines
  }

  /// Whether two files of Alembic are the same but for the ids that they name.
  private static func isSame(
    _ old: [UInt8], _ new: [UInt8], _ ids: [RevisionID: RevisionID]
  ) -> Bool {
    if old == new { return true }
    let (one, other) = (lines(old), lines(new))
    return one.count == other.count
      && zip(one, other).allSatisfy { line, change in
        line == change
          || ids.reduce(String(line)) { $0.replacing($1.key.text, with: $1.value.text) } == change
      }
  }

  private static func lines(_ bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }
}
