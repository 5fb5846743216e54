/// Finds the migrations of a folder by the conventions of one layout.
struct LayoutReader {
  let folder: String
  let layout: SQLLayout
  private(set) var found: [SQLMigrationFile] = []
  /// Files that the layout's tool would not run either.
  private(set) var leftOut: [String] = []
  /// Folders that have a migration's name, and folders outside that a link leads to.
  private(set) var notFiles: [(path: String, found: String)] = []
  private let scope: FolderScope
  /// Folders that were read, by their own names.
  private var visited: Set<String> = []

  init(folder: String, layout: SQLLayout, _ scope: FolderScope) throws(FolderError) {
    self.folder = folder
    self.layout = layout
    self.scope = scope
    switch layout {
    case .plain: try readPairs(versioned: false)
    case .golangMigrate, .sqlx: try readPairs(versioned: true)
    case .dbmate, .goose: try readSingles()
    case .diesel: try readFolders(up: "up.sql", down: "down.sql")
    case .prisma: try readFolders(up: "migration.sql", down: nil)
    case .flyway: try readFlyway()
    }
    found.sort {
      ($0.isLast ? 1 : 0, $0.order, $0.upPath) < ($1.isLast ? 1 : 0, $1.order, $1.upPath)
    }
    if layout != .plain { try refuseDuplicates() }
  }

  private mutating func sqlNames() throws(FolderError) -> [String] {
    var names: [String] = []
    for name in try Disk.names(in: folder) where name.hasSuffix(".sql") && !name.hasPrefix(".") {
      if try isMigration(name) { names.append(name) }
    }
    return names
  }

  /// Whether a name that a migration would have stands for a file.
  private mutating func isMigration(_ path: String) throws(FolderError) -> Bool {
    if try scope.isFile(folder + "/" + path) { return true }
    notFiles.append((path, "a folder"))
    return false
  }

