import FileSystem
public import SchemaHistory
import SchemaModel
import StoreFormat

/// A migrations folder as it would be after a truncation, and what leads there.
public struct FolderAssembly: Sendable {
  /// The files that come and go.
  public let change: FolderChange
  /// The name of the baseline's file.
  public let baselinePath: String
  /// Files of archived revisions that are not what was recorded.
  public let differing: [String]

  /// - Parameter foreign: the file in the place of the baseline, where it is one that another history (of
  /// another database product) put there.
  ///
  /// The cut's own file keeps its name and becomes the baseline: git shows one modification, and
  /// whoever looks for the revision finds it where it was.
  /// - Parameter unrecorded: migrations that run between recorded ones.
  /// - Parameter belongings: files that leave with the migrations, though no revision recorded them.
  init(
    _ plan: TruncationPlan, format: SourceFile.Format, directory: String, baselinePath: String,
    baseline: [ExactText: [UInt8]], belongings: [String] = [], unrecorded: [String] = [],
    isForced: Bool,
    foreign: [UInt8]? = nil
  ) throws {
    if let foreign {
      _ = try MigrationFolder(directory).read(baselinePath)
      // Another history's truncation has rewritten the folder: what is left to do is its baseline.
      self.baselinePath = baselinePath
      differing = []
      var change = FolderChange(
        format: format, directory: directory, add: baseline,
        remove: [ExactText(baselinePath): History.sourceHash(foreign)], isForced: isForced)
      change.foreign = [ExactText(baselinePath): foreign]
      self.change = change
      return
    }
    var remove = plan.earlierBaselines
    for (_, source) in plan.sources where source.format == format {
      // A file that an earlier truncation took out of the folder is no longer there to be removed.
      remove[source.path] = source.up
      if let path = source.downPath, let hash = source.down { remove[path] = hash }
    }
    self.baselinePath = baselinePath
    var differing = unrecorded.map { "\($0) (not imported)" }
    // What a revision's file is called is the store's word: it must not lead out of the folder.
    let folder = try MigrationFolder(directory)
    for path in baseline.keys { _ = try folder.read(path.text) }
    for (path, hash) in remove {
      guard let bytes = try folder.read(path.text) else {
        differing.append("\(path) (missing)")
        continue
      }
      if History.sourceHash(bytes) != hash { differing.append(path.text) }
    }
    self.differing = differing.sorted()
    var companions: [ExactText: [UInt8]] = [:]
    for path in belongings where remove[path] == nil {
      guard let bytes = try folder.read(path) else { continue }
      companions[path] = bytes
      remove[path] = History.sourceHash(bytes)
    }
    var change = FolderChange(
      format: format, directory: directory, add: baseline, remove: remove, isForced: isForced)
    change.foreign = companions
    self.change = change
  }

  /// - Throws: for paths that lead out of a folder.
  private static func checkPaths(_ change: FolderChange) throws {
    for path in change.remove.keys.texts + change.add.keys.texts
    where !StoredPath.isRelative(path) {
      throw HistoryError.folder("'\(path)' leads out of the folder", path: change.directory)
    }
  }

  /// Names of the files that leave.
  public var leaving: [String] {
    change.remove.keys.filter { change.add[$0] == nil }.texts.sorted()
  }

  /// Bytes of all files that come.
  public var baselineByteCount: Int { change.add.values.reduce(0) { $0 + $1.count } }

  /// The folder after the change, built elsewhere: a copy that is changed as the folder will be, its
  /// empty folders too. Only what Python keeps for itself is not copied.
  func build(in target: String) throws {
    try Self.checkPaths(change)
    for path in Files.emptyFolders(in: change.directory) {
      try Files.makeDirectory("\(target)/\(path)")
    }
    for path in Files.tree(change.directory) where !path.hasPrefix("__pycache__/") {
      try put(try Files.read("\(change.directory)/\(path)"), "\(target)/\(path)")
    }
    try change.rehearse(in: target)
  }

  private func put(_ bytes: [UInt8], _ path: String) throws {
    if let folder = Files.parent(of: path) { try Files.makeDirectory(folder) }
    try Files.write(bytes, to: path)
  }
}
