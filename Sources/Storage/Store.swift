import FileSystem
import Glibc
import LMDB
public import SchemaModel
import StoreFormat

/// The directory on disk that holds a history: `log/` (an LMDB environment), `archive/` (segments)
/// and `projection.sqlite`.
public final class Store: Sendable {
  /// The path by which it was opened.
  public let directory: String
  /// Whether it was opened for reading only: writing fails then.
  public let isReadOnly: Bool
  let environment: Environment
  let databases: LogDatabases
  /// Nil where the store is only read.
  private let lock: WriterLock?

  /// Where the live log is.
  public var logPath: String { Self.logPath(directory) }
  /// Where the segments are; made by the first truncation.
  public var archivePath: String { directory + "/archive" }
  /// Where the projection is, if somebody asked for it already.
  public var projectionPath: String { directory + "/projection.sqlite" }

  /// Where a projection is kept that had followed other events than the log's, up to this one.
  public func keptProjectionPath(_ last: EventSequence) -> String {
    directory + "/projection.sqlite.old-\(last)"
  }

  static func logPath(_ directory: String) -> String { directory + "/log" }

  /// The last transaction when it was opened, where no writer knows of this reader; else nil.
  private let uncountedSince: Int?

  /// Whether no writer knows of this reader, which may not write the log's lock file.
  public var isUncounted: Bool { uncountedSince != nil }

  /// Whether what was read may have been overwritten meanwhile. A transaction reuses pages that were given
  /// up before the one before it: behind one commit everything that was read is still there.
  public var isOvertaken: Bool {
    guard let uncountedSince, let now = try? environment.information().lastTransaction else {
      return false
    }
    return now > uncountedSince + 1
  }

  private init(
    directory: String, environment: Environment, databases: LogDatabases, lock: WriterLock?,
    readOnly: Bool = false, uncountedSince: Int? = nil
  ) throws {
    self.directory = directory
    self.uncountedSince = uncountedSince
    self.environment = environment
    self.databases = databases
    // The environment may be another value's of this process, which writes.
    isReadOnly = readOnly || environment.options.isReadOnly
    self.lock = isReadOnly ? nil : try lock ?? WriterLock(directory: directory)
  }

  /// Makes an empty store; its first event says so. One that was being made when its maker was stopped
  /// is made to the end.
  /// - Throws: `StoreError.alreadyAStore`; `.medium` where nothing can be written there.
  public static func create(
    at directory: String, opening: Opening, by actor: String, now: Timestamp
  ) throws -> Store {
    var state = StoreState(dialect: opening.dialect)
    state.keptTables = opening.keptTables
    return try create(at: directory, beginningWith: state) { log in
      try log.append(.opened(opening), at: now, by: actor)
    }
  }

  /// Makes a store whose first transaction is what `body` writes.
  /// - Parameter state: what the log says of itself before that.
  static func create(
    at directory: String, beginningWith state: StoreState, _ body: (LogWriter) throws -> Void
  ) throws -> Store {
    try StorePlaces.check(directory)
    try expectNoStore(at: directory)
    let log = logPath(directory)
    try StoreError.mapping("cannot make the folder", path: log) { () throws(FileError) in
      try Files.makeDirectory(log)
    }
    let lock = try WriterLock(directory: directory)
    return try translating(log) {
      try lock.withLock {
        // Another process may have made it meanwhile.
        try expectNoStore(at: directory)
        try removeUnfinished(log)
        let environment = try Environment.open(path: log)
        let databases = try LogDatabases(in: environment, create: true)
        try environment.write { transaction in
          let log = LogWriter(transaction: transaction, databases: databases, state: state)
          try body(log)
          try log.finish()
        }
        // What is recorded later is as durable as the names that lead to it.
        for folder in [log, directory, Files.parent(of: directory) ?? "."] { try sync(folder) }
        return try Store(
          directory: directory, environment: environment, databases: databases, lock: lock)
      }
    }
  }

