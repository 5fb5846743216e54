import FileSystem
import Importers
public import SchemaHistory
public import SchemaModel

/// Where one is: what a history holds, what its folder holds beyond it, and what is to be done next.
public struct HistoryOverview: Sendable {
  /// The store's directory.
  public var directory: String
  /// The product.
  public var dialect: Dialect
  /// The version that judged the first head; nil where it is not known.
  public var engine: String?
  /// The revisions that nothing follows, each with all that is known of it.
  public var heads: [RecordedRevision]
  /// How many revisions are in the log.
  public var liveCount: Int
  /// How many revisions are in segments that are there.
  public var archivedCount: Int
  /// The segments, oldest first.
  public var segments: [ArchivedSegment]
  /// The names of the tags, in order.
  public var tags: [String]
  /// The folder that the history's settings name; nil where none is.
  public var folder: FolderOverview?
  /// The folder whose rewriting was interrupted, as the store says.
  public var interrupted: String?
  /// What is to be done now, for people.
  public var next: String

  /// Looks, and changes nothing; no migration runs, and no Python is started.
  /// - Throws: `HistoryError` where the store cannot be read.
  public init(of history: History, _ place: UserMemory.Place = .none) throws {
    directory = history.directory
    dialect = history.dialect
    heads = try history.heads().map { try history.revision($0) }
    engine = heads.first?.revision.engine
    let entries = try history.graph().entries
    archivedCount = entries.count { $0.isArchived }
    liveCount = entries.count - archivedCount
    segments = try history.segments()
    tags = try history.tags().map(\.name)
    interrupted = try history.interruptedFolder()
    folder = try FolderOverview(of: history, place)
    next = ""
    next = try advice(history)
  }

  private func advice(_ history: History) throws -> String {
    if let interrupted {
      return "strata restore --finish \(interrupted.asShellWord), which was interrupted"
    }
    if heads.isEmpty, folder == nil {
      return "strata import alembic DIR, strata import sql DIR, or strata record FILE"
    }
    if let folder {
      if !folder.new.isEmpty { return "strata import" }
      if let problem = folder.problem { return problem }
      if !folder.changed.isEmpty {
        return
          "put back what was recorded (strata show REV), and say the change in a new migration: what "
          + "databases have run does not run again"
      }
      if !folder.missing.isEmpty {
        return "put the missing files back (strata show REV has their text)"
      }
    }
    if let joining = try history.joining(heads.map(\.id)) { return joining }
    return "nothing to do: all is recorded"
  }
}

/// What a migrations folder holds, beside what is recorded of it.
public struct FolderOverview: Sendable {
  /// The folder, by its absolute path; nil where the settings cannot be read, or name one that only the
  /// user may.
  public var source: MigrationsSource?
  /// How many migrations are there as they were recorded.
  public var recordedCount = 0
  /// The files that are not recorded, by their paths in the folder.
  public var new: [String] = []
  /// Those that are not what was recorded.
  public var changed: [String] = []
  /// What was recorded of files that are not there any more.
  public var missing: [String] = []
  /// Why the folder cannot be looked at; nil where it can.
  public var problem: String?

  /// Nil where the settings name no folder.
  init?(of history: History, _ place: UserMemory.Place) throws {
    let source: MigrationsSource?
    do {
      source = try MigrationsSource.remembered(of: history, place)
    } catch {
      problem = "\(Message(of: error))"
      return
    }
    guard let source else { return nil }
    self.source = source
    do {
      switch source {
      case .sql(let path, let settings): try look(at: settings.folder(path, of: history), history)
      case .alembic(let path, let settings):
        let files = try AlembicFolder(path, settings.lookup).files()
        let found = try RecordedFiles(history).compared(with: files)
        (new, changed, missing) = (found.new, found.changed, found.missing)
        recordedCount = files.count - new.count - changed.count
      }
    } catch let error as FolderError {
      problem = "\(Message(of: error))"
    }
  }

  private mutating func look(at folder: SQLFolder, _ history: History) throws {
    let files = try RecordedFiles(history)
    let graph = try history.graph()
    new = folder.drafts.filter { !graph.contains($0.id) }.map { $0.source?.path ?? $0.id.text }
    changed = files.changed(folder.drafts)
    missing = try files.withoutFile(Set(graph.entries.map(\.id)), in: folder)
      .filter { try history.revision($0).revision.tool != RevisionDraft.byHand }.map(\.text)
    recordedCount = folder.drafts.count - new.count - changed.count
  }
}
