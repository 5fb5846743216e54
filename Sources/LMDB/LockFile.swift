internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// LMDB maps the lock file for reading and writing. A page of it that has no place on the disk yet gets
// one when it is first touched, and where the disk is full the process would end by SIGBUS. So all of it
// has its place before LMDB sees it.

/// The file in which LMDB counts readers, and by which its writers wait for each other.
enum LockFile {
  /// What LMDB makes it: a head, and one slot for each reader.
  static func byteCount(_ maxReaders: UInt32) -> off_t { 128 + 64 * off_t(maxReaders) }

  /// Gives the lock file its place on the disk. Not to be called while this process has the environment
  /// open: closing a descriptor gives up the process's locks.
  ///
  /// Where it has a length, that stays: a peer has mapped no more than that. What cannot be opened is
  /// LMDB's to complain of.
  /// - Throws: `isDiskFull`; what else the system says.
  static func allocate(_ path: String, maxReaders: UInt32) throws(LMDBError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      if errno == ENOSPC || errno == EDQUOT { throw LMDBError(code: errno, action: "make \(path)") }
      return
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    let count = status.st_size > 0 ? off_t(status.st_size) : byteCount(maxReaders)
    if off_t(status.st_blocks) * 512 >= count { return }
    #if os(Linux)
      while strata_lengthen(descriptor, 0, count) != 0 {
        switch errno {
        case EINTR: continue
        // Not every file system can do it.
        case EOPNOTSUPP, ENOSYS, EINVAL: return
        default: throw LMDBError(code: errno, action: "make room for \(path)")
        }
      }
    #endif
  }
}
