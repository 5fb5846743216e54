// Invariants:
// - No file outside the folders that were named is opened, whatever a link in them says.
// - Nothing but a regular file is opened, so that no read waits or has no end.
import Glibc
import SchemaModel

/// What of a migrations folder's entries may be read: regular files and folders inside it, also by
/// links that stay inside.
struct FolderScope {
  /// What stands under a name.
  enum Entry: Equatable {
    case file
    case folder
    /// Nothing that may be read: what it is, in words.
    case other(String)
  }

  private let folders: [String]
  private let memory = Memory()

  /// What was read: finding a layout and reading its files look at the same ones.
  private final class Memory {
    var files: [ExactText: [UInt8]] = [:]
  }

  init(_ folders: [String]) { self.folders = folders.compactMap { Self.resolved($0) } }

  /// - Returns: nil where it leads nowhere; `errno` then says why.
  private static func resolved(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  private func contains(_ resolved: String) -> Bool {
    folders.contains { resolved == $0 || resolved.hasPrefix($0 == "/" ? "/" : $0 + "/") }
  }

  func entry(_ path: String) -> Entry {
    guard let resolved = Self.resolved(path) else {
      switch errno {
      case ELOOP: return .other("a link that leads in a circle")
      case ENOENT: return .other("a link to nothing")
      default: return .other("an entry that cannot be read: \(String(cString: strerror(errno)))")
      }
    }
    guard contains(resolved) else { return .other("a link that leads out of the folder") }
    var status = stat()
    guard lstat(resolved, &status) == 0 else { return .other("a link to nothing") }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFIFO: return .other("a FIFO")
    case S_IFSOCK: return .other("a socket")
    default: return .other("a device")
    }
  }

  /// The one name that a folder has, by whatever links it was reached.
  func identity(ofFolder path: String) -> String { Self.resolved(path) ?? path }

  /// Whether there is a file that may be read.
  /// - Throws: `FolderError.notAFile` where the name stands for something else than a file or folder.
  func isFile(_ path: String) throws(FolderError) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    switch entry(path) {
    case .file: return true
    case .folder: return false
    case .other(let found): throw .notAFile(path: path, found: found)
    }
  }

  func bytes(of path: String) throws(FolderError) -> [UInt8] {
    guard let resolved = Self.resolved(path) else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard contains(resolved) else {
      throw .notAFile(path: path, found: "a link that leads out of the folder")
    }
    if let known = memory.files[resolved] { return known }
    do {
      let bytes = try Disk.bytes(of: resolved)
      memory.files[resolved] = bytes
      return bytes
    } catch .unreadable(_, let reason) {
      throw .unreadable(path: path, reason: reason)
    } catch .notAFile(_, let found) {
      throw .notAFile(path: path, found: found)
    } catch {
      throw error
    }
  }
}
