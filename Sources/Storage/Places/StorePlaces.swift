import FileSystem
import SchemaModel
import Glibc

// A store may come from anybody, as a folder in git or a cache. What lies in it may be files and
// folders of its own: a link would lead LMDB, SQLite or ourselves to write somewhere else, a pipe
// would be waited for without an end. So each place is looked at before it is opened.

/// What is at a path, without following a link there.
public enum PlaceKind: Equatable, Sendable {
  case nothing
  case folder
  /// A file that has this one name.
  case file
  /// A file that has other names too: it may be somebody else's.
  case sharedFile
  case other(String)
  /// It cannot be looked at; the system's words for why.
  case outOfReach(String)

  /// Looks at a path.
  public init(at path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      self = errno == ENOENT || errno == ENOTDIR ? .nothing : .outOfReach(FileError.reason())
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: self = .folder
    case S_IFREG: self = status.st_nlink > 1 ? .sharedFile : .file
    case S_IFLNK: self = .other("a symbolic link")
    case S_IFIFO: self = .other("a pipe")
    case S_IFSOCK: self = .other("a socket")
    default: self = .other("a device")
    }
  }

  fileprivate var name: String {
    switch self {
    case .nothing: "nothing"
    case .folder: "a folder"
    case .file: "a file"
    case .sharedFile: "a file that has a second name elsewhere"
    case .other(let name): name
    case .outOfReach(let why): "something that cannot be looked at (\(why))"
    }
  }
}

/// The places in a store's directory that are opened.
enum StorePlaces {
  /// Refuses a store whose log or archive is not its own; what is missing is made later.
  /// - Throws: `StoreError.foreignPlace`.
  static func check(_ directory: String) throws(StoreError) {
    for name in ["log", "archive"] { try expect(folder: directory + "/" + name) }
    for name in ["log/data.mdb", "log/lock.mdb", "writer.lock"] {
      try expect(file: directory + "/" + name)
    }
  }

  /// LMDB, and the system, would only say that something is not permitted.
  /// - Throws: `StoreError.file` with the file that whoever asks may not write, and needs to.
  static func expectWritable(log: String) throws(StoreError) {
    let lock = log + "/lock.mdb"
    if mayNotWrite(lock) {
      throw .file(
        "expected permission to write this file, where readers are counted, found none; give it (and to "
          + "the log beside it), or copy the store; nothing was changed", path: lock)
    }
    if mayNotWrite(log + "/data.mdb") {
      throw .file(
        "expected permission to write the log, found none; give it, or copy the store; nothing was changed",
        path: log + "/data.mdb")
    }
  }

  /// Whether a reader of the log may be counted: else nobody who writes knows of it.
  static func mayCountReaders(log: String) -> Bool {
    let lock = log + "/lock.mdb"
    return !mayNotWrite(Files.exists(lock) ? lock : log)
  }

  private static func mayNotWrite(_ path: String) -> Bool {
    access(path, W_OK) != 0 && [EACCES, EROFS, EPERM].contains(errno)
  }

  private static func look(_ path: String) throws(StoreError) -> PlaceKind {
    let found = PlaceKind(at: path)
    if case .outOfReach(let why) = found {
      throw .file("cannot look at it: \(why); nothing was opened or changed", path: path)
    }
    return found
  }

  static func expect(folder path: String) throws(StoreError) {
    let found = try look(path)
    guard found == .folder || found == .nothing else {
      throw .foreignPlace(expected: "a folder of the store", found: found.name, path: path)
    }
  }

  static func expect(file path: String) throws(StoreError) {
    let found = try look(path)
    guard found == .file || found == .nothing else {
      throw .foreignPlace(expected: "a file of the store", found: found.name, path: path)
    }
  }
}
