internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A folder that is gone when the process ends; after SIGKILL, when the next one begins.
///
/// Its name holds the process's number, and the process keeps it locked: who finds it unlocked, and
/// no such process, may remove it. Whoever ends the process calls `removeAll`.
public struct TemporaryFolder: Sendable {
  /// Without a slash at its end.
  public let path: String

  /// With the descriptor by which each is kept locked.
  private static let made = Mutex<[String: Int32]>([:])
  private static let preparation = Mutex<(@Sendable () -> Void)?>(nil)

  /// What is to be done before the first folder is made: watching for signals, mostly, which a
  /// process that needs no such folder does not pay for.
  public static func beforeFirst(_ action: @escaping @Sendable () -> Void) {
    preparation.withLock { $0 = action }
  }

  /// Makes `strata-PURPOSE-PID-XXXXXX`, and removes what killed processes left there.
  /// - Parameters:
  ///   - purpose: one word without a dash.
  ///   - base: the folder to make it in, `$TMPDIR` mostly.
  /// - Throws: `FileError` of the system where no folder can be made there.
  public init(_ purpose: String, in base: String = Files.temporaryDirectory) throws {
    let prepare = Self.preparation.withLock { action in
      defer { action = nil }
      return action
    }
    prepare?()
    if Self.swept.withLock({ $0.insert(base).inserted }) { Self.sweep(base) }
    path = try Self.makeDirectory("strata-\(purpose)-\(getpid())-", in: base)
    let made = path
    let descriptor = Self.lock(made)
    Self.made.withLock { $0[made] = descriptor ?? -1 }
  }

  /// Makes a folder of a name that nobody has, which the caller removes.
  /// - Parameter prefix: its name up to the six characters that chance adds.
  /// - Throws: `FileError` with what to do.
  public static func makeDirectory(
    _ prefix: String, in base: String = Files.temporaryDirectory
  ) throws(FileError) -> String {
    do {
      return try Files.makeUniqueDirectory("\(base)/\(prefix)")
    } catch {
      throw FileError(
        path: base, fault: error.code == EIO ? .system : .unwritable, code: error.code,
        description: "expected a writable temporary folder in \(base), found: \(error.reason); "
          + "set TMPDIR to another folder")
    }
  }

  /// Where this process has looked already for what others left.
  private static let swept = Mutex<Set<String>>([])

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

  /// Makes a folder for everything that this run needs for a while, and names it in `$TMPDIR`:
  /// scratch databases, the bridge, what migrations make. All of it is gone when the process ends.
  /// - Throws: as `init`.
  public static func beginRun() throws {
    setenv("TMPDIR", try TemporaryFolder("run").path, 1)
  }

  /// Removes the folder and what is in it; a second time does nothing.
  public func remove() {
    Files.removeTree(path)
    let gone = path
    let descriptor = Self.made.withLock { $0.removeValue(forKey: gone) }
    if let descriptor, descriptor >= 0 { close(descriptor) }
  }

  /// Removes all such folders of this process.
  public static func removeAll() {
    let left = made.withLock { folders in
      defer { folders = [:] }
      return folders
    }
    for (path, descriptor) in left {
      Files.removeTree(path)
      if descriptor >= 0 { close(descriptor) }
    }
  }
}
