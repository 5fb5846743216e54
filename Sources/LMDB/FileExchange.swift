internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Exchanging two files or folders, so that each path leads to something at every moment.
public enum FileExchange {
  /// Exchanges what two paths on one file system lead to; both must exist.
  /// - Throws: `LMDBError` with the system's code; nothing has moved then.
  public static func exchange(_ a: String, _ b: String) throws(LMDBError) {
    #if os(Linux)
      let code = strata_exchange(a, b)
    #else
      let code = renamex_np(a, b, UInt32(RENAME_SWAP))
    #endif
    guard code == 0 else { throw LMDBError(code: errno, action: "exchange \(a) and \(b)") }
  }
}
