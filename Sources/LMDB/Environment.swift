// Invariants:
// - One environment per data file and process: `fcntl` locks belong to the process, and closing a
//   second descriptor would drop them. `Registry` holds the line.
// - Every transaction begins and ends in one synchronous closure. A write transaction that is
//   committed on another thread than it began on blocks all later writers for ever.
// - The map is exchanged only while no transaction of this process is open.
internal import CLMDB
internal import Synchronization

/// One LMDB environment: a data file, its lock file and the memory map over it.
///
/// It is closed when the last reference goes.
public final class Environment: Sendable {
  /// How it is opened; nothing of it is kept in the file.
  public struct Options: Hashable, Sendable {
    /// The most that the data file can grow to; costs address space only.
    public var mapSizeBytes = 64 << 30
    /// How many named databases may be open at once.
    public var maxDatabases: UInt32 = 16
    /// Nothing is written but the lock file, and write transactions are refused.
    public var isReadOnly = false
    /// The path is the data file, not a directory with `data.mdb` in it.
    public var isSingleFile = false
    /// False only for what nobody writes any more: a sealed, read-only file.
    public var usesLock = true
    /// How many read transactions may be open at once, of all processes; the one that makes the
    /// lock file decides.
    public var maxReaders: UInt32 = 510

    public init(
      mapSizeBytes: Int = 64 << 30, maxDatabases: UInt32 = 16, isReadOnly: Bool = false,
      isSingleFile: Bool = false, usesLock: Bool = true, maxReaders: UInt32 = 510
    ) {
      self.mapSizeBytes = mapSizeBytes
      self.maxDatabases = maxDatabases
      self.isReadOnly = isReadOnly
      self.isSingleFile = isSingleFile
      self.usesLock = usesLock
      self.maxReaders = maxReaders
    }
  }

  /// The directory, or the data file of `isSingleFile`, as it was given.
  public let path: String
  /// As it was opened with them.
  public let options: Options
  nonisolated(unsafe) let handle: OpaquePointer
  let identity: FileIdentity
  let writing = Lock()
  let opening = Lock()
  let resizing = Lock()
  /// Transactions of this process that are open now.
  let activeCount = Atomic<Int>(0)
  /// While true no transaction begins: the map is being exchanged.
  let isResizing = Atomic<Bool>(false)
  /// Guarded by `opening`. No dictionary, for the reason that `Registry` gives.
  nonisolated(unsafe) var databases: [(name: String, database: Database)] = []

  init(path: String, options: Options, handle: OpaquePointer, identity: FileIdentity) {
    self.path = path
    self.options = options
    self.handle = handle
    self.identity = identity
  }

  deinit { Registry.shared.close(self) }

  /// Opens an environment; what is open in this process already is given again.
  /// - Throws: `isInvalid` for a file that is no environment or a damaged one, `isNotFound` where
  ///   the directory (or, read-only, the file) is missing, `isBusy` for writing to what this
  ///   process holds open read-only.
  public static func open(path: String, options: Options = Options()) throws -> Environment {
    try Registry.shared.open(path: path, options: options)
  }

  /// Runs `body` on one consistent state. Readers and the writer never wait for each other; a
  /// long reader keeps old pages alive, so that the file grows.
  @inlinable
  public func read<T>(_ body: (ReadTransaction) throws -> T) throws -> T {
    let transaction = try beginRead()
    defer { endRead(transaction) }
    return try body(transaction)
  }

  /// Runs `body` as the only writer and commits durably at its end; nothing is changed where it
  /// throws. Waits for another writer, of this process or another.
  /// - Throws: what `body` throws; `EDEADLK` inside another `write` of this environment on the same
  ///   thread; `isMapFull`, `isDiskFull`, `isReadOnly`.
  @inlinable
  public func write<T>(_ body: (WriteTransaction) throws -> T) throws -> T {
    let transaction = try beginWrite()
    let result: T
    do {
      result = try body(transaction)
    } catch {
      abort(transaction)
      throw error
    }
    try commit(transaction)
    return result
  }

  /// Forces what is written to the disk; commits have done so already.
  public func sync() throws {
    try check(mdb_env_sync(handle, 1), "sync \(path)")
  }
}
