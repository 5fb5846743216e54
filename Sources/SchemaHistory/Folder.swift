import Foundation
import Glibc
public import SchemaModel
import Storage
import StoreFormat

/// A change of a migrations folder that goes with a truncation or a restoration.
public struct FolderChange: Sendable {
  public var format: SourceFile.Format
  /// Absolute path.
  public var directory: String
  /// Files to be written: path relative to the directory, and bytes.
  public var add: [String: [UInt8]]
  /// Files to be removed, with the `History.sourceHash` that their bytes should have.
  public var remove: [String: ContentHash]
  /// Remove files also where their bytes are others.
  public var isForced: Bool
  /// The bytes of removed files that are no recorded revision's, so that they can come back.
  public var foreign: [String: [UInt8]] = [:]

  public init(
    format: SourceFile.Format, directory: String, add: [String: [UInt8]],
    remove: [String: ContentHash], isForced: Bool = false
  ) {
    self.format = format
    self.directory = directory
    self.add = add
    self.remove = remove
    self.isForced = isForced
  }

  var pending: PendingFolder {
    PendingFolder(
      directory: directory, writes: add, removes: remove.keys.filter { add[$0] == nil })
  }

  /// Refuses before anything is changed: files that are not as recorded, a folder that takes no
  /// writes, a path that leads out of the folder.
  func check() throws {
    guard access(directory, W_OK | X_OK) == 0 else {
      throw HistoryError.folder(
        "expected a folder that can be written: \(String(cString: strerror(errno))); nothing was "
          + "changed", path: directory)
    }
    for path in Array(add.keys) + Array(remove.keys) where !FolderFiles.isInside(path) {
      throw HistoryError.folder("'\(path)' leads out of the folder", path: directory)
    }
    var changed: [String] = []
    for (path, hash) in remove {
      guard let bytes = FolderFiles.read(directory, path) else {
        changed.append("\(path) (missing)")
        continue
      }
      if History.sourceHash(bytes) != hash { changed.append(path) }
    }
    for path in add.keys where remove[path] == nil {
      if FolderFiles.read(directory, path) != nil { changed.append("\(path) (in the way)") }
    }
    if !changed.isEmpty, !isForced {
      throw HistoryError.changedFiles(changed.sorted(), directory: directory)
    }
  }
}

extension History {
  /// Finishes what a crash interrupted: the log has decided it, the folder follows.
  func finishPendingFolder() throws {
    guard try read({ try $0.state().pending }) != nil else { return }
    try exclusively {
      guard let pending = try read({ try $0.state().pending }) else { return }
      try FolderFiles.apply(pending)
      try write { $0.state.pending = nil }
    }
  }
}

/// Files of a migrations folder, written so that each is the old one or the new one.
enum FolderFiles {
  static func isInside(_ path: String) -> Bool {
    !path.isEmpty && !path.hasPrefix("/")
      && !path.split(separator: "/", omittingEmptySubsequences: false).contains {
        $0 == ".." || $0 == "." || $0.isEmpty
      }
  }

  static func read(_ directory: String, _ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: directory + "/" + path).map(Array.init)
  }

  /// Doing it twice is doing it once.
  static func apply(_ pending: PendingFolder) throws {
    var folders: Set<String> = [pending.directory]
    for (path, bytes) in pending.writes.sorted(by: { $0.key < $1.key }) {
      let target = pending.directory + "/" + path
      let folder = (target as NSString).deletingLastPathComponent
      try make(folder)
      folders.insert(folder)
      try write(bytes, to: target)
    }
    for path in pending.removes.sorted() {
      let target = pending.directory + "/" + path
      folders.insert((target as NSString).deletingLastPathComponent)
      guard unlink(target) == 0 || errno == ENOENT else {
        throw failure("cannot remove it", target)
      }
    }
    for folder in folders.sorted() where access(folder, F_OK) == 0 {
      do {
        try DirectorySync.sync(folder)
      } catch let error as StoreError {
        throw HistoryError.store(error)
      }
    }
  }

  private static func make(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw HistoryError.folder(
        "cannot make it: \((error as NSError).localizedDescription)", path: folder)
    }
  }

  private static func write(_ bytes: [UInt8], to target: String) throws {
    let scratch = target + ".strata-new"
    let descriptor = open(scratch, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot write it", scratch) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else {
        let error = failure("cannot write it", scratch)
        close(descriptor)
        unlink(scratch)
        throw error
      }
      offset += count
    }
    let isSynced = fsync(descriptor) == 0
    close(descriptor)
    guard isSynced, rename(scratch, target) == 0 else {
      let error = failure("cannot write it", target)
      unlink(scratch)
      throw error
    }
  }

  private static func failure(_ what: String, _ path: String) -> HistoryError {
    .folder(
      "\(what): \(String(cString: strerror(errno))). The history has decided the change already; "
        + "mend the cause and run any strata command that writes: it finishes the work",
      path: path)
  }
}
