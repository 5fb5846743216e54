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
    // Who only reads sees the tables of all roles.
    let place = readingLocation.password == nil ? readingLocation : location
    guard place.password == nil, let program = try host.dumpProgram() else { return nil }
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

extension ScratchHost {
  /// The pg_dump for this server: never an older one.
  func dumpProgram() throws -> String? {
    let major = try server().majorVersion
    let programs = try? ServerPrograms.find(version: major)
    guard let program = programs.map({ $0.folder + "/pg_dump" }), access(program, X_OK) == 0 else {
      return nil
    }
    return program
  }
}
