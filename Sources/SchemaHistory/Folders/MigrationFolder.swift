// Invariants:
// - Paths below the folder may come from a store, which is data. Each is taken part by part from the
//   open folder, and no link is followed: what is written or removed lies in the folder.
// - Each file is the old one or the new one, whole, at every moment.
import SchemaModel
import FileSystem
import Glibc
import Storage
import StoreFormat

/// A folder of migrations that the user named, held open.
public final class MigrationFolder {
  /// The path by which the user named it.
  public let path: String
  private let descriptor: Int32

  /// - Throws: `HistoryError.folder` where there is no such folder.
  public init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw HistoryError.folder(
        "expected a folder: \(Self.reason); nothing was changed", path: path)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  static func isSame(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  static func exists(_ path: String) -> Bool { Files.exists(path) }

  func checkIsWritable() throws {
    guard faccessat(descriptor, ".", W_OK | X_OK, 0) == 0 else {
      throw HistoryError.folder(
        "expected a folder that can be written: \(Self.reason); nothing was changed", path: path)
    }
  }

  /// The bytes of a file; nil where there is none.
  /// - Throws: `HistoryError.folder` for a path that leads out of the folder, and for what is no file.
  public func read(_ relative: String) throws -> [UInt8]? {
    let opened = try inFolder(of: relative) { parent, name -> Int32? in
      let file = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      if file >= 0 { return file }
      if errno == ENOENT { return nil }
      if errno == ELOOP { return try openLink(relative) }
      throw refusal("cannot be read (\(Self.reason))", relative)
    }
    guard let file = opened ?? nil else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw refusal("is no file", relative)
    }
    return try readAll(file, relative)
  }

  /// Nil where a folder on the way is missing.
  private func inFolder<T>(
    of relative: String, making: Bool = false, _ body: (Int32, String) throws -> T
  ) throws -> T? {
    guard StoredPath.isRelative(relative) else {
      throw HistoryError.folder("'\(relative)' leads out of the folder", path: path)
    }
    var parts = relative.split(separator: "/").map(String.init)
    let name = parts.removeLast()
    var parent = dup(descriptor)
    defer { close(parent) }
    for part in parts {
      if making, mkdirat(parent, part, 0o777) != 0, errno != EEXIST {
        throw failure("cannot make the folder of", relative)
      }
      let next = openat(parent, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      if next < 0 {
        if errno == ENOENT { return nil }
        // ENOTDIR is Linux's word for a link that is not followed to a folder.
        throw refusal(
          "leads over something that is no folder (a link is not followed)", relative)
      }
      if making { fsync(parent) }
      close(parent)
      parent = next
    }
    return try body(parent, name)
  }

  /// A link to another file of the same folder is that file.
  private func openLink(_ relative: String) throws -> Int32? {
    guard let root = Files.real(path) else { return nil }
    guard let target = Files.real(path + "/" + relative) else { return nil }
    guard target.hasPrefix(root + "/") else {
      throw refusal("is a link that leads out of the folder", relative)
    }
    let file = open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    return file < 0 ? nil : file
  }

  private func readAll(_ file: Int32, _ relative: String) throws -> [UInt8] {
    do {
      return try Files.read(descriptor: file, named: relative)
    } catch {
      throw refusal("cannot be read (\(error))", relative)
    }
  }

  private func refusal(_ what: String, _ relative: String) -> HistoryError {
    .folder(
      "expected the file '\(relative)' in this folder, found that it \(what); nothing was done "
        + "with it", path: path)
  }

  private static var reason: String { FileError.reason() }

  private func failure(
    _ what: String, _ relative: String, _ reason: String = reason
  ) -> HistoryError {
    .folder(
      "\(what) \(relative): \(reason). The history has decided the change already; mend the "
        + "cause and run `strata restore --finish DIR` with this folder: it finishes the work",
      path: path)
  }
}

extension MigrationFolder {
  /// Does what a note says; doing it twice is doing it once.
  func apply(_ pending: PendingFolder) throws {
    // All of them first: a path that leads out stops everything.
    for path in pending.writes.keys.texts + pending.removes + pending.emptied
    where !StoredPath.isRelative(path) {
      throw HistoryError.folder("'\(path)' leads out of the folder", path: self.path)
    }
    for (path, bytes) in pending.writes.sorted(by: { $0.key < $1.key }) {
      _ = try inFolder(of: path.text, making: true) { try write(bytes, $1, in: $0, path.text) }
    }
    for path in pending.removes.sorted() {
      _ = try inFolder(of: path) { parent, name in
        guard unlinkat(parent, name, 0) == 0 || errno == ENOENT else {
          throw failure("cannot remove", path)
        }
        fsync(parent)
      }
    }
    // The inner ones first; what still holds something stays.
    for path in pending.emptied.sorted(by: { $0.utf8.count > $1.utf8.count }) {
      _ = try inFolder(of: path) { parent, name in
        guard
          unlinkat(parent, name, AT_REMOVEDIR) == 0
            || [ENOENT, ENOTEMPTY, EEXIST, ENOTDIR].contains(errno)
        else { throw failure("cannot remove the folder", path) }
        fsync(parent)
      }
    }
    guard fsync(descriptor) == 0 else { throw failure("cannot sync", ".") }
  }

  private func write(
    _ bytes: [UInt8], _ name: String, in parent: Int32, _ relative: String
  ) throws {
    do {
      try FileWriter.replace(
        name, in: parent, beside: FileWriter.unfinished(name, ".strata-new"), isDurable: true
      ) {
        try FileWriter.write(bytes, to: $0, named: relative)
      }
    } catch let error as FileError {
      throw failure("cannot write", relative, error.reason)
    }
  }
}
