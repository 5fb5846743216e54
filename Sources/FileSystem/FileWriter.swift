// Invariants:
// - A file that is replaced is the old one or the new one, whole, at every moment.
// - What is written beside it has a name that no link can stand for: it is made, or it fails; and it
//   is gone when writing failed.
#if canImport(Glibc)
  public import Glibc
#else
  public import Darwin
#endif

/// The one way in which Strata writes files.
public enum FileWriter {
  /// Where a name in a path begins: at the working directory.
  public static let workingDirectory = Int32(AT_FDCWD)

  /// Puts a file in the place of a name: written beside it, then renamed.
  /// - Parameters:
  ///   - name: the name in `folder`, or a path where that is the working directory. What has the
  ///     name, a link too, gives way; only a folder does not.
  ///   - folder: an open folder.
  ///   - beside: a second name in the same folder, for the unfinished file. Whatever file has it
  ///     goes.
  ///   - mode: the file's permissions, from which the umask takes.
  ///   - isDurable: the file, and its name in the folder, are on the disk before this returns.
  ///   - removesFolder: also what is a folder gives way.
  ///   - body: writes the file through the descriptor.
  /// - Throws: `FileError`, and what `body` throws. The name leads to what it led to before, unless
  ///   only making the folder durable failed.
  public static func replace(
    _ name: String, in folder: Int32 = workingDirectory, beside: String, mode: mode_t = 0o644,
    isDurable: Bool = false, removesFolder: Bool = false, _ body: (Int32) throws -> Void
  ) throws {
    unlinkat(folder, beside, 0)
    let file = openat(
      folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard file >= 0 else { throw FileError("to write", name) }
    do {
      do {
        try body(file)
        if isDurable { try sync(file, name) }
      } catch {
        close(file)
        throw error
      }
      // Some file systems say only now that the disk is full.
      guard close(file) == 0 || errno == EINTR else { throw FileError("to write", name, .system) }
      if renameat(folder, beside, folder, name) != 0 {
        guard removesFolder, [EISDIR, ENOTEMPTY, EEXIST].contains(errno) else {
          throw FileError("to write", name)
        }
        Files.removeTree(name, in: folder)
        guard renameat(folder, beside, folder, name) == 0 else {
          throw FileError("to write", name)
        }
      }
    } catch {
      unlinkat(folder, beside, 0)
      throw error
    }
    if isDurable { try syncFolder(of: name, in: folder) }
  }

  /// Makes a new file with these bytes.
  /// - Throws: `FileError`, with `EEXIST` where something has the name; the file is gone where it
  ///   could not be written.
  public static func create(
    _ path: String, _ bytes: [UInt8], mode: mode_t = 0o644, ownedBy owner: (uid_t, gid_t)? = nil
  ) throws(FileError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw FileError("to write", path) }
    do throws(FileError) {
      do throws(FileError) {
        try write(bytes, to: file, named: path)
        if let owner, fchown(file, owner.0, owner.1) != 0 { throw FileError("to give away", path) }
      } catch {
        close(file)
        throw error
      }
      guard close(file) == 0 || errno == EINTR else { throw FileError("to write", path, .system) }
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Writes all of the bytes to an open file, however often the system takes a part of them.
  /// - Throws: `FileError`, which calls the file by `name`.
  public static func write(
    _ bytes: [UInt8], to descriptor: Int32, named name: String
  ) throws(FileError) {
    try write(bytes[...], to: descriptor, named: name)
  }

  private static func write(
    _ bytes: ArraySlice<UInt8>, to descriptor: Int32, named name: String
  ) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError("to write", name, .system) }
      rest = rest.dropFirst(count)
    }
  }

  /// Copies an open file, from where it stands to its end, to another one.
  /// - Throws: `FileError`, which calls the target by `name`.
  public static func copy(
    _ source: Int32, to target: Int32, named name: String
  ) throws(FileError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = systemRead(source, &buffer, buffer.count)
      if count == 0 { return }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError("to read what is copied to", name, .system) }
      try write(buffer[..<count], to: target, named: name)
    }
  }

  /// - Throws: `FileError` where the system cannot say that the file is on the disk.
  static func sync(_ descriptor: Int32, _ name: String) throws(FileError) {
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw FileError("to sync", name, .system) }
    }
  }

  private static func syncFolder(of name: String, in folder: Int32) throws(FileError) {
    if folder != workingDirectory, !name.utf8.contains(UInt8(ascii: "/")) {
      return try sync(folder, name)
    }
    try DirectorySync.sync(Files.parent(of: name) ?? ".")
  }
}

extension FileWriter {
  /// What no file system takes more of in a name, in bytes.
  private static let nameMax = 255

  /// A name beside another one, for a file that is not finished: with a suffix, and where that would be
  /// too long a name, of its beginning and a hash of the whole.
  /// - Parameter path: a name, or a path, of which the last part gets the suffix.
  public static func unfinished(_ path: String, _ suffix: String) -> String {
    let name = Files.name(of: path)
    guard name.utf8.count + suffix.utf8.count > nameMax else { return path + suffix }
    // FNV-1a: two long names differ mostly at their ends.
    let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let end = ".\(String(hash, radix: 16))\(suffix)"
    var beginning = Substring(name)
    while beginning.utf8.count + end.utf8.count > nameMax, !beginning.isEmpty {
      beginning.removeLast()
    }
    return path.dropLast(name.count) + beginning + end
  }
}

/// Makes what was renamed, made or removed in a folder durable.
public enum DirectorySync {
  /// - Throws: `FileError` where the folder cannot be opened or synced.
  public static func sync(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("the folder", path) }
    defer { close(descriptor) }
    try FileWriter.sync(descriptor, path)
  }
}

extension Files {
  /// Writes beside the name and renames, so that nobody sees half of it. What a link leads to is
  /// replaced, not the link; a device or a pipe is written to.
  /// - Parameter isDurable: the file is on the disk before this returns.
  /// - Throws: `FileError`: of the place where the folder does not let it be written, of the system
  ///   where the disk does not.
  public static func write(
    _ bytes: [UInt8], to path: String, mode: mode_t = 0o644, isDurable: Bool = false
  ) throws {
    guard isPath(path) else {
      throw FileError(path: path, description: "expected the name of a file, found '\(path)'")
    }
    var information = stat()
    if lstat(path, &information) == 0, information.st_mode & S_IFMT != S_IFREG {
      return try writeThrough(bytes, to: path, mode, isDurable)
    }
    try FileWriter.replace(
      path, beside: FileWriter.unfinished(path, ".\(getpid()).partial"), mode: mode,
      isDurable: isDurable
    ) { try FileWriter.write(bytes, to: $0, named: path) }
  }

  /// Into what a link leads to, or a device or a pipe: these stay what they are.
  private static func writeThrough(
    _ bytes: [UInt8], to path: String, _ mode: mode_t, _ isDurable: Bool
  ) throws {
    if isLink(path), let real = real(path) {
      var information = stat()
      if lstat(real, &information) == 0, information.st_mode & S_IFMT == S_IFREG {
        return try write(bytes, to: real, mode: mode, isDurable: isDurable)
      }
    }
    // A link may lead to what is not there yet.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FileError("to write", path) }
    defer { close(descriptor) }
    try FileWriter.write(bytes, to: descriptor, named: path)
  }
}
