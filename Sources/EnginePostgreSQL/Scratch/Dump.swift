#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension PostgreSQLScratch {
  /// What `pg_dump --schema-only` says of the database, without the lines that differ from run to
  /// run; nil where there is no pg_dump that knows this server, or where it would need a password,
  /// which a command line would show to everybody.
  /// - Throws: `PostgreSQLEngineError` with pg_dump's own words.
  public func dump() throws -> String? {
    let place = dumpLocation
    guard place.password == nil, let program = try host.dumpProgram() else { return nil }
    try silence()
    do {
      let text = try Subprogram.output(
        program, ["--schema-only", "--dbname", place.url], as: host.isOwn ? .current() : nil)
      return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
        !["\\restrict ", "\\unrestrict ", "-- Dumped "].contains { line.hasPrefix($0) }
      }.joined(separator: "\n")
    } catch {
      throw PostgreSQLEngineError.unreadable("\(error)")
    }
  }
}

extension PostgreSQLScratch {
  /// Who only reads sees the tables of all roles.
  private var dumpLocation: PostgreSQLLocation {
    readingLocation.password == nil ? readingLocation : location
  }

  /// Why there is no dump, in a few words; nil where there is one.
  func dumpObstacle() throws -> String? {
    guard try host.dumpProgram() != nil else {
      return "no pg_dump of PostgreSQL \(try host.server().majorVersion) is on this machine"
    }
    return dumpLocation.password == nil
      ? nil : "pg_dump would show the password on its command line"
  }
}

extension ScratchHost {
  /// The pg_dump for this server: never an older one.
  func dumpProgram() throws -> String? {
    let major = try server().majorVersion
    let programs = ownPrograms ?? (try? ServerPrograms.find(version: major))
    guard let program = programs.map({ $0.folder + "/pg_dump" }), access(program, X_OK) == 0 else {
      return nil
    }
    return program
  }
}
