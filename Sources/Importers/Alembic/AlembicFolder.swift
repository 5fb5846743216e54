public import SchemaModel

/// The migration files of an Alembic project, as drafts.
public struct AlembicFolder {
  public let location: AlembicLocation

  /// - Parameter path: the versions folder, the folder above it, or an alembic.ini.
  /// - Throws: `FolderError`.
  public init(_ path: String) throws(FolderError) { location = try AlembicLocation(path) }

  /// A folder whose parts were located already.
  public init(_ location: AlembicLocation) { self.location = location }

  /// Every migration, in the order of the file names; parents and ids as the files spell them.
  ///
  /// Python is started only where `recorded` does not know every file.
  /// - Parameter recorded: the draft as it was recorded, for a path (relative to the location's
  ///   root) whose bytes are what was recorded; nil for any other.
  /// - Throws: `FolderError` for files that cannot be read or understood, `ImportError` for Python.
  public func drafts(
    through bridge: Bridge,
    recorded: (_ path: String, _ bytes: [UInt8]) throws -> RevisionDraft? = { _, _ in nil }
  ) throws -> [RevisionDraft] {
    let files = try migrationFiles()
    guard !files.isEmpty else {
      throw FolderError.empty(
        path: location.versions.joined(separator: ", "),
        expected: "Python files that assign 'revision'")
    }
    var known: [RevisionDraft] = []
    for file in files {
      guard let draft = try recorded(relative(file.path), file.bytes) else { break }
      known.append(draft)
    }
    return known.count == files.count ? known : try scan(files, through: bridge)
  }

  private struct File {
    var path: String
    var bytes: [UInt8]
  }

  private func relative(_ path: String) -> String { Disk.relative(path, to: location.root) }

  /// The files that Alembic would look at and that name a revision at all.
  private func migrationFiles() throws -> [File] {
    var files: [File] = []
    let scope = FolderScope(location.versions + (location.scriptLocation.map { [$0] } ?? []))
    var visited: Set<String> = []
    for folder in location.versions { try collect(folder, scope, &visited, into: &files) }
    return files
  }

  /// Alembic itself would read every name of a migration, so that one which is none is an error.
  private func collect(
    _ folder: String, _ scope: FolderScope, _ visited: inout Set<String>, into files: inout [File]
  ) throws {
    guard visited.insert(scope.identity(ofFolder: folder)).inserted else { return }
    for name in try Disk.names(in: folder) where !name.hasPrefix(".") {
      let path = folder + "/" + name
      let isNamed = name.hasSuffix(".py") && !name.hasPrefix("__init__")
      if scope.entry(path) == .folder {
        if location.isRecursive, name != "__pycache__" {
          try collect(path, scope, &visited, into: &files)
        }
      } else if isNamed, try scope.isFile(path) {
        let bytes = try scope.bytes(of: path)
        if bytes.containsWord("revision") { files.append(File(path: path, bytes: bytes)) }
      }
    }
  }

  private func scan(_ files: [File], through bridge: Bridge) throws -> [RevisionDraft] {
    var request = BridgeRequest("scan")
    request.versions = location.versions
    request.recursive = location.isRecursive
    try bridge.send(request)
    var bytes: [String: [UInt8]] = [:]
    for file in files { bytes[file.path] = file.bytes }
    var drafts: [RevisionDraft] = []
    var unparsable: [UnparsableFile] = []
    while true {
      let reply = try bridge.receive()
      switch reply.reply {
      case "revision":
        guard let file = reply.file, let source = bytes[file] else {
          throw bridge.unexpected("a file of the folder", found: reply.file ?? "none")
        }
        drafts.append(draft(reply, path: relative(file), source: source))
      case "unparsable":
        unparsable.append(
          UnparsableFile(
            path: relative(reply.file ?? reply.path ?? "?"), line: reply.line,
            why: reply.why ?? "no reason given"))
      case "scanned":
        if !unparsable.isEmpty { throw FolderError.unparsable(unparsable) }
        guard !drafts.isEmpty else {
          throw FolderError.empty(
            path: location.root, expected: "Python files that assign 'revision'")
        }
        return drafts
      default:
        throw bridge.unexpected("revision or scanned", found: reply.reply)
      }
    }
  }

  private func draft(_ reply: BridgeReply, path: String, source: [UInt8]) -> RevisionDraft {
    RevisionDraft(
      id: RevisionID(reply.id ?? ""), parents: (reply.parents ?? []).map { RevisionID($0) },
      dependsOn: (reply.dependsOn ?? []).map { RevisionID($0) }, labels: reply.labels ?? [],
      message: reply.message ?? "", authored: reply.createDate.flatMap { Timestamp($0) },
      source: SourceFile(format: .alembic, path: path, up: source))
  }
}

extension [UInt8] {
  /// Whether the ASCII word occurs anywhere.
  func containsWord(_ word: String) -> Bool {
    let word = Array(word.utf8)
    guard let first = word.first, count >= word.count else { return false }
    for start in 0...(count - word.count) where self[start] == first {
      if self[start..<start + word.count].elementsEqual(word) { return true }
    }
    return false
  }
}
