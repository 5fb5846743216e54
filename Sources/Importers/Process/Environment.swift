import FoundationEssentials
import Glibc

/// Our own environment variables.
enum Environment {
  static var current: [String: String] { ProcessInfo.processInfo.environment }
}

/// The few questions that importers ask of the file system, with errors that name the path.
enum Disk {
  static func isDirectory(_ path: String) -> Bool { mode(path) == S_IFDIR }
  static func isFile(_ path: String) -> Bool { mode(path) == S_IFREG }
  static func isExecutable(_ path: String) -> Bool { isFile(path) && access(path, X_OK) == 0 }

  /// Whether both lead to one file or folder that is there.
  static func isSame(_ path: String, _ other: String) -> Bool {
    if path == other { return true }
    var (first, second) = (stat(), stat())
    return stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  private static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The names in a folder, sorted by their bytes.
  static func names(in folder: String) throws(FolderError) -> [String] {
    guard let directory = opendir(folder) else {
      throw .unreadable(path: folder, reason: String(cString: strerror(errno)))
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let (name, isText) = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          (String(cString: $0), String(validatingCString: $0) != nil)
        }
      }
      guard isText else {
        // By the name that we would have for it, nothing is there.
        guard name.hasSuffix(".sql") || name.hasSuffix(".py") else { continue }
        throw .unreadable(
          path: "\(folder)/\(name)", reason: "its name is no UTF-8; rename it, then try again")
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// More than this no engine takes as one script.
  static let byteCountMax = 1 << 30

  /// The content of a regular file.
  static func bytes(of path: String) throws(FolderError) -> [UInt8] {
    // Without O_NONBLOCK the opening of a FIFO waits for whoever writes to it.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .notAFile(path: path, found: isDirectory(path) ? "a folder" : "a FIFO or a device")
    }
    guard status.st_size <= byteCountMax else {
      throw .tooLarge(path: path, byteCount: byteCountMax)
    }
    var result: [UInt8] = []
    result.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count == 0 { return result }
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      result += chunk[..<count]
      // Some files of the system's say that they are empty, and never end.
      guard result.count <= byteCountMax else {
        throw .tooLarge(path: path, byteCount: byteCountMax)
      }
    }
  }

  /// The path without `.`, `..` and doubled slashes, from the root on; links are not followed.
  static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The same of a path that begins in a folder where it does not begin at the root.
  static func absolute(_ path: String, in folder: String) -> String {
    absolute(path.hasPrefix("/") ? path : folder + "/" + path)
  }

  static func parent(of path: String) -> String {
    let parts = path.split(separator: "/")
    return "/" + parts.dropLast().joined(separator: "/")
  }

  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }

  /// `path` as seen from `folder`, which must be above it.
  static func relative(_ path: String, to folder: String) -> String {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
