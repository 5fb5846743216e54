internal import SchemaModel

extension PostgreSQLScratch {
  /// What `pg_dump --schema-only` says of the database, without the lines that differ from run to
  /// run; nil where it cannot be had: `dumpObstacle` says why.
  /// - Throws: `PostgreSQLEngineError` with pg_dump's own words.
  public func dump() throws -> String? {
    // Who only reads sees the tables of all roles.
    var place = readingLocation.password == nil ? readingLocation : location
    guard !Self.holdsSecrets(place), let program = try host.dumpProgram().program else {
      return nil
    }
    try silence()
    let environment = host.isOwn ? [] : Self.environmentOfClients(password: place.password)
    // Everybody on the machine may read a command line; a process's environment only its user.
    place.parameters["password"] = nil
    place.driver = nil
    // A migration tool makes its own table, with the rights that it has then.
    let left = catalog.runnerTables.names.texts.sorted().flatMap { name in
      ["--exclude-table", "*.\"\(name.replacing("\"", with: "\"\""))\""]
    }
    do {
      let text = try Subprogram.output(
        program, ["--schema-only", "--no-password", "--dbname", place.url] + left,
        as: host.isOwn ? .current() : nil, environment: environment)
      return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
        !["\\restrict ", "\\unrestrict ", "-- Dumped "].contains { line.hasPrefix($0) }
      }.joined(separator: "\n")
    } catch {
      throw PostgreSQLEngineError.unreadable("\(error)")
    }
  }

  /// Why there is no `dump`, and what would help, in words for the end of a sentence; nil where
  /// there is one.
  /// - Throws: `PostgreSQLEngineError` where the server cannot be reached.
  public func dumpObstacle() throws -> String? {
    if Self.holdsSecrets(location) {
      return "pg_dump takes the secrets in --scratch only on a command line, which shows them to "
        + "everybody on the machine"
    }
    return try host.dumpProgram().obstacle
  }

  /// A password has a variable of its own; others have none.
  private static func holdsSecrets(_ location: PostgreSQLLocation) -> Bool {
    location.parameters.keys.contains {
      ["sslpassword", "oauth_client_secret"].contains($0)
    }
  }

  /// What libpq in this process goes by, for another program's libpq.
  private static func environmentOfClients(password: String?) -> [String] {
    let names = Subprogram.names { $0.hasPrefix("PG") || $0 == "HOME" }
    return names.compactMap { name in Subprogram.variable(name).map { "\(name)=\($0)" } }
      + (password.map { ["PGPASSWORD=\($0)"] } ?? [])
  }
}

extension ScratchHost {
  /// The pg_dump for this server.
  func dumpProgram() throws -> DumpProgram {
    let server = try server()
    return DumpProgram(
      for: server.majorVersion, server.parameter("server_version") ?? "\(server.majorVersion)",
      beside: ownPrograms?.folder)
  }
}

/// The pg_dump that knows a server: it refuses one that is newer than itself.
struct DumpProgram {
  /// The file; nil where there is none that would do.
  var program: String?
  /// Why there is none.
  var obstacle: String?

  /// - Parameter folder: that of the server's own programs, where it is ours; else those of clients
  ///   do as well, which are installed without a server, and those of a newer version do where the
  ///   very one is missing.
  init(for majorVersion: Int, _ version: String, beside folder: String?) {
    var best: (version: Int, program: String)?
    var older: [String] = []
    let places = ProgramPlaces()
    for folder in folder.map({ [$0] }) ?? places.folders {
      let program = folder + "/pg_dump"
      // Debian's is a script that calls another one each time.
      guard ProgramPlaces.holds("pg_dump", folder),
        let real = ProgramPlaces.resolved(program), !real.hasSuffix("/pg_wrapper"),
        let text = ProgramPlaces.version(of: program),
        let major = Int(text.prefix(while: \.isNumber))
      else { continue }
      guard major >= majorVersion else {
        older.append("\(text) in \(folder)")
        continue
      }
      if let best, best.version <= major { continue }
      best = (major, program)
    }
    program = best?.program
    guard best == nil else { return }
    let searched =
      folder ?? places.named.map { "STRATA_PG_BIN: \($0.said)" }
      ?? places.patterns.joined(separator: ", ")
    obstacle =
      "a pg_dump of version \(majorVersion) or later is missing for the server's \(version), found "
      + (older.isEmpty ? "none" : "only " + older.joined(separator: ", "))
      + " (searched: \(searched)); Debian and Ubuntu, with apt.postgresql.org where need be: apt "
      + "install postgresql-client-\(majorVersion)"
  }
}
