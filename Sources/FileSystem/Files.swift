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

  static func kind(at path: String) -> mode_t? {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_mode & S_IFMT : nil
  }

  static func kind(of descriptor: Int32) -> mode_t? {
    var information = stat()
    return fstat(descriptor, &information) == 0 ? information.st_mode & S_IFMT : nil
  }
}
