internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Environment {
  /// The pages of the last committed state that LMDB should not be shown: it believes what it
  /// reads. Opening an environment and beginning a transaction touch the meta pages alone, so this
  /// can be asked before any database is opened.
  public func damagedPages() throws -> [PageDamage] {
    let pageSize = try information().pageSizeBytes
    for _ in 0..<16 {
      // The transaction keeps a writer from reusing the pages that are looked at.
      let found = try read { transaction in
        let id = UInt64(truncatingIfNeeded: mdb_txn_id(try transaction.pointer))
        return try withMappedFile {
          PageCheck.damages(in: $0, pageSize: pageSize, transaction: id)
        }
      }
      if let found { return found }
    }
    throw LMDBError(code: EAGAIN, action: "check the pages of \(path), which is being written")
  }

  /// Both meta pages, each with the value that one entry of a database had in its state.
  public func metaPages(valueOf key: [UInt8], in database: String) throws -> [MetaPage] {
    let pageSize = try information().pageSizeBytes
    // The transaction keeps a writer from reusing the pages that are looked at.
    return try read { _ in
      try withMappedFile {
        PageCheck.values(in: $0, pageSize: pageSize, of: key, in: database)
      }
    }
  }

  private func withMappedFile<T>(_ body: (UnsafeRawBufferPointer) -> T) throws -> T {
    let map = try map()
    return withExtendedLifetime(map) { body(map.bytes) }
  }

  func map() throws(LMDBError) -> FileMap {
    var descriptor: Int32 = -1
    try check(mdb_env_get_fd(handle, &descriptor), "map \(path)")
    return try FileMap(descriptor, path)
  }
}
