#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
internal import FileSystem
public import SchemaModel
import Storage
import StoreFormat

/// The history of one database's schema: recorded, asked, truncated, verified.
///
/// One value serves one thread at a time; several processes may each have their own on one store.
public final class History {
  /// The version of Strata, by PEP 440 too; a new store notes it as its writer. It stands here and
  /// nowhere else: tools/wheel reads this line.
  public static let version = "0.1.0"

  /// The store's directory.
  public let directory: String
  public let dialect: Dialect
  private(set) var store: Store
  /// Where a name without a namespace is looked up first: the dialect's word (PostgreSQL's
  /// `public`), told by whoever opened the history; empty where the dialect has none.
  public var defaultNamespace = ""
  let objects = ObjectCache()
  /// The object that was asked for last.
  var lastObject: (content: ContentHash, object: SchemaObject)?
  var segmentLogs: [SegmentReference: ArchivedLog] = [:]
  /// Where a projection was kept by this value that had followed other events than the log's: the log was
  /// set back, or is another's.
  public internal(set) var keptProjection: String?
  /// The segments of whose events the projection has none, as it was last asked or made anew: one of them
  /// was not in the archive when it was made.
  public internal(set) var unprojectedSegments: [ArchivedSegment] = []
  /// What signs whatever this value writes, and in whose name.
  var signer: (key: SigningKey, actor: String)?
  /// Whether the log was found to be the newest there is, as far as anything beside it tells.
  var isKnownNewest = false
  /// The state that questions are answered from, where several belong together.
  var held: HeldState?
  /// What the last recording ended with: the next one mostly begins there.
  var lastSchema: (root: ContentHash, schema: Schema, mark: Capture.Mark?)?
  var lastRows: (rows: SeedRows, root: ContentHash?)?

  private init(store: Store) throws {
    self.store = store
    directory = store.directory
    dialect = try store.read { try $0.state().dialect }
  }

  /// Makes an empty history in a new store. `keptTables` are tables of migration tools that are to
  /// be part of the schema; else these are left out.
  /// - Throws: `HistoryError.unusableName` for a dialect whose name no store can hold, before
  ///   anything is made; `HistoryError.store`: `alreadyAStore`, or the medium's error.
  public static func create(
    at directory: String, dialect: Dialect, keptTables: [String] = [], by actor: String
  ) throws -> History {
    guard dialect.isUsable else {
      throw HistoryError.unusableName(
        dialect.rawValue, what: "the name of a dialect",
        why: "it has 1 to \(Dialect.byteCountMax) of a-z, 0-9 and _, a letter first; rename it in "
          + "the code that registers the dialect")
    }
    try checkPlace(directory)
    return try translating {
      let opening = Opening(
        dialect: dialect, writer: "strata \(version)",
        keptTables: Set<ExactText>(keptTables).texts.sorted())
      return try History(
        store: Store.create(at: directory, opening: opening, by: actor, now: Timestamp.now))
    }
  }

  /// Opens a history. A rewriting of a migrations folder that was interrupted stays so: a store's
  /// word is not enough to write to a folder (`finishFolder`).
  /// - Throws: `HistoryError.store`: not a store, a newer format, damage, the medium's error.
  public static func open(at directory: String, readOnly: Bool = false) throws -> History {
    try checkPlace(directory)
    return try translating {
      try History(store: Store.open(at: directory, readOnly: readOnly))
    }
  }

  /// Whether no writer knows of this reader, which may not write the log's lock file.
  public var isUncounted: Bool { store.isUncounted }

  /// Whether what was read may have been overwritten meanwhile: only where whoever reads may not write the
  /// log's lock file, so that no writer knows of it.
  public var isOvertaken: Bool { store.isOvertaken }

  /// A relative path is read from the working directory each time: whoever changes that gives an
  /// absolute one.
  private static func checkPlace(_ directory: String) throws(HistoryError) {
    if Files.isPath(directory) { return }
    throw .unusableName(
      directory, what: "the folder of a store", why: "name a folder, as in .strata")
  }

  /// After another process compacted the log: what is open is the one before that.
  func reopen() throws {
    segmentLogs = [:]
    store = try Store.open(at: directory, readOnly: store.isReadOnly)
  }

  static func translating<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as StoreError {
      throw HistoryError.store(error)
    }
  }

  /// Reads one consistent state of the live log: the one that is held, where one is.
  func read<T>(_ body: (LogReader) throws -> T) throws -> T {
    try Self.translating {
      guard let held else { return try store.read(body) }
      return try store.read(held.live, body)
    }
  }

  /// - Throws: `HistoryError.store`, with `.rolledBack` for a log that lacks events which were there.
  func write<T>(_ body: (LogWriter) throws -> T) throws -> T {
    try expectNewest()
    return try Self.translating {
      try store.write { log in
        let first = log.state.lastSequence.next
        let result = try body(log)
        try sign(from: first, in: log)
        return result
      }
    }
  }

  /// Runs several steps as the only writer.
  func exclusively<T>(_ body: () throws -> T) throws -> T {
    try expectNewest()
    return try Self.translating { try store.withWriterLock(body) }
  }

  /// The bookkeeping tables that the history's migration tools keep in a database.
  public func runners() throws -> [RunnerTable] { try read { try $0.state().runners } }

  /// Which tables an engine leaves out of what it captures for this history.
  public func runnerTables() throws -> RunnerTables {
    let state = try read { try $0.state() }
    return RunnerTables(noted: state.runners.map(\.name), kept: state.keptTables)
  }
}

extension Timestamp {
  /// The clock's time.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
