import SchemaModel

/// Finds the migrations of a folder by the conventions of one layout, which are in docs/LAYOUTS.md.
struct LayoutReader {
  let folder: String
  let layout: SQLLayout
  var found: [SQLMigrationFile] = []
  /// What is no migration to run though it might be taken for one, with the reason.
  var leftOut: [(path: String, why: String)] = []
  /// Flyway's baselines that are none to record.
  var leftBaselines: [SQLMigrationFile] = []
  /// Undo scripts of a folder that belongs to no tool: told by their names alone.
  var undoScripts: [String] = []
  /// Folders that have a migration's name, and folders outside that a link leads to.
  private(set) var notFiles: [(path: String, found: String)] = []
  let scope: FolderScope
  /// Ids that files have already, by path.
  let recorded: Set<ExactText>
  /// Folders that were read, by their own names.
  private var visited: Set<ExactText> = []

  init(
    folder: String, layout: SQLLayout, recorded: Set<ExactText> = [], _ scope: FolderScope
  ) throws(FolderError) {
    self.folder = folder
    self.layout = layout
    self.scope = scope
    self.recorded = recorded
    switch layout {
    case .plain: try readPlain()
    case .golangMigrate: try readGolangPairs()
    case .sqlx: try readSqlxPairs()
    case .dbmate: try readDbmate()
    case .goose: try readGoose()
    case .diesel: try readFolders(up: "up.sql", down: "down.sql")
    case .prisma: try readFolders(up: "migration.sql", down: nil)
    case .flyway: try readFlyway()
    }
    found.sort {
      ($0.isLast ? 1 : 0, $0.order, $0.upPath) < ($1.isLast ? 1 : 0, $1.order, $1.upPath)
    }
    if layout != .plain { try refuseDuplicates() }
  }

  /// Names of files that are not hidden.
  func names() throws(FolderError) -> [String] {
    try Disk.names(in: folder).filter { !$0.hasPrefix(".") }
  }

  /// Why a file was left out that has the extension of SQL, in whatever case.
  mutating func leaveOut(_ path: String, because why: String? = nil) {
    guard path.lowercased().hasSuffix(".sql") else { return }
    let usual = "its name is not that of a \(layout) migration to run"
    let isCase = !path.hasSuffix(".sql")
    leftOut.append(
      (path, why ?? (isCase ? "\(layout) takes '.sql' in small letters alone" : usual)))
  }

  /// Whether a name that a migration would have stands for a file.
  mutating func isMigration(_ path: String) throws(FolderError) -> Bool {
    if try scope.isFile(folder + "/" + path) { return true }
    notFiles.append((path, "a folder"))
    return false
  }

  /// Whether an entry is a folder to look into, which happens once.
  mutating func isFolder(_ path: String) -> Bool {
    let whole = folder + "/" + path
    guard Disk.isDirectory(whole) else { return false }
    guard scope.entry(whole) == .folder else {
      notFiles.append((path, "a link that leads out of the folder"))
      return false
    }
    guard visited.insert(scope.identity(ofFolder: whole)).inserted else {
      notFiles.append((path, "a link to a folder that is read already"))
      return false
    }
    return true
  }

  /// So that a link to the folder itself is not looked into.
  mutating func beginAtRoot() { visited.insert(scope.identity(ofFolder: folder)) }

  /// Both directions in one file; versions are texts, and files run in the order of their names.
  private mutating func readDbmate() throws(FolderError) {
    for name in try names() {
      guard let parts = DbmateName(name) else {
        leaveOut(name)
        continue
      }
      guard try isMigration(name) else { continue }
      found.append(
        SQLMigrationFile(
          version: parts.version, stem: String(name.dropLast(4)), title: parts.title,
          order: VersionOrder(textOf: name), upPath: name))
    }
  }

  /// Both directions in one file; versions are numbers from 1 on.
  private mutating func readGoose() throws(FolderError) {
    for name in try names() {
      let isGo = name.hasSuffix(".go") && !name.hasSuffix("_test.go")
      if isGo, VersionedName(name) != nil {
        throw .unsupportedFile(
          path: name, why: "a migration written in Go; export its SQL to a file of that version")
      }
      guard name.hasSuffix(".sql"), let parts = VersionedName(name.dropLast(4)) else {
        leaveOut(name)
        continue
      }
      guard !parts.version.allSatisfy({ $0 == "0" }) else {
        leaveOut(name, because: "goose takes versions from 1 on")
        continue
      }
      guard try isMigration(name) else { continue }
      found.append(
        SQLMigrationFile(
          version: parts.version, stem: String(name.dropLast(4)), title: parts.title,
          order: VersionOrder(numbersOf: parts.version), upPath: name))
    }
  }

  /// A folder for each migration, in the order of their names as texts. To Diesel the dashes of a
  /// version are not there.
  private mutating func readFolders(up: String, down: String?) throws(FolderError) {
    for name in try names() where isFolder(name) {
      guard try scope.isFile("\(folder)/\(name)/\(up)") else {
        let code = layout == .prisma ? " (P3015)" : " (UnknownMigrationFormat)"
        leftOut.append((name, "it holds no \(up), and \(layout) itself refuses that\(code)"))
        continue
      }
      let separator = name.firstIndex(of: "_")
      let version = separator.map { String(name[..<$0]) } ?? name
      var downPath: String?
      if let down, try scope.isFile("\(folder)/\(name)/\(down)") { downPath = "\(name)/\(down)" }
      found.append(
        SQLMigrationFile(
          version: layout == .diesel ? version : nil, stem: name,
          title: separator.map { String(name[name.index(after: $0)...]) } ?? name,
          order: layout == .diesel
            ? VersionOrder(textOf: version.filter { $0 != "-" }) : VersionOrder(localeOf: name),
          upPath: "\(name)/\(up)", downPath: downPath,
          settingPaths: layout == .diesel ? ["\(name)/metadata.toml"] : [], ownFolder: name))
    }
  }

  private func refuseDuplicates() throws(FolderError) {
    // dbmate sorts by the whole name, and knows a migration by the digits it begins with.
    var seen: [VersionOrder: SQLMigrationFile] = [:]
    for file in found where !file.isLast {
      guard let version = file.version else { continue }
      let key = layout == .dbmate ? VersionOrder(textOf: version) : file.order
      if let other = seen.updateValue(file, forKey: key) {
        throw .duplicateVersion(version: version, paths: [other.upPath, file.upPath])
      }
    }
  }
}
