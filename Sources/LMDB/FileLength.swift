// Invariants:
// - Nothing here can make a data file shorter, at whatever moment it runs: a peer may have committed
//   since the length was looked at.
// - It is made longer only inside a write transaction: LMDB's own lock keeps peers from writing.
internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// LMDB leaves out trailing pages that were freed in the transaction that took them. With every file
// at its full length, a shorter one is mostly a truncated one, and can be refused instead of ending
// the process with SIGBUS. A writer that is killed between its commit and the lengthening leaves a
// sound file that is short: there the pages themselves decide.

extension Environment {
  /// How much a sound file may lack: a transaction that frees more pages than this, at its end, of
  /// those that it took is not made here.
  static let missingBytesMax = 64 << 20

  private func missingBytes() throws -> Int {
    let information = try information()
    return information.usedBytes - information.fileSizeBytes
  }

  /// - Throws: `MDB_CORRUPTED` where a page that is in use lies beyond the file's end.
  func checkLength() throws {
    // A writer in another process may be between its commit and the lengthening of the file.
    for attempt in 0..<20 {
      if attempt > 0 { usleep(1_000) }
      if try missingBytes() <= 0 { return }
    }
    try provePages()
  }

  /// Only pages that nobody uses may be missing.
  private func provePages() throws {
    guard try damagedPages().isEmpty else {
      throw LMDBError(
        code: MDB_CORRUPTED, action: "open \(path): the file is shorter than its pages")
    }
  }

  /// Lengthens the file, inside a write transaction that has changed nothing yet.
  func lengthen(in transaction: WriteTransaction) throws {
    guard try missingBytes() > 0 else { return }
    try provePages()
    let information = try information()
    var descriptor: Int32 = -1
    try check(mdb_env_get_fd(handle, &descriptor), "lengthen \(path)")
    let (from, to) = (off_t(information.fileSizeBytes), off_t(information.usedBytes))
    #if os(Linux)
      if strata_lengthen(descriptor, from, to) == 0 { return }
      guard errno == EOPNOTSUPP || errno == ENOSYS else {
        throw LMDBError(code: errno, action: "lengthen \(path)")
      }
    #endif
    // Not every file system can do it so. Nobody else writes now, and the byte lies beyond the end.
    var zero: UInt8 = 0
    guard pwrite(descriptor, &zero, 1, to - 1) == 1 else {
      throw LMDBError(code: errno, action: "lengthen \(path)")
    }
  }

  /// After a commit: the transaction is durable already, and a failure is the next writer's to mend.
  func lengthenAfterCommit() {
    guard let missing = try? missingBytes(), missing > 0 else { return }
    try? write { _ in }
  }
}