  /// Whether an entry is a folder to look into, which happens once.
  private mutating func isFolder(_ path: String) -> Bool {
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

  /// `NAME.sql`, or `NAME.up.sql` with `NAME.down.sql`.
  private mutating func readPairs(versioned: Bool) throws(FolderError) {
    let names = try sqlNames()
    var downs: [String: String] = [:]
    for name in names where name.hasSuffix(".down.sql") {
      downs[String(name.dropLast(9))] = name
    }
    for name in names where !name.hasSuffix(".down.sql") {
      let isUp = name.hasSuffix(".up.sql")
      let stem = String(name.dropLast(isUp ? 7 : 4))
      let parts = VersionedName(stem)
      if versioned, parts == nil || (layout == .golangMigrate && !isUp) {
        leftOut.append(name)
        continue
      }
      found.append(
        SQLMigrationFile(
          version: versioned ? parts?.version : nil, stem: stem,
          title: parts?.title ?? Self.titleAfterNumber(stem),
          order: NaturalOrder(versioned ? parts?.version ?? stem : stem), upPath: name,
          downPath: downs.removeValue(forKey: stem)))
    }
    leftOut += downs.values.sorted()
  }

  /// `01-users` and `V01 users` are about `users` too.
  private static func titleAfterNumber(_ stem: String) -> String {
    let rest = stem.drop { $0.isNumber || $0 == "." }
    guard rest.count < stem.count, let first = rest.first,
      first == "-" || first == " " || first == "_"
    else { return stem }
    return String(rest.dropFirst())
  }

  /// Both directions in one file.
  private mutating func readSingles() throws(FolderError) {
    for name in try Disk.names(in: folder) where !name.hasPrefix(".") {
      let stem = name.hasSuffix(".sql") ? String(name.dropLast(4)) : ""
      if layout == .goose, name.hasSuffix(".go"), VersionedName(name) != nil {
        throw .unsupportedFile(
          path: name, why: "a migration written in Go; export its SQL to a file of that version")
      }
      guard !stem.isEmpty, let parts = VersionedName(stem) else {
        if name.hasSuffix(".sql") { leftOut.append(name) }
        continue
      }
      guard try isMigration(name) else { continue }
      found.append(
        SQLMigrationFile(
          version: parts.version, stem: stem, title: parts.title,
          order: NaturalOrder(parts.version), upPath: name))
    }
  }

  /// A folder for each migration.
  private mutating func readFolders(up: String, down: String?) throws(FolderError) {
    for name in try Disk.names(in: folder) where !name.hasPrefix(".") {
      guard isFolder(name) else { continue }
      guard try scope.isFile("\(folder)/\(name)/\(up)") else {
        leftOut.append(name)
        continue
      }
      let separator = name.firstIndex(of: "_")
      let version = separator.map { String(name[..<$0]) }
      var downPath: String?
      if let down, try scope.isFile("\(folder)/\(name)/\(down)") { downPath = "\(name)/\(down)" }
      found.append(
        SQLMigrationFile(
          version: layout == .diesel ? version ?? name : nil, stem: name,
          title: separator.map { String(name[name.index(after: $0)...]) } ?? name,
          order: NaturalOrder(layout == .diesel ? (version ?? name).filter { $0 != "-" } : name),
          upPath: "\(name)/\(up)", downPath: downPath)
      )
    }
  }

  private func refuseDuplicates() throws(FolderError) {
    var seen: [NaturalOrder: SQLMigrationFile] = [:]
    for file in found where !file.isLast {
      guard let version = file.version else { continue }
      if let other = seen.updateValue(file, forKey: file.order) {
        throw .duplicateVersion(version: version, paths: [other.upPath, file.upPath])
      }
    }
  }

  /// `V1.1__x.sql`, `U1.1__x.sql`, `R__x.sql`, `B1__x.sql`, in subfolders too.
  private mutating func readFlyway() throws(FolderError) {
    var undos: [NaturalOrder: String] = [:]
    var baselines: [SQLMigrationFile] = []
    visited.insert(scope.identity(ofFolder: folder))
    for path in try filesBelow("") where path.hasSuffix(".sql") {
      guard let name = FlywayName(Disk.name(of: path)) else {
        leftOut.append(path)
        continue
      }
      guard try scope.isFile(folder + "/" + path) else { continue }
      let file = SQLMigrationFile(
        version: name.version, stem: String(Disk.name(of: path).dropLast(4)), title: name.title,
        order: NaturalOrder(name.version ?? name.title), upPath: path, isLast: name.version == nil)
      switch name.prefix {
      case "U": undos[file.order] = path
      case "B": baselines.append(file)
      default: found.append(file)
      }
    }
    useBaseline(baselines)
    for index in found.indices where !found[index].isLast {
      found[index].downPath = undos.removeValue(forKey: found[index].order)
    }
    leftOut += undos.values.sorted()
  }

  /// A baseline stands for the versions up to its own: it runs only where those are gone.
  private mutating func useBaseline(_ baselines: [SQLMigrationFile]) {
    let newest = baselines.max { $0.order < $1.order }
    for baseline in baselines {
      let isNeeded =
        baseline.upPath == newest?.upPath
        && !found.contains { !$0.isLast && !(baseline.order < $0.order) }
      if isNeeded { found.append(baseline) } else { leftOut.append(baseline.upPath) }
    }
  }

  private mutating func filesBelow(_ inner: String) throws(FolderError) -> [String] {
    var paths: [String] = []
    for name in try Disk.names(in: inner.isEmpty ? folder : folder + "/" + inner)
    where !name.hasPrefix(".") {
      let path = inner.isEmpty ? name : inner + "/" + name
      if isFolder(path) {
        paths += try filesBelow(path)
      } else if !Disk.isDirectory(folder + "/" + path) {
        paths.append(path)
      }
    }
    return paths
  }
}

/// `V1.1__create_users.sql` in its parts; a repeatable has no version.
struct FlywayName {
  var prefix: Character
  /// With dots between its numbers.
  var version: String?
  var title: String

  init?(_ name: String) {
    guard name.hasSuffix(".sql"), let prefix = name.first, "VURB".contains(prefix),
      let separator = name.firstRange(of: "__")
    else { return nil }
    let version = String(
      name[name.index(after: name.startIndex)..<separator.lowerBound].replacing("_", with: "."))
    let isNumbered =
      !version.isEmpty
      && version.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(\.isAllDigits)
    guard prefix == "R" ? version.isEmpty : isNumbered else { return nil }
    self.prefix = prefix
    self.version = prefix == "R" ? nil : version
    title = String(name[separator.upperBound...].dropLast(4))
  }
}
