#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The programs of one PostgreSQL server on this machine.
public struct ServerPrograms: Hashable, Sendable {
  /// The folder that holds `postgres` and `initdb`.
  public var folder: String
  /// As the program says it: 15.18 (Debian 15.18-0+deb12u1), 17beta2.
  public var version: String

  /// 15 of 15.18 and 17 of 17beta2; 0 where the version does not begin with a number.
  public var majorVersion: Int { Int(version.prefix { $0.isNumber }) ?? 0 }

  /// The newest that Strata knows, or the newest of the version that is asked for: of those on the
  /// PATH and in the usual places, or in the folder that STRATA_PG_BIN names.
  /// - Throws: `PostgreSQLEngineError.noBinaries`.
  public static func find(version asked: Int? = nil) throws(PostgreSQLEngineError)
    -> ServerPrograms
  {
    let known = PostgreSQLVersion.oldest...PostgreSQLVersion.newest
    let found = folders().compactMap { of(folder: $0) }
    // The first of equals: what the PATH prefers.
    var best: ServerPrograms?
    for programs in found {
      guard known.contains(programs.majorVersion),
        asked == nil || programs.majorVersion == asked
      else { continue }
      if let chosen = best, chosen.majorVersion >= programs.majorVersion { continue }
      best = programs
    }
    guard let best else {
      throw .noBinaries(asked: asked, found: found.map { "\($0.version) in \($0.folder)" })
    }
    return best
  }

  private static func of(folder: String) -> ServerPrograms? {
    guard let words = try? Subprogram.output(folder + "/postgres", ["--version"]),
      let version = words.split(separator: " ").last(where: { $0.first?.isNumber == true })
    else { return nil }
    return ServerPrograms(folder: folder, version: number(words) ?? String(version))
  }

  /// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`
  private static func number(_ words: String) -> String? {
    let parts = words.split(whereSeparator: \.isWhitespace)
    guard let product = parts.firstIndex(of: "(PostgreSQL)"), product + 1 < parts.count else {
      return nil
    }
    return String(parts[product + 1])
  }

  private static func folders() -> [String] {
    if let folder = Subprogram.variable("STRATA_PG_BIN") {
      return access(folder + "/postgres", X_OK) == 0 && access(folder + "/initdb", X_OK) == 0
        ? [folder] : []
    }
    var candidates: [String] = []
    let path = (Subprogram.variable("PATH") ?? "/usr/bin:/bin").split(separator: ":").map(
      String.init)
    if let program = path.map({ $0 + "/pg_config" }).first(where: { access($0, X_OK) == 0 }),
      let folder = try? Subprogram.output(program, ["--bindir"])
    {
      candidates.append(String(folder.prefix { $0 != "\n" }))
    }
    candidates += path
    for pattern in [
      "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
      "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
      "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
      "/Applications/Postgres.app/Contents/Versions/*/bin",
    ] {
      candidates += glob(pattern)
    }
    var seen: Set<String> = []
    return candidates.compactMap { folder in
      guard access(folder + "/postgres", X_OK) == 0, access(folder + "/initdb", X_OK) == 0,
        let real = resolved(folder), seen.insert(real).inserted
      else { return nil }
      return real
    }
  }

  private static func resolved(_ path: String) -> String? {
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
