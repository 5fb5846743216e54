import Importers
import SchemaHistory
import SchemaModel

/// Which revisions the SQL files of a history are.
///
/// A file is one revision, but for those that their tool runs again when their text has changed
/// (Flyway's repeatables): each text is one, since each has done its work in the databases that ran it.
struct RecordedScripts {
  private let history: History
  private let graph: RevisionGraph
  private let sources: [RevisionID: SourceReference]
  /// By path, and by the name of the file alone, oldest first.
  private let byPath: [ExactText: [RevisionGraph.Entry]]
  private let byName: [ExactText: [RevisionGraph.Entry]]

  init(_ history: History) throws {
    self.history = history
    graph = try history.graph()
    sources = try history.knownSources()
    var byPath: [ExactText: [RevisionGraph.Entry]] = [:]
    var byName: [ExactText: [RevisionGraph.Entry]] = [:]
    for entry in graph.entries {
      guard let source = sources[entry.id], source.format == .sql else { continue }
      byPath[source.path, default: []].append(entry)
      byName[Self.name(source.path), default: []].append(entry)
    }
    self.byPath = byPath
    self.byName = byName
  }

  /// The newest revision of each file, by its path.
  var newest: [ExactText: RevisionID] { byPath.compactMapValues { $0.last?.id } }

  private static func name(_ path: String) -> ExactText {
    ExactText(path.split(separator: "/").last.map(String.init) ?? path)
  }

  /// What a repeatable of this text is, in whatever subfolder; nil for one that never ran.
  func revised(_ path: String, _ bytes: [UInt8]) -> RevisionID? {
    guard let known = byName[Self.name(path)], let first = known.first, let last = known.last
    else { return nil }
    if sources[last.id]?.up == History.sourceHash(bytes), !hasLeft(last) { return last.id }
    var number = known.count + 1
    while graph.contains(RevisionID("\(first.id)@\(number)")) { number += 1 }
    return RevisionID("\(first.id)@\(number)")
  }

  /// Whether a cut took it out of the folder: what is there under its path now has come back.
  private func hasLeft(_ entry: RevisionGraph.Entry) -> Bool {
    guard entry.isArchived, let path = sources[entry.id]?.path,
      let segments = try? history.segments()
    else { return false }
    return segments.contains { $0.folder?.removed[path] != nil }
  }

  /// Adds to a folder the repeatables that ran with another text than they have there now, or have
  /// left it: the databases in the field hold what they did.
  func recall(into folder: inout SQLFolder) throws {
    let present = Set(folder.drafts.map(\.id))
    guard present.contains(where: { graph.contains($0) }) else { return }
    for entry in graph.entries where !entry.isArchived && !present.contains(entry.id) {
      guard let path = sources[entry.id]?.path, folder.layout.isRepeatable(path),
        let source = try history.source(of: entry.id)
      else { continue }
      // One that wants a placeholder that nobody defines any more cannot run again.
      try? folder.recall(entry.id, source)
    }
  }
}
