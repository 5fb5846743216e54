internal import CLMDB

extension Environment {
  /// A named database, opened once and kept. Not to be called inside a transaction of the same
  /// thread.
  /// - Throws: `isNotFound` where it is missing and not to be created.
  public func database(_ name: String, create: Bool) throws -> Database {
    if let found = try existingDatabase(name) { return found }
    guard create else {
      throw LMDBError(code: MDB_NOTFOUND, action: "open database \(name) of \(path)")
    }
    let opened = try write { transaction in
      var dbi: MDB_dbi = 0
      try check(
        mdb_dbi_open(try transaction.pointer, name, UInt32(MDB_CREATE), &dbi),
        "create database \(name) of \(path)")
      return Database(dbi: dbi)
    }
    opening.withLock { databases.append((name, opened)) }
    return opened
  }

  /// A named database; nil where there is none.
  public func existingDatabase(_ name: String) throws -> Database? {
    try opening.lock("open database \(name) of \(path)")
    defer { opening.unlock() }
    if let known = databases.first(where: { $0.name == name }) { return known.database }
    let transaction = try beginRead()
    var dbi: MDB_dbi = 0
    let code = mdb_dbi_open(try transaction.pointer, name, 0, &dbi)
    // The handle outlives the transaction only where that is committed.
    guard code == 0 else {
      endRead(transaction)
      if code == MDB_NOTFOUND { return nil }
      throw LMDBError(code: code, action: "open database \(name) of \(path)")
    }
    try keepHandles(of: transaction)
    let database = Database(dbi: dbi)
    databases.append((name, database))
    return database
  }
}
