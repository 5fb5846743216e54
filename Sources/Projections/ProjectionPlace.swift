// Invariant: SQLite is only let near files whose opening changes nothing outside the store.
internal import SchemaModel
internal import FileSystem

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The file of a projection and those that SQLite keeps beside it, before SQLite sees them.
///
/// A store may come from anywhere. SQLite follows a link in the file's place, waits for a pipe, and
/// a journal of another mode can name a file that it then removes: a projection has none.
enum ProjectionPlace {
  static let suffixes = ["", "-wal", "-shm", "-journal"]

  /// Whether SQLite may be shown what is at the path.
  static func isPlain(_ path: String) -> Bool {
    // Whoever makes a projection has a journal for a moment, before it is in WAL mode.
    for _ in 0..<50 where access(path + "-journal", F_OK) == 0 { usleep(10_000) }
    return suffixes.allSatisfy { suffix in
      var status = stat()
      guard lstat(path + suffix, &status) == 0 else { return errno == ENOENT }
      return suffix != "-journal" && status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
    }
  }

  /// Whether somebody began to make a projection and was stopped: a journal is there before it is in WAL
  /// mode alone, and until then it has no more than its first page.
  static func isUnfinished(_ path: String) -> Bool {
    var journal = stat()
    var status = stat()
    guard lstat(path + "-journal", &journal) == 0, lstat(path, &status) == 0 else { return false }
    return [journal, status].allSatisfy { $0.st_mode & S_IFMT == S_IFREG && $0.st_nlink == 1 }
      && status.st_size <= 4096
  }

  /// Removes all of it; links themselves, not what they lead to.
  static func clear(_ path: String) throws(ProjectionError) {
    for suffix in suffixes {
      Files.removeTree(path + suffix)
      guard unlink(path + suffix) == 0 || errno == ENOENT else {
        throw .unreachable(
          path: path, reason: "cannot remove \(path)\(suffix): \(FileError.reason())")
      }
    }
  }

  /// Gives it another name, in the place of one that was set aside before; what SQLite keeps beside it
  /// goes, but for what was written last.
  static func setAside(_ path: String) throws(ProjectionError) {
    try clear(path + damagedSuffix)
    for suffix in ["", "-wal"] where isTaken(path + suffix) {
      guard rename(path + suffix, path + damagedSuffix + suffix) == 0 else {
        throw .unreachable(
          path: path, reason: "cannot rename \(path)\(suffix): \(FileError.reason())")
      }
    }
    try clear(path)
  }

  private static let damagedSuffix = ".damaged"

  /// Whether anything has the projection's name.
  static func isTaken(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 || errno != ENOENT
  }
}
