internal import SchemaModel

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where PostgreSQL's programs are looked for: on the PATH and in the usual places, or, where
/// STRATA_PG_BIN names a folder, only there.
struct ProgramPlaces: Hashable, Sendable {
  /// What STRATA_PG_BIN names; nil where it is not set.
  var named: Named?
  /// The folders that are there, each once, those that the PATH prefers first: absolute and without
  /// links, since the programs are run as another user and in another folder.
  var folders: [String] = []
  /// In words: what was looked through.
  var patterns: [String] = []

  struct Named: Hashable, Sendable {
    var text: String
    /// Where a text that is no absolute path leads; nil where nothing is there.
    var path: String?
    /// What of it would do, and what does not.
    var said: String
  }

  private static let usual = [
    "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
  ]

  init() {
    if let text = Subprogram.variable("STRATA_PG_BIN") {
      let path = Self.resolved(text)
      named = Named(text: text, path: path, said: Self.words(on: text, path))
      folders = path.map { [$0] } ?? []
      return
    }
    let path = (Subprogram.variable("PATH") ?? "/usr/bin:/bin").split(separator: ":").map(
      String.init)
    var candidates: [String] = []
    if let program = path.map({ $0 + "/pg_config" }).first(where: { access($0, X_OK) == 0 }),
      let folder = try? Subprogram.output(program, ["--bindir"])
    {
      candidates.append(String(folder.prefix { $0 != "\n" }))
    }
    candidates += path + Self.usual.flatMap(Self.glob)
    patterns = ["the PATH"] + Self.usual
    var seen: Set<String> = []
    folders = candidates.compactMap { folder in
      guard let real = Self.resolved(folder), seen.insert(real).inserted else { return nil }
      return real
    }
  }

  /// Whether a folder has that program, and we may run it.
  static func holds(_ name: String, _ folder: String) -> Bool {
    access(folder + "/" + name, X_OK) == 0
  }

  /// What a program says of itself: 15.18 of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`;
  /// nil where it is none of PostgreSQL's, or does not run.
  static func version(of program: String) -> String? {
    guard let words = try? Subprogram.output(program, ["--version"]) else { return nil }
    let parts = words.split(whereSeparator: \.isWhitespace)
    if let product = parts.firstIndex(of: "(PostgreSQL)"), product + 1 < parts.count {
      return String(parts[product + 1])
    }
    return parts.last { $0.first?.isNumber == true }.map(String.init)
  }

  private static func words(on text: String, _ path: String?) -> String {
    guard let path else {
      let relative = text.hasPrefix("/") ? "" : ", looked for from the current folder,"
      return "'\(VisibleText.line(text))'\(relative) is not there"
    }
    let shown = VisibleText.line(path)
    let missing = ["postgres", "initdb"].filter { !holds($0, path) }
    if missing.isEmpty { return shown }
    if holds("postgres", path + "/bin"), holds("initdb", path + "/bin") {
      return "\(shown) has none, \(shown)/bin has them"
    }
    return "\(shown) has no \(missing.joined(separator: " and no ")) that can be run"
  }

  static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func glob(_ pattern: String) -> [String] {
    var list = glob_t()
    defer { globfree(&list) }
    #if canImport(Glibc)
      let code = Glibc.glob(pattern, 0, nil, &list)
    #else
      let code = Darwin.glob(pattern, 0, nil, &list)
    #endif
    guard code == 0, let paths = list.gl_pathv else { return [] }
    return (0..<Int(list.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }
}
