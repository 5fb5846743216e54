// Invariant: SQLite is only let near files whose opening changes nothing outside the store.
internal import Foundation

/// The file of a projection and those that SQLite keeps beside it, before SQLite sees them.
///
/// A store may come from anywhere. SQLite follows a link in the file's place, and a journal that
/// names another file makes SQLite remove that file.
enum ProjectionPlace {
  static let suffixes = ["", "-wal", "-shm", "-journal"]

  /// What stands in the way of opening it; nil where nothing does.
  static func obstacle(_ path: String) -> String? {
    for suffix in suffixes {
      guard let kind = kind(path + suffix) else { continue }
      if kind != S_IFREG { return "\(path)\(suffix) is no regular file" }
    }
    return namesSuperJournal(path + "-journal")
      ? "the journal beside it names another file, as none of ours does" : nil
  }

  /// Removes all of it; links themselves, not what they lead to.
  static func clear(_ path: String) throws {
    for suffix in suffixes where kind(path + suffix) != nil {
      try FileManager.default.removeItem(atPath: path + suffix)
    }
  }

  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// A transaction over several databases ends its journals with the name of a file that all of
  /// them share, and this mark (SQLite's file format, "The Super-Journal").
  private static let superJournalMark: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]

  private static func namesSuperJournal(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    let end = lseek(file, 0, SEEK_END)
    var tail = [UInt8](repeating: 0, count: superJournalMark.count)
    // A journal's header has the same mark at its beginning.
    guard end > 28, pread(file, &tail, tail.count, end - off_t(tail.count)) == tail.count else {
      return false
    }
    return tail == superJournalMark
  }
}
