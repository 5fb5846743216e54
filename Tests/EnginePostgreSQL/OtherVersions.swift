import FoundationEssentials

@testable import EnginePostgreSQL

/// Servers of the versions that a test asks for, whichever one the suites run on: those that
/// `tools/servers` has laid out, and that of the system.
enum OtherVersions {
  /// The programs of a major version; nil where there are none, which is said, so that it is counted.
  static func programs(_ major: Int) -> ServerPrograms? {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["STRATA_CACHE"] ?? (environment["HOME"] ?? "") + "/.cache/strata"
    let places = ["\(cache)/servers/\(major)/bin", "/usr/lib/postgresql/\(major)/bin"]
    for place in places {
      // A link on the way may lie where the server's user cannot go.
      let folder = URL(filePath: place).resolvingSymlinksInPath().path
      guard let words = try? Subprogram.output(folder + "/postgres", ["--version"]),
        let version = words.split(whereSeparator: \.isWhitespace).first(where: {
          $0.first?.isNumber == true
        })
      else { continue }
      return ServerPrograms(folder: folder, version: String(version))
    }
    print("skipped: there is no PostgreSQL \(major) in \(places.joined(separator: " or "))")
    return nil
  }

  /// A cluster of that version; nil where its programs are missing.
  static func cluster(
    _ major: Int, rights: PostgreSQLCluster.Rights = .superuser
  ) throws -> PostgreSQLCluster? {
    guard let programs = programs(major) else { return nil }
    return try PostgreSQLCluster(
      version: major, settings: [:], authentication: nil, rights: rights, isConfined: true,
      programs: programs)
  }
}
