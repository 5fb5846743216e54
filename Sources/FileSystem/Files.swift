public import Glibc

/// Why a file cannot be read or written: what was expected, what was found.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whether the path is at fault, and not the disk.
  public var isInput: Bool
  public var description: String

  static func input(_ text: String) -> FileError { FileError(isInput: true, description: text) }
  static func engine(_ text: String) -> FileError { FileError(isInput: false, description: text) }
}

/// The few file operations that Strata needs, without Foundation.
public enum Files {
  public static var workingDirectory: String {
    guard let pointer = getcwd(nil, 0) else { return "." }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  public static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return path == "." ? workingDirectory : "\(workingDirectory)/\(path)"
  }

  public static func parent(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  public static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public static func isDirectory(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  public static func isLink(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
  }

  public static func byteCount(of path: String) -> Int? {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : nil
  }

  /// The content of a regular file.
  /// - Throws: `.input` where it cannot be read, or is none.
  public static func read(_ path: String) throws -> [UInt8] {
    // A FIFO would wait for a writer without O_NONBLOCK.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError.input("expected a readable file \(path), found: \(reason)")
    }
    defer { close(descriptor) }
    guard kind(of: descriptor) == S_IFREG else {
      throw FileError.input("expected a regular file \(path), found something else of that name")
    }
    return try read(descriptor: descriptor, named: path)
  }

  /// The content of a file, or of a FIFO up to its end.
  /// - Throws: `.input` where it cannot be read, or does not end.
  public static func readStream(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError.input("expected a readable file \(path), found: \(reason)")
    }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, named: path)
  }

  /// A small file that may come from anybody; nil for a link, a pipe, and what is too large.
  public static func readPlain(_ path: String, ownedBy owner: uid_t? = nil) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
      information.st_size <= 1 << 20
    else { return nil }
    if let owner {
      guard information.st_uid == owner, information.st_mode & 0o022 == 0 else { return nil }
    }
    return try? read(descriptor: descriptor, named: path)
  }

  private static func kind(of descriptor: Int32) -> mode_t? {
    var information = stat()
    return fstat(descriptor, &information) == 0 ? information.st_mode & S_IFMT : nil
  }

  /// Up to the end: 1 GiB of a regular file, which is more than any engine takes as one script, and
  /// 256 MiB of anything else, since a device need not end.
  public static func read(descriptor: Int32, named name: String) throws -> [UInt8] {
    let byteCountMax = kind(of: descriptor) == S_IFREG ? 1 << 30 : 1 << 28
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.input("expected a readable file \(name), found: \(reason)")
      }
      bytes += buffer[..<count]
      guard bytes.count <= byteCountMax else {
        throw FileError.input(
          "expected at most \(byteCountMax >> 20) MiB in \(name), found more; is it a device?")
      }
    }
  }

  /// Into what a link leads to, or a device or a pipe: these stay what they are.
  private static func writeThrough(_ bytes: [UInt8], to path: String, _ mode: mode_t) throws {
    if isLink(path), let target = realpath(path, nil) {
      defer { free(target) }
      var information = stat()
      let real = String(cString: target)
      if lstat(real, &information) == 0, information.st_mode & S_IFMT == S_IFREG {
        return try write(bytes, to: real, mode: mode)
      }
    }
    // A link may lead to what is not there yet.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw FileError.input("expected to write \(path), found: \(reason)")
    }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError.engine("expected to write \(path), found: \(reason)") }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes beside the name and renames, so that nobody sees half of it.
  /// - Throws: `.input` where the folder does not let it be written.
  public static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws {
    var information = stat()
    if lstat(path, &information) == 0, information.st_mode & S_IFMT != S_IFREG {
      return try writeThrough(bytes, to: path, mode)
    }
    let beside = "\(path).\(getpid()).partial"
    // Whatever bears that name by now, it is not written through.
    unlink(beside)
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw FileError.input("expected to write \(path), found: \(reason)")
    }
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let why = reason
        close(descriptor)
        unlink(beside)
        throw FileError.engine("expected to write \(path), found: \(why)")
      }
      offset += count
    }
    close(descriptor)
    guard rename(beside, path) == 0 else {
      let why = reason
      unlink(beside)
      throw FileError.input("expected to write \(path), found: \(why)")
    }
  }

  /// Makes the folder and those above it.
  public static func makeDirectory(_ path: String, mode: mode_t = 0o777) throws {
    if path.isEmpty || isDirectory(path) { return }
    if let parent = parent(of: path) { try makeDirectory(parent, mode: mode) }
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
      throw FileError.input("expected to make the folder \(path), found: \(reason)")
    }
  }

  /// The names in a folder, sorted; empty where it cannot be read.
  public static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Every file below a folder, relative to it.
  public static func tree(_ directory: String, below prefix: String = "") -> [String] {
    names(in: prefix.isEmpty ? directory : "\(directory)/\(prefix)").flatMap { name in
      let relative = prefix.isEmpty ? name : "\(prefix)/\(name)"
      return isDirectory("\(directory)/\(relative)")
        ? tree(directory, below: relative) : [relative]
    }
  }

  public static func removeTree(_ path: String) {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    if information.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { removeTree("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
