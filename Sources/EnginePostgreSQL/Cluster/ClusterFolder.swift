internal import SchemaModel
internal import FileSystem

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The folder of one temporary cluster: `/tmp/strata-pg-PID-XXXXXX` with `data`, the socket, the log,
/// and the file `owner` that its owner keeps locked while it lives. STRATA_PG_TMPDIR names another
/// place than `/tmp`: a larger disk, or one in memory, where a cluster is made and removed in a tenth
/// of the time.
///
/// A folder whose lock is free belongs to nobody any more. Its path is short, since a socket's path
/// has at most 107 bytes, and always the same, so that leftovers are found.
struct ClusterFolder {
  let path: String
  private let lock: Int32

  /// Where it may lie, the best first.
  private static var roots: [String] {
    (Subprogram.variable(placeVariable).map { [$0] } ?? []) + ["/tmp", "/var/tmp"]
  }
  static let placeVariable = "STRATA_PG_TMPDIR"
  /// A socket's path has at most 107 bytes, of which the folder's name and the socket's take 40.
  private static let longestPlace = 67
  static let prefix = "strata-pg-"
  /// A folder without a lock file may be in the making for so long.
  static let youthSeconds = 60

  /// - Throws: `PostgreSQLEngineError.place`.
  init(for user: ServerUser) throws(PostgreSQLEngineError) {
    var reason = ""
    for root in try Self.places() {
      let path: String
      do throws(FileError) {
        path = try Files.makeUniqueDirectory("\(root)/\(Self.prefix)\(getpid())-")
      } catch {
        reason = error.reason
        continue
      }
      // It gets its name when it is locked: who sweeps meanwhile would take it for nobody's.
      let unnamed = path + "/owner.new"
      let lock = open(unnamed, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, rename(unnamed, path + "/owner") == 0,
        user.other == nil || chown(path, user.user, user.group) == 0
      else {
        reason = FileError.reason()
        if lock >= 0 { close(lock) }
        Files.removeTree(path)
        continue
      }
      self.path = path
      self.lock = lock
      Self.spreadFolders(in: path)
      return
    }
    throw .place("expected a writable \(Self.words(for: try Self.places())), found: \(reason)")
  }

  /// The place that was asked for alone, or else those that every system has.
  /// - Throws: `PostgreSQLEngineError.place` where what was asked for can be none.
  private static func places() throws(PostgreSQLEngineError) -> [String] {
    guard let asked = Subprogram.variable(placeVariable) else { return roots }
    func found(_ what: String) -> PostgreSQLEngineError {
      .place("expected a folder's full path in \(placeVariable), found \(what)")
    }
    guard asked.hasPrefix("/") else { throw found(asked) }
    guard Files.isDirectory(asked) else { throw found("\(asked), which is no folder") }
    guard asked.utf8.count <= longestPlace else {
      throw found("one of \(asked.utf8.count) bytes: a socket's path has room for \(longestPlace)")
    }
    return [asked]
  }

  private static func words(for places: [String]) -> String { places.joined(separator: " or ") }

  /// Asks for each folder that is made in this one to lie somewhere else on the disk.
  ///
  /// ext4 makes a file slowly (0.5 ms, not 0.05) in a part of the disk where others were removed in
  /// the last minutes, and a new database has three hundred of them; the last cluster may have been
  /// removed a moment ago. Other file systems do not know the flag and need none.
  static func spreadFolders(in path: String) {
    #if os(Linux)
      // Of linux/fs.h: FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_TOPDIR_FL.
      let (getFlags, setFlags, topOfHierarchies): (UInt, UInt, Int) = (
        0x8008_6601, 0x4008_6602, 0x0002_0000
      )
      let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard folder >= 0 else { return }
      defer { close(folder) }
      var flags = 0
      guard ioctl(folder, getFlags, &flags) == 0 else { return }
      flags |= topOfHierarchies
      _ = ioctl(folder, setFlags, &flags)
    #endif
  }

  /// Gives the lock up; the folder must be gone or be nobody's by then.
  func release() { close(lock) }

  /// Stops and removes what processes left behind that ended without doing so.
  static func sweep(for user: ServerUser) {
    for root in roots {
      for name in Files.names(in: root) where name.hasPrefix(prefix) {
        sweep(root + "/" + name, user)
      }
    }
  }

  private static func sweep(_ path: String, _ user: ServerUser) {
    var information = stat()
    guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR,
      information.st_uid == user.user || information.st_uid == geteuid()
    else { return }
    let lock = open(path + "/owner", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    if lock < 0 {
      #if canImport(Glibc)
        let changed = information.st_mtim.tv_sec
      #else
        let changed = information.st_mtimespec.tv_sec
      #endif
      // The lock file comes before the data: where it is gone, a removal was cut short.
      guard errno == ENOENT,
        time(nil) - changed > youthSeconds || isMakerGone(path)
          || access(path + "/data", F_OK) == 0
      else { return }
    } else if !isFree(lock, of: path) {
      close(lock)
      return
    }
    defer { if lock >= 0 { close(lock) } }
    remove(path)
  }

  /// Takes the lock. A program that its owner was about to start when it was killed holds a copy of
  /// the lock until it has begun.
  private static func isFree(_ lock: Int32, of path: String) -> Bool {
    for _ in 0..<100 {
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { return true }
      guard isMakerGone(path) else { return false }
      usleep(10_000)
    }
    return false
  }

  /// Again until it is gone: the copy of the template or the server that the owner started may
  /// outlive it for a moment and write into what is being removed. What writes by the folder's path
  /// finds it no more once it has another one.
  private static func remove(_ path: String) {
    var path = path
    for _ in 0..<500 {
      stopServer(of: path)
      if !path.hasSuffix(goneSuffix), rename(path, path + goneSuffix) == 0 { path += goneSuffix }
      _ = try? Subprogram.output("/bin/rm", ["-rf", path])
      if access(path, F_OK) != 0 { return }
      usleep(20_000)
    }
  }

  /// Of a folder that is being removed; it is swept like the others where that was cut short.
  private static let goneSuffix = "-gone"

  /// Whether the process that made the folder, by its name, has ended: before it had the lock, then.
  private static func isMakerGone(_ path: String) -> Bool {
    let name = path.split(separator: "/").last?.dropFirst(prefix.count) ?? ""
    guard let maker = name.split(separator: "-").first.flatMap({ pid_t($0) }), maker > 1 else {
      return false
    }
    return kill(maker, 0) != 0 && errno == ESRCH
  }

  /// The server's process id, where the process of that id is this folder's server.
  static func server(of path: String) -> pid_t? {
    guard let text = Files.text(of: path + "/data/postmaster.pid"),
      let process = text.split(separator: "\n").first.flatMap({ pid_t($0) }), process > 1,
      kill(process, 0) == 0
    else { return nil }
    #if canImport(Glibc)
      guard let bytes = try? Files.read("/proc/\(process)/cmdline") else { return nil }
      let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    #else
      guard
        let line = try? Subprogram.output(
          "/bin/ps", ["-p", "\(process)", "-o", "command=", "-ww"])
      else { return nil }
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    #endif
    let began = path.hasSuffix(goneSuffix) ? String(path.dropLast(goneSuffix.count)) : path
    return words.contains(began + "/data") ? process : nil
  }

  private static func stopServer(of path: String) {
    guard let process = server(of: path) else { return }
    kill(process, SIGQUIT)
    for _ in 0..<500 where server(of: path) != nil { usleep(10_000) }
    if server(of: path) != nil { kill(process, SIGKILL) }
  }
}
