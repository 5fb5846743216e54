#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Files {
  /// Whether a text names a place at all: the system would read one with a NUL up to that, and an
  /// empty one, with a name behind it, as the root.
  public static func isPath(_ text: String) -> Bool { !text.isEmpty && !text.utf8.contains(0) }

  /// The absolute path of the working directory; `.` where that is gone.
  public static var workingDirectory: String {
    guard let pointer = getcwd(nil, 0) else { return "." }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// The path from the root on, otherwise as it is given.
  public static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return path == "." ? workingDirectory : "\(workingDirectory)/\(path)"
  }

  /// The path from the root on, without `.`, `..` and doubled slashes; links are not looked at.
  public static func standardized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in absolute(path).split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// Where a path leads when all links are followed; nil where it leads to nothing.
  public static func real(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// The path up to its last slash; nil where it has none.
  public static func parent(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path; empty for the root.
  public static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }
}
