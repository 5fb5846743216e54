import Glibc
import Synchronization

/// A folder that is gone when the process ends; after SIGKILL, when the next one begins.
///
/// Its name holds the process's number, and the process keeps it locked: who finds it unlocked, and
/// no such process, may remove it.
public struct TemporaryFolder: Sendable {
  public let path: String

  private static let made = Mutex<Set<String>>([])

  /// - Throws: `FileError` where the folder for such folders (`TMPDIR`, else `/tmp`) cannot be written.
  public init(_ purpose: String) throws {
    let base =
      getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    if !Self.isSwept.exchange(true, ordering: .relaxed) { Self.sweep(base) }
    var template = Array("\(base)/strata-\(purpose)-\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError.engine(
        "expected a writable temporary folder in \(base), found: "
          + "\(String(cString: strerror(errno))); set TMPDIR to another folder")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let made = path
    // Open as long as the process lives.
    _ = Self.lock(made)
    Self.made.withLock { _ = $0.insert(made) }
  }

  private static let isSwept = Atomic<Bool>(false)

  private static func lock(_ path: String) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    if descriptor < 0 { return nil }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  /// Removes what processes left behind that were killed.
  private static func sweep(_ base: String) {
    for name in Files.names(in: base) where name.hasPrefix("strata-") {
      let parts = name.split(separator: "-", omittingEmptySubsequences: false)
      let path = "\(base)/\(name)"
      var information = stat()
      guard parts.count == 4, parts[3].utf8.count == 6, let process = pid_t(parts[2]), process > 0,
        kill(process, 0) != 0, errno == ESRCH, lstat(path, &information) == 0,
        information.st_uid == geteuid(), let descriptor = lock(path)
      else { continue }
      Files.removeTree(path)
      close(descriptor)
    }
  }

  public func remove() {
    Files.removeTree(path)
    let gone = path
    Self.made.withLock { _ = $0.remove(gone) }
  }

  /// Removes all of this process, for its end.
  public static func removeAll() {
    let left = made.withLock { folders in
      defer { folders = [] }
      return folders
    }
    for path in left { Files.removeTree(path) }
  }
}
