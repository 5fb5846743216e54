import SchemaModel

/// What tells which project is meant, beside its folder.
public struct AlembicLookup: Hashable, Sendable {
  /// The section of the ini, as Alembic's `-n` names it.
  public var section: String
  /// Folders that the Python path has, by their absolute paths: a location may be a package's.
  public var paths: [String]

  /// - Parameter section: nil for `[alembic]`.
  public init(section: String? = nil, paths: [String] = []) {
    self.section = section ?? IniFile.usualSection
    self.paths = paths.map { Disk.absolute($0) }
  }
}

/// Where the parts of an Alembic project are. All paths are absolute.
public struct AlembicLocation: Hashable, Sendable {
  /// The alembic.ini that told it; nil where there is none.
  public var ini: String?
  /// The pyproject.toml that told it, or a part of it; nil where it has no `[tool.alembic]`.
  public var toml: String?
  /// The section of the ini.
  public var section: String
  /// The folder with env.py, where there is one.
  public var scriptLocation: String?
  /// The folders with version files, in the order in which Alembic reads them.
  public var versions: [String]
  /// Alembic's `recursive_version_locations`: folders within those count, too.
  public var isRecursive: Bool
  /// Folders that the project has Python import from, first of all but `--path`.
  public var importPaths: [String]

  /// The project's env.py; nil where there is none.
  public var environment: String? {
    scriptLocation.map { $0 + "/env.py" }.flatMap { Disk.isFile($0) ? $0 : nil }
  }

  /// The folder that sources' paths are relative to: the versions folder, or the one above several.
  public var root: String {
    guard versions.count > 1, var common = versions.first else { return versions.first ?? "/" }
    while common != "/", !versions.allSatisfy({ $0 == common || $0.hasPrefix(common + "/") }) {
      common = Disk.parent(of: common)
    }
    return common
  }

  /// `path` is the versions folder, the folder above it, the project's folder, or its alembic.ini or
  /// pyproject.toml.
  /// - Throws: `FolderError` where there is nothing of the kind.
  public init(_ path: String, _ lookup: AlembicLookup = AlembicLookup()) throws(FolderError) {
    try FolderError.check(path)
    let path = Disk.absolute(path)
    if Disk.isFile(path) {
      try self.init(AlembicConfiguration(file: path, section: lookup.section), lookup)
      return
    }
    guard Disk.isDirectory(path) else {
      throw .notFound(
        path: path, expected: "an Alembic versions folder, the folder above it, or alembic.ini")
    }
    let inner = path + "/versions"
    let hasInner = Disk.isDirectory(inner)
    if !Self.hasScripts(path),
      let configuration = try AlembicConfiguration(in: path, section: lookup.section)
    {
      let named = try configuration.scriptLocation()
      if named != nil || !hasInner {
        try self.init(configuration, lookup)
        return
      }
    }
    let versions = hasInner ? inner : path
    let scripts = [path, Disk.parent(of: versions)].first { Self.hasScripts($0) }
    var located: AlembicLocation?
    if let scripts { located = try Self.configured(scripts, lookup) }
    if let located,
      scripts == path || located.versions.contains(where: { Disk.isSame($0, versions) })
    {
      self = located
      return
    }
    self.init(
      ini: located?.ini, toml: located?.toml, section: lookup.section, scriptLocation: scripts,
      versions: [versions], isRecursive: false, importPaths: located?.importPaths ?? [])
  }

  private static func hasScripts(_ folder: String) -> Bool {
    ["env.py", "script.py.mako"].contains { Disk.isFile("\(folder)/\($0)") }
  }

  private init(
    ini: String?, toml: String?, section: String, scriptLocation: String?, versions: [String],
    isRecursive: Bool, importPaths: [String]
  ) {
    self.ini = ini
    self.toml = toml
    self.section = section
    self.scriptLocation = scriptLocation
    self.versions = versions
    self.isRecursive = isRecursive
    self.importPaths = importPaths
  }

