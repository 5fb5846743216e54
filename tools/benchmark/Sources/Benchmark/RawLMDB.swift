import CLMDB
import Foundation

/// LMDB without anything of Strata around it: what the store is measured against.
final class RawLMDB {
  static let names = ["meta", "events", "revisions", "nodes", "touches", "tags"]

  private var environment: OpaquePointer?
  private(set) var databases: [MDB_dbi] = []

  /// `isLockless` reads a store that this process has open: nothing of its locks is touched.
  init(_ directory: String, isLockless: Bool = false) throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    try check(mdb_env_create(&environment))
    try check(mdb_env_set_mapsize(environment, 64 << 30))
    try check(mdb_env_set_maxdbs(environment, 16))
    let flags = UInt32(MDB_NOTLS) | (isLockless ? UInt32(MDB_RDONLY | MDB_NOLOCK) : 0)
    try check(mdb_env_open(environment, directory, flags, 0o666))
    var transaction: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, isLockless ? UInt32(MDB_RDONLY) : 0, &transaction))
    for name in Self.names {
      var database: MDB_dbi = 0
      try check(
        mdb_dbi_open(transaction, name, isLockless ? 0 : UInt32(MDB_CREATE), &database))
      databases.append(database)
    }
    try check(mdb_txn_commit(transaction))
  }

  deinit { mdb_env_close(environment) }

  private func check(_ code: Int32) throws {
    if code != 0 { throw BenchmarkError(String(cString: mdb_strerror(code))) }
  }

  /// One durable transaction.
  func write(_ puts: [Put]) throws {
    var transaction: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, 0, &transaction))
    for put in puts {
      let code = put.key.withUnsafeBytes { key in
        put.value.withUnsafeBytes { value in
          var keyValue = MDB_val(
            mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
          var dataValue = MDB_val(
            mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
          return mdb_put(
            transaction, databases[put.database], &keyValue, &dataValue, put.flags)
        }
      }
      try check(code)
    }
    try check(mdb_txn_commit(transaction))
  }

  func read<T>(_ body: (OpaquePointer?) throws -> T) throws -> T {
    var transaction: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction))
    defer { mdb_txn_abort(transaction) }
    return try body(transaction)
  }

  /// The value's bytes; its first and last one are looked at, so that it is in memory.
  @inline(__always)
  func get(
    _ transaction: OpaquePointer?, _ database: Int, _ key: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    var keyValue = MDB_val(
      mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
    var value = MDB_val()
    guard mdb_get(transaction, databases[database], &keyValue, &value) == 0 else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
  }
}

/// One call of `mdb_put`.
struct Put {
  var database: Int
  var key: [UInt8]
  var value: [UInt8]
  var flags: UInt32 = 0

  var byteCount: Int { key.count + value.count }
}
