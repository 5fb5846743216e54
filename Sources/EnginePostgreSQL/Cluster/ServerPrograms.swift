internal import SchemaModel

/// The programs of one PostgreSQL server on this machine.
public struct ServerPrograms: Hashable, Sendable {
  /// The folder that holds `postgres` and `initdb`: absolute, and without links on the way.
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
    let places = ProgramPlaces()
    var found: [String] = []
    // The first of equals: what the PATH prefers.
    var best: ServerPrograms?
    for folder in places.folders where ProgramPlaces.holds("postgres", folder) {
      guard let version = ProgramPlaces.version(of: folder + "/postgres") else {
        found.append("\(folder)/postgres, which does not say its version")
        continue
      }
      guard ProgramPlaces.holds("initdb", folder) else {
        found.append("\(version) in \(folder), without its initdb")
        continue
      }
      let programs = ServerPrograms(folder: folder, version: version)
      found.append("\(version) in \(folder)")
      guard known.contains(programs.majorVersion),
        asked == nil || programs.majorVersion == asked
      else { continue }
      if let chosen = best, chosen.majorVersion >= programs.majorVersion { continue }
      best = programs
    }
    guard let best else {
      throw .noBinaries(MissingPrograms(asked: asked, found: found, places: places))
    }
    return best
  }
}

/// That no server's programs were found that would do, and where they were looked for.
public struct MissingPrograms: Hashable, Sendable, CustomStringConvertible {
  /// The major version that was asked for; nil where any would have done.
  public var asked: Int?
  /// Those that are there and would not do, one phrase each.
  public var found: [String]
  var places: ProgramPlaces

  public var description: String {
    let known = "\(PostgreSQLVersion.oldest) to \(PostgreSQLVersion.newest)"
    let wanted =
      "expected the programs of a PostgreSQL server" + (asked.map { " of version \($0)" } ?? "")
      + " (Strata knows \(known)) to try migrations in, found "
    let server = "name a server with --scratch postgresql://..."
    let seen = found.joined(separator: ", ")
    if let asked, !Self.isKnown(asked) {
      return wanted + (found.isEmpty ? "none" : seen)
        + "; name one of the versions that Strata knows with --pg-version, or none for the newest "
        + "that is here"
    }
    if let named = places.named {
      let what = found.isEmpty ? "none" : seen
      let example = asked ?? PostgreSQLVersion.newest
      return wanted
        + "\(what) (searched: what STRATA_PG_BIN names: \(named.said)); let it name the "
        + "folder that holds postgres and initdb, as in /usr/lib/postgresql/\(example)/bin, unset it, "
        + "or \(server)"
    }
    return wanted
      + (found.isEmpty ? "none (searched: \(places.patterns.joined(separator: ", ")))" : seen)
      + "; install them (Debian and Ubuntu: apt install postgresql; Homebrew: brew install "
      + "postgresql), name their folder in STRATA_PG_BIN, or \(server)"
  }

  private static func isKnown(_ version: Int) -> Bool {
    (PostgreSQLVersion.oldest...PostgreSQLVersion.newest).contains(version)
  }
}
