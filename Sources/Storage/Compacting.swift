import SchemaModel
import FileSystem
import Glibc
import LMDB

extension Store {
  /// Gives the space of removed entries back to the file system: writes a copy without free pages,
  /// and exchanges it for the log in one step.
  ///
  /// This store must be opened again afterwards. A process that had the old log open reads it to
  /// the end, and is refused when it writes.
  /// - Returns: the log file's bytes before and after.
  public func compact() throws -> (before: UInt64, after: UInt64) {
    let fresh = directory + "/log.compact"
    let before = Self.byteCount(logPath + "/data.mdb")
    // As the only writer: nothing can be written to the old log after it was copied, and nobody
    // else's copy is taken for ours, or removed.
    try exclusively { _ in
      try checkPages()
      Files.removeTree(fresh)
      defer { Files.removeTree(fresh) }
      guard mkdir(fresh, 0o777) == 0 else {
        throw StoreError.file("cannot make the folder: \(FileError.reason())", path: fresh)
      }
      try environment.copyCompact(to: fresh + "/data.mdb")
      // LMDB would make it anew with the mask of whoever asks next.
      try? FileWriter.create(fresh + "/lock.mdb", [], mode: 0o666)
      for name in ["/lock.mdb", "/data.mdb", ""] {
        Self.giveMode(of: logPath + name, to: fresh + name)
      }
      try Self.sync(fresh)
      try FileExchange.exchange(fresh, logPath)
      try Self.sync(directory)
    }
    return (before, Self.byteCount(logPath + "/data.mdb"))
  }

  /// Whoever could read or write the old file can do so with the new one, whatever the mask of whoever
  /// compacts is.
  private static func giveMode(of old: String, to new: String) {
    var status = stat()
    guard lstat(old, &status) == 0, status.st_mode & S_IFMT != S_IFLNK else { return }
    // Only root may give files away; elsewhere they are its own already, or stay so.
    if geteuid() == 0 { _ = lchown(new, status.st_uid, status.st_gid) }
    _ = chmod(new, status.st_mode & 0o7777)
  }

  /// - Throws: `StoreError.file` where the log at the path is not the one that is open: somebody
  ///   compacted it meanwhile.
  func checkIsCurrent() throws {
    guard try environment.isAtItsPath() else {
      throw StoreError.file(
        "the log was compacted by another process meanwhile; nothing was changed, try again",
        path: logPath)
    }
  }

  private static func byteCount(_ path: String) -> UInt64 {
    UInt64(Files.byteCount(of: path) ?? 0)
  }
}
