import SchemaModel

/// What a text from a store may be before it is joined to a path. A store is data, and may come from
/// anybody.
public enum StoredPath {
  /// A path that stays in the folder it is relative to: no empty part, no `.` or `..`, no NUL.
  public static func isRelative(_ path: String) -> Bool {
    !path.isEmpty
      && path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .allSatisfy { isName(String(decoding: $0, as: UTF8.self)) }
  }

  /// The name of a file in a folder.
  public static func isName(_ name: String) -> Bool {
    let bytes = name.utf8
    return !bytes.isEmpty && name != "." && name != ".." && bytes.count <= 255
      && !bytes.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }

  /// The absolute path of a folder.
  public static func isAbsolute(_ path: String) -> Bool {
    path.utf8.first == UInt8(ascii: "/") && !path.utf8.contains(0)
  }
}
