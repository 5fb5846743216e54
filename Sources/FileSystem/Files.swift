#if canImport(Glibc)
  public import Glibc
#else
  public import Darwin
#endif

/// The file operations that the project needs, by the system's own calls.
///
/// Paths are as the system takes them: relative ones begin at the working directory.
public enum Files {
  /// Whether there is something, be it out of reach for reading. A link is followed.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether this user may write to what is there.
  public static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// Why the system does not say what is at a path; nil where it does, also that nothing is.
  public static func whyOutOfReach(_ path: String) -> String? {
    var information = stat()
    guard stat(path, &information) != 0, errno != ENOENT, errno != ENOTDIR else { return nil }
    return FileError.reason()
  }

  /// Whether there is a folder; a link is followed.
  public static func isDirectory(_ path: String) -> Bool { kind(at: path) == S_IFDIR }

  /// Whether there is a regular file; a link is followed.
  public static func isFile(_ path: String) -> Bool { kind(at: path) == S_IFREG }

  /// Whether a symbolic link has this name.
  public static func isLink(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
  }

  /// The size of what is at the path; nil where nothing is. A link is followed.
  public static func byteCount(of path: String) -> Int? {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : nil
  }

  /// Why there may be no room where a path leads, in words: for those who are told no more than that
  /// something failed. Nil where there is room.
  public static func wantOfRoom(at path: String) -> String? {
    var system = statvfs()
    if statvfs(path, &system) == 0 {
      let blocks = geteuid() == 0 ? system.f_bfree : system.f_bavail
      if UInt64(blocks) * UInt64(system.f_frsize) < 1 << 20 { return "the disk is full" }
    }
    var limit = rlimit()
    #if canImport(Glibc)
      let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0
    #else
      let isKnown = getrlimit(RLIMIT_FSIZE, &limit) == 0
    #endif
    return isKnown && limit.rlim_cur < 1 << 40
      ? "a file may not become as large as this needs (`ulimit -f`)" : nil
  }

  static func kind(at path: String) -> mode_t? {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_mode & S_IFMT : nil
  }

  static func kind(of descriptor: Int32) -> mode_t? {
    var information = stat()
    return fstat(descriptor, &information) == 0 ? information.st_mode & S_IFMT : nil
  }
}
