// The C calls that are made for every key, kept out of line and free of generics: what is inlined
// into other modules calls these.
internal import CLMDB

extension MDB_val {
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }
}

@usableFromInline
func mdbGet(
  _ transaction: OpaquePointer, _ database: Database, _ key: UnsafeRawBufferPointer,
  _ value: inout UnsafeRawBufferPointer
) -> Int32 {
  var keyValue = MDB_val(key)
  var found = MDB_val()
  let code = mdb_get(transaction, database.dbi, &keyValue, &found)
  if code == 0 { value = found.bytes }
  return code
}

@usableFromInline
func mdbPut(
  _ transaction: OpaquePointer, _ database: Database, _ key: UnsafeRawBufferPointer,
  _ value: UnsafeRawBufferPointer, _ flags: UInt32
) -> Int32 {
  var keyValue = MDB_val(key)
  var dataValue = MDB_val(value)
  return mdb_put(transaction, database.dbi, &keyValue, &dataValue, flags)
}

@usableFromInline
func mdbReserve(
  _ transaction: OpaquePointer, _ database: Database, _ key: UnsafeRawBufferPointer,
  _ count: Int, _ flags: UInt32, _ room: inout UnsafeMutableRawBufferPointer
) -> Int32 {
  var keyValue = MDB_val(key)
  var dataValue = MDB_val(mv_size: count, mv_data: nil)
  let code = mdb_put(
    transaction, database.dbi, &keyValue, &dataValue, flags | UInt32(MDB_RESERVE))
  if code == 0 {
    room = UnsafeMutableRawBufferPointer(start: dataValue.mv_data, count: count)
  }
  return code
}

@usableFromInline
func mdbDelete(
  _ transaction: OpaquePointer, _ database: Database, _ key: UnsafeRawBufferPointer
) -> Int32 {
  var keyValue = MDB_val(key)
  return mdb_del(transaction, database.dbi, &keyValue, nil)
}

@usableFromInline let mdbNotFound = MDB_NOTFOUND
@usableFromInline let mdbKeyExists = MDB_KEYEXIST

@usableFromInline @inline(never)
func mdbFailure(_ code: Int32, _ action: String) -> LMDBError {
  LMDBError(code: code, action: action)
}
