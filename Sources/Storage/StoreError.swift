import FileSystem
public import LMDB
public import SchemaModel
public import StoreFormat

/// Why a store cannot be read or written.
public enum StoreError: Error, Sendable, CustomStringConvertible {
  case notAStore(String)
  case alreadyAStore(String)
  case damaged(String, FormatError)
  case missingNode(ContentHash)
  case missingEvent(EventSequence)
  case inconsistent(String)
  /// The log ends before what something beside it has seen of it.
  case rolledBack(last: EventSequence, seen: LaterEvents)
  case medium(LMDBError, path: String)
  case file(String, path: String)
  /// Not the store's own: a link, a pipe, a file with a second name.
  case foreignPlace(expected: String, found: String, path: String)
  case held(by: Int?, seconds: Double, path: String)
  /// A variable of the environment that says nothing which can be heeded.
  case setting(String, expected: String, found: String)
  case segmentMissing(SegmentReference, directory: String)
  case segmentDamaged(SegmentReference, String)

  public var description: String {
    switch self {
    case .notAStore(let path):
      "expected a Strata store at \(path), found none: make one with 'strata init', or name it "
        + "with --store"
    case .alreadyAStore(let path):
      "there is a store at \(path) already: use it, or choose another place with --store"
    case .damaged(let place, let error):
      "the store is damaged: \(place): \(error); \(Self.nextStep)"
    case .missingNode(let hash):
      "the store is damaged: the snapshot node \(hash.short) is missing; \(Self.nextStep)"
    case .missingEvent(let sequence):
      "the store is damaged: event \(sequence) is missing; \(Self.nextStep)"
    case .inconsistent(let what):
      "the store is damaged: \(what); \(Self.nextStep)"
    case .rolledBack(let last, let seen):
      "nothing was written: \(seen.message(last))"
    case .medium(let error, let path): Self.text(error, path)
    case .file(let what, let path): "\(path): \(what)"
    case .foreignPlace(let expected, let found, let path):
      "expected \(expected) at \(path), found \(found); nothing was opened or changed. Copy the "
        + "store as plain files and folders, or remove what is there"
    case .held(let holder, let seconds, let path):
      "another process\(holder.map { " (\($0))" } ?? "") has been writing to the store for "
        + "\(Int(seconds)) s (\(path)); nothing was changed. Try again when it is done, or end it"
    case .setting(let name, let expected, let found):
      "expected \(expected) in \(name), found '\(VisibleText.line(found))'; nothing was changed"
    case .segmentMissing(let segment, let directory):
      "the archived events \(segment.first) to \(segment.last) are in the segment "
        + "\(segment.name), which is not in \(directory): put the file back there; "
        + Self.withoutCopy
    case .segmentDamaged(let segment, let what):
      "the segment \(segment.name) is damaged: \(what); put back a good copy of it; "
        + Self.withoutCopy
    }
  }

  private static let withoutCopy =
    "without one, 'strata verify --salvage DIR' writes what is good into a new store"

  private static let nextStep =
    "run 'strata verify' for the whole extent, and 'strata verify --salvage DIR' to write what is good into "
    + "a new store"

  /// Runs `body` and says its errors in the words of this type.
  static func mapping<T>(
    _ what: String, path: String, _ body: () throws(FileError) -> T
  ) throws(StoreError) -> T {
    do { return try body() } catch { throw .file("\(what): \(error.reason)", path: path) }
  }

  private static func text(_ error: LMDBError, _ path: String) -> String {
    if error.isDiskFull {
      return "\(path): the disk is full; nothing was changed. Make room and try again"
    }
    if error.isTooLarge {
      return
        "\(path): a file may not become as large as this needs (a limit of the shell's, `ulimit -f`, or "
        + "of the file system); nothing was changed. Raise it and try again"
    }
    if error.isMapFull {
      return
        "\(path): the log outgrows the address space that could be had for it (`ulimit -v`); nothing was "
        + "changed. Raise the limit and try again"
    }
    if error.isOutOfMemory {
      return
        "\(path): not enough memory or address space (`ulimit -v`) to map it; nothing was changed. Raise "
        + "the limit and try again"
    }
    if error.hasTooManyReaders {
      return
        "\(path): \(Environment.Options().maxReaders) reads go on already, and there may be no more at "
        + "once; nothing was changed. Try again when some of them are done"
    }
    if error.isForbidden {
      return "\(path): permission denied (\(error.action)); nothing was changed"
    }
    if error.isReadOnly {
      return "\(path): the file system is read-only (\(error.action)); nothing was changed"
    }
    if error.isInvalid {
      return
        "\(path) is no Strata log, or a damaged one (\(error)); \(nextStep)"
    }
    return "\(path): \(error)"
  }

  /// Whether bytes on disk are not what they should be.
  public var isDamage: Bool {
    switch self {
    case .damaged(_, .newerVersion), .damaged(_, .unknownKind): false
    case .damaged, .missingNode, .missingEvent, .inconsistent, .rolledBack, .segmentMissing,
      .segmentDamaged:
      true
    case .medium(let error, _): error.isInvalid
    case .notAStore, .alreadyAStore, .file, .foreignPlace, .held, .setting: false
    }
  }
}
