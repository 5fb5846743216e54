import SchemaModel

/// Where the parts of an Alembic project are. All paths are absolute.
public struct AlembicLocation: Hashable, Sendable {
  /// The alembic.ini that told it; nil where there is none.
  public var ini: String?
  /// The folder with env.py, where there is one.
  public var scriptLocation: String?
  /// The folders with version files, in the order in which Alembic reads them.
  public var versions: [String]
  /// Alembic's `recursive_version_locations`: folders within those count, too.
  public var isRecursive: Bool
  /// Folders that the project has Python import from, first of all but `--path`.
  public var importPaths: [String]

  /// The folder that sources' paths are relative to: the versions folder, or the one above several.
  public var root: String {
    guard versions.count > 1, var common = versions.first else { return versions.first ?? "/" }
    while common != "/", !versions.allSatisfy({ $0 == common || $0.hasPrefix(common + "/") }) {
      common = Disk.parent(of: common)
    }
    return common
  }

  /// `path` is the versions folder, the folder above it, or an alembic.ini.
  /// - Throws: `FolderError` where there is nothing of the kind.
  public init(_ path: String) throws(FolderError) {
    try FolderError.check(path)
    let path = Disk.absolute(path)
    if Disk.isFile(path) {
      try self.init(ini: path)
      return
    }
    guard Disk.isDirectory(path) else {
      throw .notFound(
        path: path, expected: "an Alembic versions folder, the folder above it, or alembic.ini")
    }
    let inner = path + "/versions"
    if !Disk.isDirectory(inner), Disk.isFile(path + "/alembic.ini") {
      try self.init(ini: path + "/alembic.ini")
      return
    }
    let versions = Disk.isDirectory(inner) ? inner : path
    let above = Disk.parent(of: versions)
    let hasScripts = ["env.py", "script.py.mako"].contains { Disk.isFile("\(above)/\($0)") }
    let located = hasScripts ? Self.iniThatNames(above) : nil
    if let located, located.versions.contains(where: { Disk.isSame($0, versions) }) {
      self = located
      return
    }
    self.init(
      ini: located?.ini, scriptLocation: hasScripts ? above : nil, versions: [versions],
      isRecursive: false, importPaths: located?.importPaths ?? [])
  }

  private init(
    ini: String?, scriptLocation: String?, versions: [String], isRecursive: Bool,
    importPaths: [String]
  ) {
    self.ini = ini
    self.scriptLocation = scriptLocation
    self.versions = versions
    self.isRecursive = isRecursive
    self.importPaths = importPaths
  }

  private init(ini path: String) throws(FolderError) {
    let file = try IniFile(path: path)
    let base = Disk.parent(of: path)
    guard let location = try file.value("script_location"), !location.isEmpty else {
      throw .badIni(path: path, why: "it names no script_location")
    }
    let scripts = try Self.folder(location, base: base, ini: path)
    let separator = try file.value("path_separator")
    let older = try file.value("version_path_separator")
    var versions: [String] = []
    for one in Self.split(try file.value("version_locations"), separator: separator ?? older) {
      versions.append(try Self.folder(one, base: base, ini: path))
    }
    self.ini = path
    scriptLocation = scripts
    self.versions = versions.isEmpty ? [scripts + "/versions"] : versions
    isRecursive = ["true", "1", "yes", "on"].contains(
      (try file.value("recursive_version_locations") ?? "").lowercased())
    importPaths = Self.split(try file.value("prepend_sys_path"), separator: separator).map {
      // One that is not there does no harm: Python passes it over.
      (try? Self.folder($0, base: base, ini: path)) ?? Disk.absolute(base + "/" + $0)
    }
    for folder in self.versions where !Disk.isDirectory(folder) {
      throw .notFound(path: folder, expected: "the versions folder that \(path) names")
    }
  }

  /// The alembic.ini in the folder or up to three above it whose script_location is that folder.
  private static func iniThatNames(_ scripts: String) -> AlembicLocation? {
    var folder = scripts
    for _ in 0..<4 {
      if Disk.isFile(folder + "/alembic.ini"),
        let located = try? AlembicLocation(ini: folder + "/alembic.ini"),
        located.scriptLocation.map({ Disk.isSame($0, scripts) }) == true
      {
        return located
      }
      folder = Disk.parent(of: folder)
    }
    return nil
  }

  /// Relative to the ini, absolute, or `package:folder` where the package lies beside the ini.
  private static func folder(
    _ location: String, base: String, ini: String
  ) throws(FolderError) -> String {
    if location.hasPrefix("/") { return Disk.absolute(location) }
    guard let colon = location.firstIndex(of: ":") else {
      return Disk.absolute(base + "/" + location)
    }
    let package = location[..<colon].replacing(".", with: "/")
    let inside = "\(base)/\(package)/\(location[location.index(after: colon)...])"
    guard Disk.isDirectory(inside) else {
      throw .badIni(path: ini, why: "the package folder \(location) is not beside it")
    }
    return Disk.absolute(inside)
  }

  /// A list of paths, by the separators that Alembic's releases have known.
  private static func split(_ text: String?, separator: String?) -> [String] {
    guard let text else { return [] }
    let known: [String: Character] = [
      "os": ":", "space": " ", "newline": "\n", ":": ":", ";": ";",
    ]
    let parts =
      if let separator, let character = known[separator] {
        text.split(separator: character)
      } else {
        text.split { $0 == "," || $0 == ":" || $0.isWhitespace }
      }
    return parts.map(\.trimmingBlanks).filter { !$0.isEmpty }
  }
}
