internal import CLMDB

/// One entry as it lies in the map: valid as long as the transaction's bytes are.
public typealias Entry = (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)

/// A place in a database; closed by whoever opened it, before its transaction ends.
struct Cursor {
  let handle: OpaquePointer

  init(_ transaction: OpaquePointer, _ database: Database) throws(LMDBError) {
    var opened: OpaquePointer?
    try check(mdb_cursor_open(transaction, database.dbi, &opened), "cursor")
    guard let opened else { throw LMDBError(code: MDB_PANIC, action: "cursor") }
    handle = opened
  }

  func close() { mdb_cursor_close(handle) }

  func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Entry? {
    var key = MDB_val()
    var value = MDB_val()
    let code = mdb_cursor_get(handle, &key, &value, operation)
    if code == MDB_NOTFOUND { return nil }
    try check(code, "cursor")
    return (key.bytes, value.bytes)
  }

  /// The first entry whose key is `key` or greater.
  func seek(_ key: UnsafeRawBufferPointer) throws(LMDBError) -> Entry? {
    var key = MDB_val(key)
    var value = MDB_val()
    let code = mdb_cursor_get(handle, &key, &value, MDB_SET_RANGE)
    if code == MDB_NOTFOUND { return nil }
    try check(code, "cursor")
    return (key.bytes, value.bytes)
  }
}

extension Transaction {
  /// Calls `body` with each entry in order of the keys, until it returns false.
  ///
  /// Starts at `key`, or at the nearest after it (before it, when reversed); without a key at the
  /// first entry (the last). `body` must not write to this database.
  @inlinable
  public func forEach(
    _ database: Database, from key: (some RawBytes)?, reversed: Bool = false,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    let pointer = try pointer
    guard let key else {
      return try iterate(pointer, database, from: nil, reversed: reversed, body)
    }
    let result: Result<Void, any Error> = key.withRawBytes { bytes in
      Result { try iterate(pointer, database, from: bytes, reversed: reversed, body) }
    }
    try result.get()
  }

  /// Calls `body` with every entry in order of the keys, until it returns false.
  @inlinable
  public func forEach(
    _ database: Database, reversed: Bool = false,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try iterate(try pointer, database, from: nil, reversed: reversed, body)
  }

  /// The entry with the smallest key.
  public func first(_ database: Database) throws(LMDBError) -> Entry? {
    let cursor = try Cursor(try pointer, database)
    defer { cursor.close() }
    return try cursor.move(MDB_FIRST)
  }

  /// The entry with the greatest key.
  public func last(_ database: Database) throws(LMDBError) -> Entry? {
    let cursor = try Cursor(try pointer, database)
    defer { cursor.close() }
    return try cursor.move(MDB_LAST)
  }
}

@usableFromInline
func iterate(
  _ transaction: OpaquePointer, _ database: Database, from key: UnsafeRawBufferPointer?,
  reversed: Bool, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
) throws {
  let cursor = try Cursor(transaction, database)
  defer { cursor.close() }
  var entry: Entry?
  if let key {
    entry = try cursor.seek(key)
    if reversed {
      if let found = entry {
        if !found.key.elementsEqual(key) { entry = try cursor.move(MDB_PREV) }
      } else {
        entry = try cursor.move(MDB_LAST)
      }
    }
  } else {
    entry = try cursor.move(reversed ? MDB_LAST : MDB_FIRST)
  }
  while let (key, value) = entry {
    guard try body(key, value) else { return }
    entry = try cursor.move(reversed ? MDB_PREV : MDB_NEXT)
  }
}

extension WriteTransaction {
  /// Removes the entries with `from <= key < upTo`; nil is the end of the database on that side.
  /// - Returns: how many.
  @discardableResult
  public func deleteAll(
    _ database: Database, from: (some RawBytes)?, upTo: (some RawBytes)?
  ) throws -> Int {
    let lower = from?.withRawBytes { [UInt8]($0) }
    let upper = upTo?.withRawBytes { [UInt8]($0) }
    return try deleteRange(database, lower, upper)
  }

  private func deleteRange(
    _ database: Database, _ lower: [UInt8]?, _ upper: [UInt8]?
  ) throws -> Int {
    let cursor = try Cursor(try pointer, database)
    defer { cursor.close() }
    var count = 0
    var entry =
      try lower.map { try $0.withUnsafeBytes { try cursor.seek($0) } }
      ?? cursor.move(MDB_FIRST)
    if lower != nil, entry == nil { return 0 }
    while let (key, _) = entry {
      if let upper, !key.lexicographicallyPrecedes(upper) { break }
      try check(mdb_cursor_del(cursor.handle, 0), "delete")
      count += 1
      entry = try cursor.move(MDB_NEXT)
    }
    return count
  }
}
