internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The size of an environment and its use.
public struct EnvironmentInformation: Hashable, Sendable {
  /// Of the file, as it was made: 4096 on most machines.
  public var pageSizeBytes: Int
  /// What the file can grow to until it is opened with a larger map.
  public var mapSizeBytes: Int
  /// Pages in use, the two meta pages and free ones included.
  public var pageCount: Int
  /// Of the data file; what was cut off or not yet written makes it differ from `usedBytes`.
  public var fileSizeBytes: Int
  /// The number of the last write transaction that was committed; 0 in a new file.
  public var lastTransaction: Int
  /// Reader slots in use or used before, of all processes.
  public var readerCount: Int
  /// Reader slots that there are.
  public var maxReaders: Int

  /// Up to the end of the last page in use.
  public var usedBytes: Int { pageCount * pageSizeBytes }
}

/// A count that LMDB read from the file: whatever stands there, sums and sizes of it stay numbers.
func counted(_ number: Int) -> Int { min(max(0, number), 1 << 40) }

extension Environment {
  /// As of the last commit.
  /// - Throws: `LMDBError`.
  public func information() throws -> EnvironmentInformation {
    var stat = MDB_stat()
    var info = MDB_envinfo()
    try check(mdb_env_stat(handle, &stat), "stat \(path)")
    try check(mdb_env_info(handle, &info), "info \(path)")
    return EnvironmentInformation(
      pageSizeBytes: Int(stat.ms_psize), mapSizeBytes: info.me_mapsize,
      pageCount: counted(info.me_last_pgno) + 1, fileSizeBytes: try fileSizeBytes(),
      lastTransaction: counted(info.me_last_txnid), readerCount: Int(info.me_numreaders),
      maxReaders: Int(info.me_maxreaders))
  }

  /// The same as `information().usedBytes`; 0 where it cannot be read.
  package var usedBytes: Int { (try? information().usedBytes) ?? 0 }

  /// Whether the file at the environment's path is still the one that is open: false after
  /// another one was put in its place.
  public func isAtItsPath() throws -> Bool {
    FileIdentity(path: options.isSingleFile ? path : path + "/data.mdb") == identity
  }

  /// Writes a copy without free pages to a new file, and forces it to the disk. The copy is one
  /// consistent state, whatever is written meanwhile; open it with `isSingleFile`.
  /// - Throws: `EEXIST` where there is a file already; what was written is removed on failure.
  public func copyCompact(to file: String) throws {
    let descriptor = DataFile.create(file)
    guard descriptor >= 0 else { throw LMDBError(code: errno, action: "copy to \(file)") }
    var code = mdb_env_copyfd2(handle, descriptor, UInt32(MDB_CP_COMPACT))
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code != 0 {
      unlink(file)
      // LMDB copies by a thread, which the system refuses to make with another word.
      if code == EAGAIN { code = ENOMEM }
      throw LMDBError(code: code, action: "copy \(path) to \(file)")
    }
  }

  /// What was behind a failure that LMDB tells as one of the device: where the system takes a part of a
  /// write and not the rest, it does not ask why.
  func cause(of code: Int32) -> Int32 {
    var descriptor: Int32 = -1
    guard code == EIO, mdb_env_get_fd(handle, &descriptor) == 0 else { return code }
    var limit = rlimit()
    #if os(Linux)
      let isLimited = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0
    #else
      let isLimited = getrlimit(RLIMIT_FSIZE, &limit) == 0
    #endif
    if isLimited, let size = try? fileSizeBytes(), rlim_t(size) >= limit.rlim_cur { return EFBIG }
    var system = statvfs()
    guard fstatvfs(descriptor, &system) == 0 else { return code }
    let blocks = geteuid() == 0 ? system.f_bfree : system.f_bavail
    // Whole blocks are missing where a part of one was not taken; a file system needs some for itself.
    return UInt64(blocks) * UInt64(system.f_frsize) < 1 << 20 ? ENOSPC : code
  }

  /// Whether a data file is empty, or what LMDB leaves that was stopped while it made one, by a power cut
  /// too: hardly more than the meta pages or a part of them, of no transaction.
  public static func isUnfinished(_ path: String) -> Bool { DataFile.isUnfinished(path) }

  func fileSizeBytes() throws -> Int {
    var descriptor: Int32 = -1
    try check(mdb_env_get_fd(handle, &descriptor), "stat \(path)")
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw LMDBError(code: errno, action: "stat \(path)")
    }
    return Int(status.st_size)
  }
}