  /// - Parameter scripts: the script location, where it is known otherwise.
  private init(
    _ configuration: AlembicConfiguration, _ lookup: AlembicLookup, scripts: String? = nil
  ) throws(FolderError) {
    let places = Places(configuration, lookup, try configuration.importPaths())
    var scripts = scripts
    if scripts == nil { scripts = try places.scripts }
    if scripts == nil, Self.hasScripts(configuration.folder) { scripts = configuration.folder }
    guard let scripts else {
      throw .badIni(path: configuration.path, why: "it names no script_location")
    }
    var versions: [String] = []
    for one in try configuration.versionLocations() { versions.append(try places.folder(one)) }
    self.init(
      ini: configuration.ini?.path, toml: configuration.toml, section: lookup.section,
      scriptLocation: scripts, versions: versions.isEmpty ? [scripts + "/versions"] : versions,
      isRecursive: try configuration.isRecursive(), importPaths: places.imports)
    // Alembic passes those over that are not there.
    let present = self.versions.filter { Disk.isDirectory($0) }
    guard let missing = self.versions.first, present.isEmpty else {
      self.versions = present
      return
    }
    throw .notFound(
      path: missing, expected: "the versions folder that \(configuration.path) names")
  }

  /// What a configuration says of this script folder: one in it, or up to three above.
  private static func configured(
    _ scripts: String, _ lookup: AlembicLookup
  ) throws(FolderError) -> AlembicLocation? {
    var folder = scripts
    for _ in 0..<4 {
      // Another project's file may be of another kind; what is this one's has to be right.
      if let found = try? AlembicConfiguration(in: folder, section: lookup.section) {
        let imports = (try? found.importPaths()) ?? []
        let named = try? Places(found, lookup, imports).scripts
        let isSilent = folder == scripts && ((try? found.scriptLocation() == nil) ?? false)
        if isSilent || named.map({ Disk.isSame($0, scripts) }) == true {
          return try AlembicLocation(found, lookup, scripts: scripts)
        }
      }
      folder = Disk.parent(of: folder)
    }
    return nil
  }
}

/// How the locations of a configuration become paths.
private struct Places {
  let configuration: AlembicConfiguration
  /// The project's own import paths.
  let imports: [String]
  private let roots: [String]

  init(_ configuration: AlembicConfiguration, _ lookup: AlembicLookup, _ imports: [String]) {
    self.configuration = configuration
    let base = configuration.folder
    // One that is not there does no harm: Python passes it over.
    self.imports = imports.map { Disk.absolute($0, in: base) }
    roots = lookup.paths + self.imports + [base]
  }

  /// The script location; nil where none is named.
  /// - Throws: `FolderError.badIni` where it is a package's that is not found.
  var scripts: String? {
    get throws(FolderError) {
      guard let written = try configuration.scriptLocation() else { return nil }
      return try folder(written)
    }
  }

  /// Absolute, relative to the configuration, or `package:folder` by the Python path.
  func folder(_ location: String) throws(FolderError) -> String {
    guard !location.hasPrefix("/"), let colon = location.firstIndex(of: ":") else {
      return Disk.absolute(location, in: configuration.folder)
    }
    let package = location[..<colon].replacing(".", with: "/")
    let inner = location[location.index(after: colon)...].replacing(":", with: "/")
    let inside = "\(package)/\(inner)"
    // A configuration that lies in the package itself says by that where the package is.
    for root in roots + above where Disk.isDirectory("\(root)/\(inside)") {
      return Disk.absolute("\(root)/\(inside)")
    }
    throw .badIni(
      path: configuration.path,
      why:
        "\(location) is not there: expected \(inside) in one of \(roots.joined(separator: ", ")); "
        + "--path gives the folder that holds the package")
  }

  /// The folders above the configuration, the nearest first.
  private var above: [String] {
    var folders: [String] = []
    var folder = configuration.folder
    while folder != "/" {
      folder = Disk.parent(of: folder)
      folders.append(folder)
    }
    return folders
  }
}
