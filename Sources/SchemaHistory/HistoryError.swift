public import SchemaModel
public import Storage

/// Why a history cannot do what it was asked for: what was expected, what was found, what to do.
public enum HistoryError: ClassifiedError, Sendable, CustomStringConvertible {
  case unknownRevision(String, nearest: [String])
  case ambiguousRevision(String, candidates: [String])
  /// Where a revision is asked for and the empty schema was named.
  case baseIsNoRevision(first: RevisionID?)
  case noRevisions
  /// `joining`: how they come together, where a tool or its folder does that.
  case severalHeads([RevisionID], joining: String?)
  case notADate(String)
  case unknownObject(String, nearest: [String], absence: Absence? = nil)
  case unknownKind(String, nearest: [String])
  case ambiguousObject(String, candidates: [String])
  case duplicateRevision(RevisionID)
  case unknownTag(String, nearest: [String])
  case tagExists(String, of: RevisionID)
  case missingParent(RevisionID, of: RevisionID)
  case unusableName(String, what: String, why: String)
  /// A parent that is no head (any more).
  case notAHead(RevisionID, heads: [RevisionID])
  case conflict(expected: [RevisionID], found: [RevisionID])
  case doesNotFold(RevisionID, FoldError)
  case notExact(RevisionID, differences: [String])
  case truncationRefused(
    RevisionID, blockers: [String], nearest: RevisionID?, joining: String?)
  case nothingToTruncate(RevisionID)
  case archivedRevision(RevisionID, action: String)
  case noSegments
  case unknownSegment(String, known: [String])
  case newerSegmentFirst(String, newest: String)
  case otherDialect(Dialect, expected: Dialect, directory: String)
  case changedMeanwhile(action: String)
  case changedFiles([String], directory: String)
  case folder(String, path: String)
  /// A store's word alone leads to no folder.
  case folderNotNamed(String)
  case interruptedFolder(String)
  case store(StoreError)
  case projection(String, fault: FaultKind)
  /// A key or a checkpoint that is none.
  case unreadable(String)
  /// Sound, and not the history that was meant.
  case unexpected(String)

  /// What this error is to whoever asked: a mistake of theirs, a damaged store, a refusal that
  /// changed nothing, or a failure of the engine.
  public var fault: FaultKind {
    switch self {
    case .unknownRevision, .ambiguousRevision, .baseIsNoRevision, .noRevisions, .severalHeads,
      .notADate,
      .unknownObject, .unknownKind, .ambiguousObject, .duplicateRevision, .unknownTag, .tagExists,
      .missingParent, .unusableName,
      .unknownSegment, .otherDialect, .unreadable:
      .input
    case .projection(_, let fault): fault
    case .notAHead, .conflict, .truncationRefused, .nothingToTruncate, .archivedRevision,
      .noSegments,
      .newerSegmentFirst, .changedMeanwhile, .changedFiles, .folder, .folderNotNamed,
      .interruptedFolder:
      .refused
    case .doesNotFold, .notExact: .engine
    case .unexpected: .damaged
    case .store(let error):
      switch error {
      case .notAStore, .setting: .input
      case .alreadyAStore, .file, .foreignPlace, .held, .medium, .damaged, .missingNode,
        .missingEvent, .inconsistent, .rolledBack, .segmentMissing, .segmentDamaged:
        error.isDamage ? .damaged : .refused
      }
    }
  }
}

