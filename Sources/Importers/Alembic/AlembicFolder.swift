public import SchemaModel

/// The migration files of an Alembic project, as drafts.
public struct AlembicFolder {
  /// Where the project's parts were found, by absolute paths.
  public let location: AlembicLocation

  /// - Parameter path: the versions folder, the folder above it, the project's, or its alembic.ini
  ///   or pyproject.toml.
  /// - Throws: `FolderError`.
  public init(_ path: String, _ lookup: AlembicLookup = AlembicLookup()) throws(FolderError) {
    location = try AlembicLocation(path, lookup)
  }

  /// A folder whose parts were located already.
  public init(_ location: AlembicLocation) { self.location = location }

  /// Every migration, in the order of the file names; parents and ids as the files spell them.
  ///
  /// Python reads the files that `recorded` does not know; without any it is not started.
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
    let known = try files.map { try recorded(relative($0.path), $0.bytes) }
    let unknown = zip(files, known).filter { $1 == nil }.map(\.0)
    let scanned = unknown.isEmpty ? [:] : try scan(unknown, through: bridge)
    let drafts = zip(files, known).compactMap { $1 ?? scanned[$0.path] }
    guard !drafts.isEmpty else {
      throw FolderError.empty(
        path: location.root, expected: "Python files that assign 'revision'")
    }
    return drafts
  }

  /// The files that may be migrations, relative to the location's root, with their bytes. Nothing runs.
  /// - Throws: `FolderError` for files that cannot be read.
  public func files() throws -> [(path: String, bytes: [UInt8])] {
    try migrationFiles().map { (relative($0.path), $0.bytes) }
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
    var visited: Set<ExactText> = []
    for folder in location.versions { try collect(folder, scope, &visited, into: &files) }
    return files
  }

  /// Alembic itself would read every name of a migration, so that one which is none is an error.
  private func collect(
    _ folder: String, _ scope: FolderScope, _ visited: inout Set<ExactText>,
    into files: inout [File]
  ) throws {
    guard visited.insert(scope.identity(ofFolder: folder)).inserted else { return }
    // A folder's files come before those of the folders in it, as Alembic reads them.
    var inner: [String] = []
    for name in try Disk.names(in: folder) where !name.hasPrefix(".") {
      let path = folder + "/" + name
      let isNamed = name.hasSuffix(".py") && !name.hasPrefix("__init__")
      if scope.entry(path) == .folder {
        if location.isRecursive, name != "__pycache__" { inner.append(path) }
      } else if isNamed, try scope.isFile(path) {
        let bytes = try scope.bytes(of: path)
        if bytes.containsWord("revision") { files.append(File(path: path, bytes: bytes)) }
      }
    }
    for path in inner { try collect(path, scope, &visited, into: &files) }
  }

  /// What the files say of themselves, by their paths; of one that is no migration, nothing.
  private func scan(_ files: [File], through bridge: Bridge) throws -> [ExactText: RevisionDraft] {
    var request = BridgeRequest("scan")
    request.files = files.map(\.path)
    try bridge.send(request)
    var bytes: [ExactText: [UInt8]] = [:]
    for file in files { bytes[file.path] = file.bytes }
    var drafts: [ExactText: RevisionDraft] = [:]
    var unparsable: [UnparsableFile] = []
    while true {
      let reply = try bridge.receive()
      switch reply.reply {
      case "revision":
        guard let file = reply.file, let source = bytes[file] else {
          throw bridge.unexpected("a file of the folder", found: reply.file ?? "none")
        }
        drafts[file] = draft(reply, path: relative(file), source: source)
      case "unparsable":
        unparsable.append(
          UnparsableFile(
            path: relative(reply.file ?? "?"), line: reply.line,
            why: reply.why ?? "no reason given", isBroken: reply.isBroken ?? false))
      case "scanned":
        if !unparsable.isEmpty { throw FolderError.unparsable(unparsable) }
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
