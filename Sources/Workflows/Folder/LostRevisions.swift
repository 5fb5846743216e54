import Importers
import SchemaHistory
import SchemaModel

/// Revisions whose files the migrations folder does not hold any more, and nothing that is there
/// follows: a branch that was recorded, and then deleted or renamed. History keeps them; a folder that
/// is cut has nothing to do with them.
struct LostRevisions {
  let source: MigrationsSource?
  let project: AlembicProject?
  let history: History

  /// - Parameter root: the cut; what it is made of is not left to itself.
  func find(besides root: RevisionID) throws -> Set<RevisionID> {
    guard let source else { return [] }
    let graph = try history.graph()
    let made = graph.ancestors(of: root)
    let sources = try history.knownSources()
    let folder = try MigrationFolder(source.root())
    let others = graph.entries.filter { !made.contains($0.id) && !$0.isArchived }
    var lost: Set<RevisionID> = []
    for entry in others {
      guard let source = sources[entry.id] else { continue }
      // No folder ever had its file: it is a branch like any other.
      if try history.revision(entry.id).revision.tool == RevisionDraft.byHand { continue }
      // With other bytes it may be another revision's.
      if try folder.read(source.path).map(History.sourceHash) != source.up { lost.insert(entry.id) }
    }
    if lost.isEmpty { return [] }
    // A file may have another name now.
    lost.subtract(try present(source).map(\.id))
    for entry in others.reversed() where !lost.contains(entry.id) { lost.subtract(entry.needs) }
    return lost
  }

  /// What the folder holds now.
  func present(_ source: MigrationsSource) throws -> [RevisionDraft] {
    if let project {
      let files = try RecordedFiles(history)
      return try project.folder.drafts(through: project.bridge) { files.draft($0, $1) }
    }
    guard case .sql(let path, let settings) = source else { return [] }
    return try settings.folder(path, of: history).drafts
  }
}
