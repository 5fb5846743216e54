internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What can be asked in a transaction, be it for reading or for writing.
///
/// A transaction lives for one closure, on one thread; used later, it throws. Bytes that it gives
/// are the memory map itself: valid until the transaction ends or, in a write transaction, until
/// the next write.
public protocol Transaction: AnyObject {
  /// LMDB's own handle.
  /// - Throws: `EINVAL` after the transaction has ended.
  var pointer: OpaquePointer { get throws(LMDBError) }
}

/// One consistent state of the environment.
public final class ReadTransaction: Transaction {
  // One thread has it, and it is looked at for every key.
  @exclusivity(unchecked) @usableFromInline var handle: OpaquePointer?

  @usableFromInline init(_ handle: OpaquePointer) { self.handle = handle }

  @inlinable public var pointer: OpaquePointer {
    get throws(LMDBError) {
      guard let handle else { throw transactionHasEnded() }
      return handle
    }
  }
}

/// The one writer: sees its own writes; nothing of it is there for others before the commit.
public final class WriteTransaction: Transaction {
  @usableFromInline var handle: OpaquePointer?
  /// Nil before they were looked at.
  private var pages: PathCheck?

  @usableFromInline init(_ handle: OpaquePointer) { self.handle = handle }

  @inlinable public var pointer: OpaquePointer {
    get throws(LMDBError) {
      guard let handle else { throw transactionHasEnded() }
      return handle
    }
  }
}

extension WriteTransaction {
  /// Looks at the meta pages and the free list, and from now on at what is on the way to each key.
  func watchPages(of environment: Environment) throws {
    pages = try PathCheck(
      try environment.map(), pageSize: try environment.information().pageSizeBytes,
      transaction: try number &- 1,
      databases: environment.opening.withLock { environment.databases })
  }

  /// After a commit that failed, while nobody else writes.
  func putBackMeta(in descriptor: Int32) { pages?.putBackMeta(in: descriptor) }

  /// What is wrong with the pages on the way to a key; nil where nothing is.
  @usableFromInline
  func damage(
    onWayTo key: UnsafeRawBufferPointer, in database: Database, withSiblings: Bool = false
  ) -> LMDBError? {
    do throws(LMDBError) {
      try pages?.look(for: key, in: database, withSiblings: withSiblings)
      return nil
    } catch {
      return error
    }
  }
}

@usableFromInline @inline(never)
func transactionHasEnded() -> LMDBError {
  LMDBError(code: EINVAL, action: "use of a transaction that has ended")
}

extension Transaction {
  /// The number of a writing transaction; of a reading one, that of the last commit.
  public var number: UInt64 {
    get throws(LMDBError) { UInt64(truncatingIfNeeded: mdb_txn_id(try pointer)) }
  }

  /// The value of a key; nil where there is none.
  @inlinable
  public func get(
    _ database: Database, _ key: some RawBytes
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    let pointer = try pointer
    var value = UnsafeRawBufferPointer(start: nil, count: 0)
    let code = key.withRawBytes { mdbGet(pointer, database, $0, &value) }
    if code == 0 { return value }
    if code == mdbNotFound { return nil }
    throw mdbFailure(code, "get")
  }

  /// The value of a key, without a generic on the way: for those who ask often.
  public func value(
    _ database: Database, _ key: UnsafeRawBufferPointer
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var value = UnsafeRawBufferPointer(start: nil, count: 0)
    let code = mdbGet(try pointer, database, key, &value)
    if code == 0 { return value }
    if code == mdbNotFound { return nil }
    throw mdbFailure(code, "get")
  }

  /// Whether the key is there.
  /// - Throws: `LMDBError`, as `get` does.
  @inlinable
  public func contains(_ database: Database, _ key: some RawBytes) throws(LMDBError) -> Bool {
    try get(database, key) != nil
  }

  /// As this transaction sees it.
  /// - Throws: `LMDBError`.
  public func statistics(_ database: Database) throws(LMDBError) -> DatabaseStatistics {
    var stat = MDB_stat()
    try check(mdb_stat(try pointer, database.dbi, &stat), "stat")
    return DatabaseStatistics(
      entryCount: counted(stat.ms_entries), depth: Int(stat.ms_depth),
      branchPageCount: counted(stat.ms_branch_pages), leafPageCount: counted(stat.ms_leaf_pages),
      overflowPageCount: counted(stat.ms_overflow_pages))
  }
}

extension WriteTransaction {
  /// Puts a value under a key.
  /// - Returns: true where the key was there already and `.noOverwrite` left its value alone.
  /// - Throws: `MDB_KEYEXIST` for an `.append` that is not in order; `isMapFull` and `isDiskFull`,
  ///   after which the transaction is lost.
  @inlinable @discardableResult
  public func put(
    _ database: Database, key: some RawBytes, value: some RawBytes, flags: PutFlags = []
  ) throws(LMDBError) -> Bool {
    let pointer = try pointer
    if let damage = key.withRawBytes({ damage(onWayTo: $0, in: database) }) { throw damage }
    let code = key.withRawBytes { keyBytes in
      value.withRawBytes { mdbPut(pointer, database, keyBytes, $0, flags.rawValue) }
    }
    if code == 0 { return false }
    if code == mdbKeyExists, flags == .noOverwrite { return true }
    throw mdbFailure(code, "put")
  }

  /// Makes room for a value of `count` bytes in the database itself; `fill` must write all of them.
  @inlinable
  public func reserve(
    _ database: Database, key: some RawBytes, count: Int, flags: PutFlags = [],
    fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(LMDBError) {
    let pointer = try pointer
    if let damage = key.withRawBytes({ damage(onWayTo: $0, in: database) }) { throw damage }
    var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    let code = key.withRawBytes {
      mdbReserve(pointer, database, $0, count, flags.rawValue, &room)
    }
    guard code == 0 else { throw mdbFailure(code, "put") }
    fill(room)
  }

  /// - Returns: whether the key was there.
  @inlinable @discardableResult
  public func delete(_ database: Database, _ key: some RawBytes) throws(LMDBError) -> Bool {
    let pointer = try pointer
    if let damage = key.withRawBytes({ damage(onWayTo: $0, in: database, withSiblings: true) }) {
      throw damage
    }
    let code = key.withRawBytes { mdbDelete(pointer, database, $0) }
    if code == 0 { return true }
    if code == mdbNotFound { return false }
    throw mdbFailure(code, "delete")
  }

  /// Removes every entry; the database itself stays.
  public func clear(_ database: Database) throws(LMDBError) {
    try check(mdb_drop(try pointer, database.dbi, 0), "clear")
  }
}
