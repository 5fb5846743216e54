internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Environment {
  @usableFromInline func beginRead() throws(LMDBError) -> ReadTransaction {
    ReadTransaction(try begin(flags: UInt32(MDB_RDONLY)))
  }

  @usableFromInline func endRead(_ transaction: ReadTransaction) {
    guard let handle = transaction.handle else { return }
    transaction.handle = nil
    mdb_txn_abort(handle)
    leave()
  }

  /// Begins to read one consistent state, which lasts until `endReading`: for those whose questions
  /// do not fit one closure. On one thread at a time.
  public func beginReading() throws(LMDBError) -> ReadTransaction { try beginRead() }

  /// Ends what `beginReading` began; done twice, it does nothing the second time. What was read out
  /// of the map is not to be touched afterwards.
  public func endReading(_ transaction: ReadTransaction) { endRead(transaction) }

  /// Ends a read transaction so that the database handles opened in it stay open.
  func keepHandles(of transaction: ReadTransaction) throws(LMDBError) {
    guard let handle = transaction.handle else { throw transactionHasEnded() }
    transaction.handle = nil
    let code = mdb_txn_commit(handle)
    leave()
    try check(code, "keep the databases of \(path)")
  }

  @usableFromInline func beginWrite() throws(LMDBError) -> WriteTransaction {
    guard !options.isReadOnly else {
      throw LMDBError(code: EACCES, action: "write to \(path), which is open read-only")
    }
    try writing.lock("write to \(path) inside another write of the same thread")
    let transaction: WriteTransaction
    do throws(LMDBError) {
      transaction = WriteTransaction(try begin(flags: 0))
    } catch {
      writing.unlock()
      throw error
    }
    do {
      try lengthen(in: transaction)
      try transaction.watchPages(of: self)
    } catch {
      abort(transaction)
      throw (error as? LMDBError) ?? LMDBError(code: EIO, action: "write to \(path)")
    }
    return transaction
  }

  @usableFromInline func abort(_ transaction: WriteTransaction) {
    guard let handle = transaction.handle else { return }
    transaction.handle = nil
    mdb_txn_abort(handle)
    leave()
    writing.unlock()
  }

  @usableFromInline func commit(_ transaction: WriteTransaction) throws(LMDBError) {
    guard let handle = transaction.handle else { throw transactionHasEnded() }
    transaction.handle = nil
    let code = mdb_txn_commit(handle)
    var descriptor: Int32 = -1
    if code != 0, mdb_env_get_fd(self.handle, &descriptor) == 0 {
      transaction.putBackMeta(in: descriptor)
    }
    leave()
    writing.unlock()
    try check(cause(of: code), "commit to \(path)")
    lengthenAfterCommit()
  }

  private func begin(flags: UInt32) throws(LMDBError) -> OpaquePointer {
    for _ in 0..<8 {
      try enter()
      var opened: OpaquePointer?
      let code = mdb_txn_begin(handle, nil, flags, &opened)
      if code == 0, let opened { return opened }
      leave()
      guard code == MDB_MAP_RESIZED else {
        throw LMDBError(code: code, action: "begin a transaction in \(path)")
      }
      try adoptMapSize()
    }
    throw LMDBError(code: MDB_MAP_RESIZED, action: "begin a transaction in \(path)")
  }

  private func enter() throws(LMDBError) {
    while true {
      activeCount.add(1, ordering: .sequentiallyConsistent)
      if !isResizing.load(ordering: .sequentiallyConsistent) { return }
      leave()
      // Waits until the map has been exchanged.
      try resizing.lock("begin a transaction in \(path)")
      resizing.unlock()
    }
  }

  private func leave() { activeCount.subtract(1, ordering: .sequentiallyConsistent) }

  /// Another process made the map larger: take over its size, once nobody here looks at the old
  /// map any more.
  private func adoptMapSize() throws(LMDBError) {
    try resizing.lock("adopt the map size of \(path)")
    defer { resizing.unlock() }
    isResizing.store(true, ordering: .sequentiallyConsistent)
    defer { isResizing.store(false, ordering: .sequentiallyConsistent) }
    // A transaction around this one would be waited for in vain: after five seconds it is an error.
    for _ in 0..<5_000 {
      if activeCount.load(ordering: .sequentiallyConsistent) == 0 {
        return try check(mdb_env_set_mapsize(handle, 0), "adopt the map size of \(path)")
      }
      usleep(1_000)
    }
    throw LMDBError(code: MDB_MAP_RESIZED, action: "adopt the map size of \(path)")
  }
}