// No `default`: a new case does not compile without its message.
extension HistoryError {
  public var description: String {
    switch self {
    case .unknownRevision(let name, let nearest):
      "expected a revision, found none that '\(name)' names" + Self.list("; nearest: ", nearest)
    case .ambiguousRevision(let name, let candidates):
      "'\(name)' names several revisions: \(candidates.joined(separator: ", ")); write more of the id"
    case .baseIsNoRevision(let first):
      "expected a revision, found 'base', which is the empty schema before the first one"
        + (first.map { "; the first one is \($0)" } ?? "")
    case .noRevisions: "the history holds no revision yet: record or import one first"
    case .severalHeads(let heads, let joining):
      "expected one head, found \(heads.count): \(Self.ids(heads)); name the one you mean"
        + (joining.map { ", or bring them together: \($0)" } ?? "")
    case .notADate(let text):
      "expected a time such as \(TimeSpan.examples), found '\(text)'"
    case .unknownObject(let name, let nearest, let absence):
      "expected an object of the schema, found none that '\(name)' names"
        + (absence.map { ": \($0)" } ?? Self.list("; nearest: ", nearest))
    case .unknownKind(let kind, let nearest):
      "expected a kind of event, such as 'add column' or 'truncated', found '\(kind)'"
        + Self.list("; nearest: ", nearest)
    case .ambiguousObject(let name, let candidates):
      "'\(name)' names several objects: choose one of \(candidates.joined(separator: ", "))"
    case .duplicateRevision(let id):
      "the revision \(id) is recorded already: give the new one another id"
    case .unknownTag(let name, let nearest):
      "expected a tag, found none named '\(name)'" + Self.list("; nearest: ", nearest)
    case .tagExists(let name, let id):
      "the tag \(name) names \(id) already; move it with --force, or give another name"
    case .missingParent(let parent, let id):
      "expected the parent \(parent) of revision \(id) in the history, found none: record it first"
    case .unusableName(let name, let what, let why): "'\(name)' cannot be \(what): \(why)"
    case .notAHead(let id, let heads):
      "expected a head as the parent, found \(id), which others follow; the head is "
        + "\(Self.ids(heads)). Record on that, or begin a branch at \(id) with --branch"
    case .conflict(let expected, let found): Self.conflict(expected, found)
    case .doesNotFold(let id, let error): "revision \(id) was not recorded: \(error)"
    case .notExact(let id, let differences): Self.notExact(id, differences)
    case .truncationRefused(let id, let blockers, let nearest, let joining):
      "cannot truncate at \(id): \(blockers.joined(separator: "; "))"
        + (nearest.map { ". The nearest cut that works is \($0)" } ?? ". No other cut works either")
        + (joining.map { ". Behind a revision that follows all heads any cut works: \($0)" } ?? "")
    case .nothingToTruncate(let id):
      "nothing lies before \(id) that could be archived: it is the root of the history already"
    case .archivedRevision(let id, let action):
      "cannot \(action) \(id): it is archived; put its segment back first with 'strata restore'"
    case .noSegments: "nothing is archived: the history is whole, no cut is to be put back"
    case .unknownSegment(let name, let known):
      "expected a segment, found none named '\(name)'" + Self.list("; there are: ", known)
    case .newerSegmentFirst(let name, let newest):
      "cannot put back \(name) yet: put back the newer segment \(newest) first"
    case .otherDialect(let found, let expected, let directory):
      "expected a history of \(expected), found one of \(found) in \(directory); "
        + "only histories of one product can be compared"
    case .changedMeanwhile(let action):
      "somebody else wrote to the history meanwhile; nothing was changed. \(action) again"
    case .changedFiles(let files, let directory): Self.changed(files, directory)
    case .folder(let what, let path): "\(path): \(what)"
    case .folderNotNamed(let directory): Self.notNamed(directory)
    case .interruptedFolder(let directory): Self.interrupted(directory)
    case .store(let error): error.description
    case .projection(let what, _), .unreadable(let what), .unexpected(let what): what
    }
  }

  private static func conflict(_ expected: [RevisionID], _ found: [RevisionID]) -> String {
    "somebody else recorded meanwhile: expected the head \(ids(expected)), found \(ids(found)); "
      + "look at 'strata log', then record again on the new head"
  }

  private static func notExact(_ id: RevisionID, _ differences: [String]) -> String {
    "revision \(id) was not recorded: replaying its operations would not give the engine's "
      + "schema; different: \(differences.joined(separator: ", ")). Please report this"
  }

  private static func changed(_ files: [String], _ directory: String) -> String {
    "these files in \(directory) are not what was recorded: \(files.joined(separator: ", ")); "
      + "nothing was changed. Import them or put them back, or use --force to lose the changes"
  }

  private static func notNamed(_ directory: String) -> String {
    "the truncation rewrote a migrations folder too, \(directory) as the store says, and no "
      + "folder is named here; nothing was changed. Name it: --folder DIR"
  }

  private static func interrupted(_ directory: String) -> String {
    "the rewriting of a migrations folder was interrupted, \(directory) as the store says, and "
      + "that folder is not named here; nothing was changed. Finish it first: "
      + "`strata restore --finish DIR`"
  }

  static func ids(_ ids: [RevisionID]) -> String {
    ids.isEmpty ? "none" : ids.map(\.text).sorted().joined(separator: ", ")
  }

  private static func list(_ word: String, _ items: [String]) -> String {
    items.isEmpty ? "" : word + items.joined(separator: ", ")
  }
}
