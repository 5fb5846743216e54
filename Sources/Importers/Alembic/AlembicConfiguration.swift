import SchemaModel

/// What a project says of itself in its alembic.ini, and in the table `[tool.alembic]` of the
/// pyproject.toml beside it.
///
/// The rules are Alembic's own (1.16 and later; alembic/config.py: `get_alembic_option`,
/// `get_version_locations_list`, `get_prepend_sys_paths_list`): an option of the ini goes before one
/// of the pyproject.toml, lists in the ini are split by `path_separator`, those in the pyproject.toml
/// are lists.
struct AlembicConfiguration {
  /// The folder that holds the files, by its absolute path: relative paths begin there.
  let folder: String
  /// Nil where there is no such file.
  let ini: IniFile?
  /// The pyproject.toml; nil where it has no such table.
  let toml: String?
  private let table: [String: TOMLValue]

  /// What a folder holds; nil where it holds neither.
  /// - Throws: `FolderError.badIni`.
  init?(in folder: String, section: String) throws(FolderError) {
    let ini = folder + "/alembic.ini"
    try self.init(folder, ini: Disk.isFile(ini) ? ini : nil, section: section)
    guard self.ini != nil || toml != nil else { return nil }
  }

  /// What one file holds, and the other one beside it.
  /// - Throws: `FolderError.badIni` where it says nothing of Alembic.
  init(file path: String, section: String) throws(FolderError) {
    let folder = Disk.parent(of: path)
    let isToml = path.hasSuffix("/pyproject.toml")
    let beside = folder + "/alembic.ini"
    try self.init(
      folder, ini: isToml ? (Disk.isFile(beside) ? beside : nil) : path, section: section)
    guard isToml, toml == nil else { return }
    throw .badIni(path: path, why: "it has no table [tool.alembic]")
  }

  private init(_ folder: String, ini: String?, section: String) throws(FolderError) {
    self.folder = folder
    let project = folder + "/pyproject.toml"
    let found = Disk.isFile(project) ? try Self.table(of: project) : nil
    table = found ?? [:]
    toml = found == nil ? nil : project
    guard let ini else {
      self.ini = nil
      return
    }
    let file = try IniFile(path: ini, section: section)
    self.ini = file
    // A section that nobody asked for may be missing where the pyproject.toml says all.
    guard !file.hasSection, found == nil || section != IniFile.usualSection else { return }
    let others =
      file.projects.isEmpty
      ? "" : " (-n takes another: \(file.projects.joined(separator: ", ")))"
    throw .badIni(path: ini, why: "it has no section [\(section)]\(others)")
  }

  private static func table(of path: String) throws(FolderError) -> [String: TOMLValue]? {
    guard let text = String(validating: try Disk.bytes(of: path), as: UTF8.self) else {
      throw .badIni(path: path, why: "it is not UTF-8 text")
    }
    do {
      return try TOMLDocument(text).table("tool", "alembic")
    } catch {
      throw .badIni(path: path, why: "line \(error.line): \(error.why)")
    }
  }

  /// The file that an option is said in, for messages: the ini where there is one.
  var path: String { ini?.path ?? toml ?? folder }

  /// Where env.py lies, as it is written; nil where that is not said.
  func scriptLocation() throws(FolderError) -> String? {
    if let value = try ini?.value("script_location") { return value.isEmpty ? nil : value }
    return try text("script_location")
  }

  /// The folders with version files, as they are written; none where that is not said.
  func versionLocations() throws(FolderError) -> [String] {
    try list("version_locations", older: "version_path_separator", usual: [","])
  }

  /// The folders that Python imports from, as they are written.
  func importPaths() throws(FolderError) -> [String] {
    try list("prepend_sys_path", older: nil, usual: [",", ":"])
  }

  /// Alembic's `recursive_version_locations`.
  func isRecursive() throws(FolderError) -> Bool {
    let name = "recursive_version_locations"
    if let value = try ini?.value(name) { return value == "true" }
    switch table[name] {
    case nil: return false
    case .flag(let isTrue): return isTrue
    default: throw badToml("expected true or false for \(name)")
    }
  }

  /// - Parameters:
  ///   - older: an option that said the separator before `path_separator` did.
  ///   - usual: what separates beside blanks where neither is there.
  private func list(
    _ name: String, older: String?, usual: [Character]
  ) throws(FolderError) -> [String] {
    guard let text = try ini?.value(name), !text.isEmpty else {
      return try tomlList(name)
    }
    if let separator = try separator(older) {
      return text.split(separator: separator).map(\.trimmingBlanks).filter { !$0.isEmpty }
    }
    return text.split { $0 == " " || usual.contains($0) }.map(String.init)
  }

  private func separator(_ older: String?) throws(FolderError) -> Character? {
    for name in ["path_separator", older].compactMap(\.self) {
      guard let value = try ini?.value(name) else { continue }
      let known: [String: Character] = [
        "os": ":", "space": " ", "newline": "\n", ":": ":", ";": ";",
      ]
      guard let separator = known[value] else {
        throw .badIni(
          path: path,
          why: "expected space, newline, os, : or ; for \(name), found '\(VisibleText.line(value))'"
        )
      }
      return separator
    }
    return nil
  }

  // The pyproject.toml

  private func text(_ name: String) throws(FolderError) -> String? {
    switch table[name] {
    case nil: return nil
    case .text(let text): return try substituted(text, of: name)
    default: throw badToml("expected a text for \(name)")
    }
  }

  private func tomlList(_ name: String) throws(FolderError) -> [String] {
    guard let value = table[name] else { return [] }
    guard case .list(let elements) = value else {
      throw badToml("expected a list of texts for \(name)")
    }
    var found: [String] = []
    for element in elements {
      guard case .text(let text) = element else {
        throw badToml("expected a list of texts for \(name)")
      }
      found.append(try substituted(text, of: name))
    }
    return found
  }

  /// Python's `text % {"here": folder}`.
  private func substituted(_ text: String, of name: String) throws(FolderError) -> String {
    var result = ""
    var rest = text[...]
    while let percent = rest.firstIndex(of: "%") {
      result += rest[..<percent]
      rest = rest[rest.index(after: percent)...]
      if rest.hasPrefix("(here)s") {
        result += folder
        rest = rest.dropFirst("(here)s".count)
      } else if rest.hasPrefix("%") {
        result += "%"
        rest = rest.dropFirst()
      } else {
        throw badToml(
          "the value of \(name) has a % that is followed by neither % nor (here)s")
      }
    }
    return result + rest
  }

  private func badToml(_ why: String) -> FolderError { .badIni(path: toml ?? folder, why: why) }
}
