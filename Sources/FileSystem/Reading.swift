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

  /// More than any engine takes as one script.
  public static let fileByteCountMax = 1 << 30
  /// Of a pipe or a device, which need not end.
  public static let streamByteCountMax = 1 << 28

  /// Up to the end, as long as that is within the limits above.
  /// - Throws: `FileError`, which calls the file by `name`.
  public static func read(
    descriptor: Int32, named name: String
  ) throws(FileError) -> [UInt8] {
    var information = stat()
    let isFile = fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    let byteCountMax = isFile ? fileByteCountMax : streamByteCountMax
    func tooMany() -> FileError {
      FileError(
        path: name,
        description: "expected at most \(byteCountMax >> 20) MiB in \(name), found more"
          + (isFile ? "" : "; is it a device?"))
    }
    if isFile, information.st_size > byteCountMax { throw tooMany() }
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
      guard bytes.count <= byteCountMax else { throw tooMany() }
    }
  }
}
