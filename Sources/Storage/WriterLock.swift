import SchemaModel
import FileSystem
import Glibc

// LMDB's own writer lock waits for ever. This one is taken first, so that a process which holds
// the store (stopped, or lost on a slow disk) is named instead of waited for without an end. The
// system gives it back when its holder dies.

/// The advisory lock that every writer of a store takes around a transaction: `writer.lock`, with the
/// process id of its last holder in it.
final class WriterLock: Sendable {
  /// How long a writer waits for another one, in seconds, unless `STRATA_LOCK_TIMEOUT` says.
  static let patienceSeconds = 10.0
  /// The longest that it may say: a day.
  static let patienceSecondsMax = 86_400.0

  let descriptor: Int32
  private let path: String
  /// In seconds.
  private let patience: Double
  /// A reader's lock keeps writers away, and leaves no mark.
  private let isShared: Bool
  private let threads = RecursiveLock()
  /// How often the holding thread has taken it; guarded by `threads`.
  nonisolated(unsafe) private var depth = 0

  /// - Throws: `StoreError.file` where the store's folder takes no writes.
  init(directory: String) throws {
    path = directory + "/writer.lock"
    patience = try Self.patience()
    isShared = false
    descriptor = open(
      path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let why = FileError.reason()
      try StorePlaces.expect(file: path)
      throw StoreError.file("cannot write there: \(why); nothing was changed", path: path)
    }
    try checkIsFile()
  }

  /// Nil where the lock cannot be opened: then nobody could write either, or nobody ever did.
  init?(forReading directory: String) throws {
    path = directory + "/writer.lock"
    patience = try Self.patience()
    isShared = true
    descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 { return nil }
    try checkIsFile()
  }

  private func checkIsFile() throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_nlink <= 1
    else {
      throw StoreError.foreignPlace(
        expected: "a file of the store", found: "something else", path: path)
    }
  }

  /// Runs `body` with the lock; nil where another process has it.
  func withLockAtOnce<T>(_ body: () throws -> T) rethrows -> T? {
    guard flock(descriptor, operation | LOCK_NB) == 0 else { return nil }
    defer { flock(descriptor, LOCK_UN) }
    return try body()
  }

  private var operation: Int32 { isShared ? LOCK_SH : LOCK_EX }

  deinit { close(descriptor) }

  /// Runs `body` as the only writer; a thread that is it already stays it.
  /// - Throws: `StoreError.held` after waiting in vain.
  func withLock<T>(_ body: () throws -> T) throws -> T {
    threads.lock()
    defer { threads.unlock() }
    if depth == 0 { try acquire() }
    depth += 1
    defer {
      depth -= 1
      if depth == 0 { flock(descriptor, LOCK_UN) }
    }
    return try body()
  }

  /// What nobody can wait for is refused before anything is waited for.
  private static func patience() throws(StoreError) -> Double {
    guard let value = getenv(patienceVariable), value.pointee != 0 else { return patienceSeconds }
    let text = String(cString: value)
    guard let seconds = Double(text), (0...patienceSecondsMax).contains(seconds) else {
      throw .setting(
        patienceVariable, expected: "a number of seconds from 0 to \(Int(patienceSecondsMax))",
        found: text)
    }
    return seconds
  }
  private static let patienceVariable = "STRATA_LOCK_TIMEOUT"

  private func acquire() throws {
    let start = ContinuousClock.now
    while flock(descriptor, operation | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw StoreError.file(
          "cannot lock it: \(FileError.reason()); nothing was changed", path: path)
      }
      // A sleep is as long as the machine makes it, so it is no measure of time.
      let waited = (ContinuousClock.now - start) / .seconds(1)
      guard waited < patience else {
        throw StoreError.held(by: holder(), seconds: waited, path: path)
      }
      usleep(5_000)
    }
    if isShared { return }
    let mark = Array("\(getpid())\n          ".utf8.prefix(12))
    _ = mark.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  /// Where the number of the last event stands, behind the process id.
  private static let markOffset: off_t = 12
  private static let markByteCount = 21

  /// Notes the last event that was committed: a log that ends before it was rolled back. A note that is
  /// lost tells nothing, and nothing false.
  func mark(_ last: EventSequence) {
    let line = Array("\(Self.digits(last))\n".utf8)
    _ = line.withUnsafeBytes {
      pwrite(descriptor, $0.baseAddress, $0.count, Self.markOffset)
    }
  }

  /// In 20 digits.
  static func digits(_ sequence: EventSequence) -> String {
    let digits = "\(sequence.value)"
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits
  }

  /// The last event that a writer of the store has noted; nil where none did.
  static func mark(in directory: String) -> EventSequence? {
    line(in: directory, at: markOffset, count: markByteCount).flatMap { UInt64($0) }
      .map { EventSequence($0) }
  }

  /// A line of this many bytes, without its end; nil where there is none.
  static func line(in directory: String, at offset: off_t, count length: Int) -> String? {
    let file = open(
      directory + "/writer.lock", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: length)
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, offset) }
    guard count == length, bytes.popLast() == UInt8(ascii: "\n") else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The process id that the holder left; nil where it left none.
  private func holder() -> Int? {
    var bytes = [UInt8](repeating: 0, count: 12)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    let line = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
    return Int(String(decoding: line, as: UTF8.self))
  }
}
