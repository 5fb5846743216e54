#if canImport(Glibc)
  public import Glibc
#else
  public import Darwin
#endif

extension Files {
  /// The content of a regular file, which a link may lead to.
  /// - Throws: `FileError` where it cannot be read, is none, or has more than 1 GiB.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    // A FIFO would wait for a writer without O_NONBLOCK.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("a readable file", path) }
    defer { close(descriptor) }
    guard kind(of: descriptor) == S_IFREG else {
      throw FileError(
        path: path,
        description: "expected a regular file \(path), found something else of that name")
    }
    return try read(descriptor: descriptor, named: path)
  }

  /// The content of a file, or of a FIFO up to its end.
  /// - Throws: `FileError` where it cannot be read, or does not end.
  public static func readStream(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("a readable file", path) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, named: path)
  }

  /// A small file that may come from anybody; nil for a link, a pipe, and what has more than 1 MiB.
  /// - Parameter owner: whose file it must be, with nobody else allowed to write to it.
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

  /// The text of a file, whatever in it is no UTF-8 repaired; nil where it cannot be read.
  public static func text(of path: String) -> String? {
    (try? readStream(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Up to the end: 1 GiB of a regular file, which is more than any engine takes as one script, and
  /// 256 MiB of anything else, since a device need not end.
  /// - Throws: `FileError`, which calls the file by `name`.
  public static func read(
    descriptor: Int32, named name: String
  ) throws(FileError) -> [UInt8] {
    let byteCountMax = kind(of: descriptor) == S_IFREG ? 1 << 30 : 1 << 28
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = systemRead(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("a readable file", name)
      }
      bytes += buffer[..<count]
      guard bytes.count <= byteCountMax else {
        throw FileError(
          path: name,
          description: "expected at most \(byteCountMax >> 20) MiB in \(name), found more; "
            + "is it a device?")
      }
    }
  }
}
