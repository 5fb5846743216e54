// Invariants:
// - Nothing outside the store is read, written or removed through this folder: neither the folder
//   nor a file in it is followed as a link, and only regular files are opened.
import SchemaModel
import FileSystem
import Glibc

/// The folder of a store that holds scratch databases. All in it is disposable.
final class ScratchFolder {
  private let descriptor: Int32

  /// Nil where there is none. To `make` it, whatever else has its name goes.
  init?(of store: String, making: Bool = false) {
    let path = store + "/scratch"
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    var found = open(path, flags)
    if found < 0, making {
      if errno == ELOOP || errno == ENOTDIR { unlink(path) }
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else { return nil }
      found = open(path, flags)
    }
    guard found >= 0 else { return nil }
    descriptor = found
  }

  deinit { close(descriptor) }

  /// Calls `body` with the open file of this name.
  /// - Returns: nil where there is none, or something else than a regular file.
  func read<Result>(_ name: String, _ body: (Int32) throws -> Result?) rethrows -> Result? {
    // A FIFO would wait for a writer without O_NONBLOCK.
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return try body(file)
  }

  /// Puts a file of this name there, whole or not at all; `body` writes it.
  func write(_ name: String, _ body: (Int32) throws -> Void) throws {
    remove(name + ".new")
    // A folder in the way does not give way to a file.
    try FileWriter.replace(
      name, in: descriptor, beside: name + ".new", removesFolder: true, body)
  }

  func names() -> [String] { Files.names(in: descriptor) }

  /// Removes a file, a link or a folder.
  func remove(_ name: String) { Files.removeTree(name, in: descriptor) }
}
