public import SchemaModel
import Storage
import StoreFormat

/// A change of a migrations folder that goes with a truncation or a restoration.
public struct FolderChange: Sendable {
  /// What kind of folder it is.
  public var format: SourceFile.Format
  /// Absolute path.
  public var directory: String
  /// Files to be written: path relative to the directory, and bytes.
  public var add: [ExactText: [UInt8]]
  /// Files to be removed, with the `History.sourceHash` that their bytes should have.
  public var remove: [ExactText: ContentHash]
  /// Remove files also where their bytes are others.
  public var isForced: Bool
  /// The bytes of removed files that are no recorded revision's own, so that they can come back.
  public var foreign: [ExactText: [UInt8]] = [:]

  public init(
    format: SourceFile.Format, directory: String, add: [ExactText: [UInt8]],
    remove: [ExactText: ContentHash], isForced: Bool = false
  ) {
    self.format = format
    self.directory = directory
    self.add = add
    self.remove = remove
    self.isForced = isForced
  }

  var pending: PendingFolder {
    let leaving = remove.keys.filter { add[$0] == nil }.texts
    return PendingFolder(
      directory: directory, writes: add, removes: leaving, emptied: emptied(by: leaving))
  }

  /// The folders of files that leave, and those above them. Tools of SQL take a folder for a
  /// migration; Alembic's may be named in its configuration, and stay.
  private func emptied(by leaving: [String]) -> [String] {
    guard format == .sql else { return [] }
    var folders: Set<ExactText> = []
    for path in leaving {
      var parts = path.split(separator: "/").dropLast()
      while !parts.isEmpty {
        folders.insert(parts.joined(separator: "/"))
        parts.removeLast()
      }
    }
    return folders.texts
  }

  /// Changes a copy of the folder as the folder itself will be changed.
  /// - Throws: `HistoryError.folder`.
  public func rehearse(in copy: String) throws { try MigrationFolder(copy).apply(pending) }

  /// Refuses before anything is changed: files that are not as recorded, a folder that takes no
  /// writes, a path that leads out of the folder.
  func check() throws {
    let folder = try MigrationFolder(directory)
    try folder.checkIsWritable()
    var changed: [String] = []
    for (path, hash) in remove {
      guard let bytes = try folder.read(path.text) else {
        changed.append("\(path) (missing)")
        continue
      }
      if History.sourceHash(bytes) != hash { changed.append(path.text) }
    }
    for path in add.keys where remove[path] == nil {
      if try folder.read(path.text) != nil { changed.append("\(path) (in the way)") }
    }
    if !changed.isEmpty, !isForced {
      throw HistoryError.changedFiles(changed.sorted(), directory: directory)
    }
  }
}

extension History {
  /// The folder whose rewriting was interrupted, as the store says; nil where none was.
  public func interruptedFolder() throws -> String? {
    try state().pending?.directory
  }

  /// Finishes the rewriting of a folder that a crash interrupted: the log has decided it, the files
  /// follow. Nothing outside of `directory` is touched.
  /// - Parameter directory: the folder, as the user names it.
  /// - Returns: false where nothing was left to do.
  /// - Throws: `HistoryError.interruptedFolder` where it was another folder that is still there;
  ///   `.folder`.
  @discardableResult
  public func finishFolder(_ directory: String) throws -> Bool {
    guard try interruptedFolder() != nil else { return false }
    return try exclusively {
      guard let pending = try read({ try $0.state().pending }) else { return false }
      // One that is gone may have moved; where it is now, only the user can know.
      guard
        MigrationFolder.isSame(pending.directory, directory)
          || !MigrationFolder.exists(pending.directory)
      else { throw HistoryError.interruptedFolder(pending.directory) }
      try MigrationFolder(directory).apply(pending)
      try write { $0.state.pending = nil }
      return true
    }
  }

  /// Whether it is the rewriting of this folder that was interrupted.
  public func isInterrupted(_ directory: String) throws -> Bool {
    guard let pending = try interruptedFolder() else { return false }
    return MigrationFolder.isSame(pending, directory)
  }

  /// Before another rewriting: what was interrupted is finished where its folder is named.
  func settleFolder(_ directory: String?) throws {
    guard let pending = try interruptedFolder() else { return }
    guard let directory else { throw HistoryError.interruptedFolder(pending) }
    try finishFolder(directory)
  }
}