  /// Opens a store. Whoever may not write the log's lock file, where LMDB counts readers, can read it,
  /// too: `isOvertaken` says afterwards whether writers may have overwritten what was read.
  /// - Throws: `StoreError.notAStore`, `.damaged` (also for a newer format), `.medium`.
  public static func open(at directory: String, readOnly: Bool = false) throws -> Store {
    let log = logPath(directory)
    try StorePlaces.check(directory)
    try expectLog(at: directory)
    if !readOnly { try StorePlaces.expectWritable(log: log) }
    let isCounted = !readOnly || StorePlaces.mayCountReaders(log: log)
    return try translating(log) {
      let environment = try Environment.open(
        path: log, options: Environment.Options(isReadOnly: readOnly, usesLock: isCounted))
      let databases: LogDatabases
      do {
        databases = try LogDatabases(in: environment, create: false)
      } catch StoreError.notAStore {
        throw try isUnfinished(log)
          ? StoreError.notAStore(directory)
          : StoreError.inconsistent("its log lacks a database that every log has")
      }
      let store = try Store(
        directory: directory, environment: environment, databases: databases, lock: nil,
        readOnly: readOnly,
        uncountedSince: isCounted ? nil : environment.information().lastTransaction)
      // Refuses a format that is newer than this program, before anything is read by its rules.
      do {
        _ = try store.read { try $0.state() }
      } catch StoreError.inconsistent(let what) {
        throw try isUnfinished(log)
          ? StoreError.notAStore(directory) : StoreError.inconsistent(what)
      }
      return store
    }
  }

  /// Reads one consistent state.
  public func read<T>(_ body: (LogReader) throws -> T) throws -> T {
    try Self.translating(logPath) {
      try environment.read { transaction in
        try body(LogReader(transaction: transaction, databases: databases))
      }
    }
  }

  /// Reads a state that is held.
  public func read<T>(_ held: HeldLog, _ body: (LogReader) throws -> T) throws -> T {
    try Self.translating(logPath) { try body(held.reader) }
  }

  /// Begins to read one consistent state that lasts as long as the value that is given.
  public func hold() throws -> HeldLog {
    try Self.translating(logPath) { try HeldLog(environment, databases) }
  }

  /// Writes one durable transaction; nothing is changed where `body` throws.
  /// - Throws: `StoreError.held` where another process does not end its own.
  public func write<T>(_ body: (LogWriter) throws -> T) throws -> T {
    try withWriterLock {
      var end: SeenEvent?
      var isPassed = false
      let seen = seenEvent()
      let result = try exclusively { transaction in
        let reader = LogReader(transaction: transaction, databases: databases)
        let state = try reader.state()
        try reader.checkEnd(state, before: try transaction.number)
        isPassed = try seen.map { try reader.goesThrough($0) == true } ?? false
        let log = LogWriter(transaction: transaction, databases: databases, state: state)
        let result = try body(log)
        try log.finish()
        end = SeenEvent(log.state.lastSequence, log.state.lastHash)
        return result
      }
      if let end {
        try mark(end.sequence)
        // The log is the one that was seen: what a later one must go through has moved on with it.
        if isPassed { try writerLock().note(end) }
      }
      return result
    }
  }

  func mark(_ last: EventSequence) throws { try writerLock().mark(last) }

  /// Runs several transactions, and what lies between them, as the only writer.
  /// - Throws: `StoreError.medium` where the store was opened for reading; what `body` throws.
  public func withWriterLock<T>(_ body: () throws -> T) throws -> T {
    try writerLock().withLock(body)
  }

  func writerLock() throws -> WriterLock {
    guard let lock else {
      throw StoreError.medium(
        LMDBError(code: EACCES, action: "write to \(logPath), which is open read-only"),
        path: logPath)
    }
    return lock
  }

  /// Runs `body` as the only writer of the log that is at the store's path now.
  func exclusively<T>(_ body: (WriteTransaction) throws -> T) throws -> T {
    try Self.translating(logPath) {
      try writerLock().withLock {
        try environment.write { transaction in
          try checkIsCurrent()
          return try body(transaction)
        }
      }
    }
  }

  /// Bytes of the log that are in use.
  public func usedByteCount() throws -> UInt64 {
    UInt64(clamping: try environment.information().usedBytes)
  }

  /// Writes a copy of the log without free pages to a new file.
  /// - Throws: `StoreError.medium`.
  public func copyCompact(to file: String) throws {
    try Self.translating(file) { try environment.copyCompact(to: file) }
  }

  /// Makes what was renamed, made or removed in a folder durable.
  static func sync(_ folder: String) throws(StoreError) {
    try StoreError.mapping("cannot sync the folder", path: folder) { () throws(FileError) in
      try DirectorySync.sync(folder)
    }
  }

  static func translating<T>(_ path: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as LMDBError {
      throw StoreError.medium(error, path: path)
    } catch let error as FormatError {
      throw StoreError.damaged(path, error)
    }
  }
}
