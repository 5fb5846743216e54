internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What LMDB or the operating system said, and what was being done.
public struct LMDBError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An `MDB_*` code or an errno.
  public let code: Int32
  /// What failed, with the path or database that it was about.
  public let action: String

  public init(code: Int32, action: String) {
    self.code = code
    self.action = action
  }

  /// `mdb open /x/log: No space left on device (28)`.
  public var description: String {
    "mdb \(action): \(String(cString: mdb_strerror(code))) (\(code))"
  }

  /// No such key, database or file.
  public var isNotFound: Bool { code == MDB_NOTFOUND || code == ENOENT }
  /// The map is too small for what was written; the transaction is lost.
  public var isMapFull: Bool { code == MDB_MAP_FULL }
  /// No space is left on the device, or in the quota.
  public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
  /// The file may not become as large as it would have to be.
  public var isTooLarge: Bool { code == EFBIG }
  /// The map, which takes address space and no memory, could not be had.
  public var isOutOfMemory: Bool { code == ENOMEM }
  /// The system refuses it to this user.
  public var isForbidden: Bool { code == EACCES || code == EPERM }
  /// The file, the folder or the environment does not take writes.
  public var isReadOnly: Bool { code == EACCES || code == EROFS || code == EPERM }
  /// The file is not an LMDB environment, or a damaged one.
  public var isInvalid: Bool {
    code == MDB_INVALID || code == MDB_VERSION_MISMATCH || code == MDB_CORRUPTED
      || code == MDB_PAGE_NOTFOUND || code == MDB_INCOMPATIBLE || code == MDB_CURSOR_FULL
  }
  /// All places for readers are taken (`Environment.Options.maxReaders`).
  public var hasTooManyReaders: Bool { code == MDB_READERS_FULL }
  /// Somebody else holds it now; trying again may succeed.
  public var isBusy: Bool { code == EBUSY || code == EAGAIN || code == MDB_READERS_FULL }
}

/// Turns a return code into an error; `action` is made only on failure.
func check(
  _ code: Int32, _ action: @autoclosure () -> String
) throws(LMDBError) {
  if code != 0 { throw LMDBError(code: code, action: action()) }
}
