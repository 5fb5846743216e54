import DialectRegistry
import Glibc
import SchemaModel
import Synchronization

/// A folder that is gone when the process ends; after SIGKILL, when the next one begins.
///
/// Its name holds the process's number, and the process keeps it locked: who finds it unlocked, and
/// no such process, may remove it.
struct TemporaryFolder {
  let path: String

  private static let made = Mutex<Set<String>>([])

  init(_ purpose: String) throws {
    Interruption.watch()
    let base = Environment.value("TMPDIR") ?? "/tmp"
    if !Self.isSwept.exchange(true, ordering: .relaxed) { Self.sweep(base) }
    var template = Array("\(base)/strata-\(purpose)-\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure.engine(
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

  /// Makes a folder for everything that this run needs for a while: scratch databases, the bridge,
  /// what migrations make. All of it is gone when the process ends.
  static func beginRun() throws {
    setenv("TMPDIR", try TemporaryFolder("run").path, 1)
  }

  func remove() {
    Files.removeTree(path)
    let gone = path
    Self.made.withLock { _ = $0.remove(gone) }
  }

  static func removeAll() {
    let left = made.withLock { folders in
      defer { folders = [] }
      return folders
    }
    for path in left { Files.removeTree(path) }
  }
}

/// Ctrl-C and SIGTERM: temporary folders are removed and the process ends; the store is as the last
/// finished transaction left it.
enum Interruption {
  /// Written by the signal handler, read by the watching thread. Set once, before the handler is.
  nonisolated(unsafe) private static var pipeEnds: (Int32, Int32) = (-1, -1)
  private static let isRequested = Atomic<Bool>(false)
  private static let isWatched = Atomic<Bool>(false)

  static func watch() {
    guard !isWatched.exchange(true, ordering: .sequentiallyConsistent) else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipeEnds = (ends[0], ends[1])
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in Interruption.await() }, nil)
    pthread_detach(thread)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in Interruption.request(number) }
    }
  }

  private static func request(_ number: Int32) {
    isRequested.store(true, ordering: .sequentiallyConsistent)
    var byte = UInt8(truncatingIfNeeded: number)
    _ = Glibc.write(pipeEnds.1, &byte, 1)
  }

  private static func await() -> UnsafeMutableRawPointer? {
    var byte: UInt8 = 0
    while Glibc.read(pipeEnds.0, &byte, 1) != 1 {}
    Progress.clear()
    Dialects.standard.dropAll()
    TemporaryFolder.removeAll()
    Dialects.standard.dropAll()
    Console.note("strata: interrupted; what was recorded before stays, nothing is half done")
    _exit(128 + Int32(byte))
  }

  /// Errors that an interruption causes on its way are not worth a message.
  static func waitIfRequested() {
    guard isRequested.load(ordering: .sequentiallyConsistent) else { return }
    while true { pause() }
  }
}
