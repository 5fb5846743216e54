internal import SchemaModel
internal import SchemaSQL

/// What one scratch database held when it was last read, so that the next look asks only for what
/// changed.
final class CatalogState {
  private var session: CatalogSession?
  private var watch = CatalogWatch()
  private var rows = PostgreSQL.CatalogRows()
  private var catalog: PostgreSQL.Catalog?
  private var seeds = SeedState()
  /// Whether the rows are less than the database's: at the beginning, and after a failure.
  private var isStale = true
  /// Whether no script has touched the server's counting of written rows.
  private var mayCount = true

  init() {}

  /// Reads back what is there now. It reads through a connection of its own, which stays open until
  /// `disconnect()`, or until the server ends it for a copy of the database.
  func capture(
    _ connection: PostgreSQLConnection, after before: Capture, statements: [ExecutedStatement],
    limit: Double? = nil
  ) throws -> Capture {
    let log = StatementLog(statements)
    if connection.majorVersion >= 15 {
      _ = try connection.query("SELECT pg_catalog.pg_stat_force_next_flush()")
    }
    if log.mayHideCounts {
      mayCount = false
      session?.isCounting = false
    }
    func limited() throws -> Capture {
      let session = try session(beside: connection)
      return try session.connection.limited(to: limit) {
        try capture(session, log, connection.backendPID)
      }
    }
    do {
      return try limited()
    } catch {
      guard session?.isLost ?? false else { throw error }
      session = nil
      return try limited()
    }
  }

  private func capture(
    _ session: CatalogSession, _ log: StatementLog, _ pid: Int
  ) throws -> Capture {
    let old = catalog
    do {
      let (new, touched) = try refresh(session, beside: pid)
      let isOthers = new.hiddenRelations != old?.hiddenRelations
      if log.mayChangeRows || seeds.isUnread || isOthers || seeds.isConcerned(by: touched) {
        let countsAreSure = watch.counters != nil
        try seeds.refresh(
          session, new, touched: touched, log: log, countsAreSure: countsAreSure)
      }
      let known = Set(old?.unmodelled ?? [])
      let isChanged = !touched.isEmpty
      let capture = Capture(
        schema: new.schema, rows: seeds.rows(new),
        lineage: old.flatMap { isChanged ? new.lineage(since: $0) : nil } ?? Lineage(),
        statements: log.dataStatements,
        runners: new.runnerTables.sorted { $0.key < $1.key }.map {
          RunnerTable(name: $0.key, definition: $0.value)
        },
        warnings: new.unmodelled.filter { !known.contains($0) }.map(Self.warning),
        engine: "PostgreSQL \(Self.versionText(session.connection))")
      catalog = new
      rows.forget()
      return capture
    } catch {
      isStale = true
      seeds = SeedState()
      throw error
    }
  }

  /// The CREATE texts of the migration tools' own tables, which a capture leaves out, by name.
  func runnerTables(_ connection: PostgreSQLConnection) throws -> [String: String] {
    let session = try session(beside: connection)
    var rows = PostgreSQL.CatalogRows()
    for (query, answer) in try session.everything() { try rows.replace(query, rows: answer) }
    return try PostgreSQL.Catalog(rows, sessionRole: sessionRole(session)).runnerTables
  }

  /// The same knowledge for a copy of the database, which has the same OIDs.
  func copy() -> CatalogState {
    disconnect()
    let copy = CatalogState()
    copy.watch = watch
    copy.rows = rows
    copy.catalog = catalog
    copy.seeds = seeds
    copy.isStale = isStale
    copy.mayCount = mayCount
    return copy
  }

  /// Nobody may be connected to a database that is copied or dropped.
  func disconnect() {
    session = nil
    watch.forgetCounters()
    seeds.forgetCounters()
  }

  private func session(beside connection: PostgreSQLConnection) throws -> CatalogSession {
    if let session { return session }
    let opened = try CatalogSession(connection.location, mayCount: mayCount)
    session = opened
    return opened
  }

  private func sessionRole(_ session: CatalogSession) throws -> String {
    try session.connection.query("SELECT session_user").first?.first.flatMap { $0 } ?? ""
  }

  private static func versionText(_ connection: PostgreSQLConnection) -> String {
    let text = connection.parameter("server_version") ?? "\(connection.majorVersion)"
    return String(text.prefix { $0 != " " })
  }

  private static func warning(_ path: ObjectPath) -> String {
    "\(path.name) is of a kind that Strata does not record: it is named in the history, "
      + "and no baseline will make it"
  }

  /// Brings the rows up to date, and says what the new catalog shows of them.
  private func refresh(
    _ session: CatalogSession, beside pid: Int
  ) throws -> (PostgreSQL.Catalog, touched: Set<PostgreSQL.Identity>) {
    if isStale {
      try watch.begin(session, beside: pid)
      try readEverything(session)
    } else {
      let changes = try watch.changes(session, beside: pid)
      if changes.isEmpty, let catalog { return (catalog, []) }
      isStale = true
      try update(changes, session)
    }
    let touched = rows.touched
    let new = try PostgreSQL.Catalog(rows, sessionRole: role(session), reusing: catalog)
    isStale = false
    return (new, touched)
  }

  private var knownRole: String?

  private func role(_ session: CatalogSession) throws -> String {
    if let knownRole { return knownRole }
    let role = try sessionRole(session)
    knownRole = role
    return role
  }

  private func readEverything(_ session: CatalogSession) throws {
    for (query, answer) in try session.everything() { try rows.replace(query, rows: answer) }
  }

  private func update(_ changes: CatalogWatch.Changes, _ session: CatalogSession) throws {
    let counts = changes.dependencyCounts
    if changes.isEverything || counts.count == 2 && counts[1] != rows.memberCount {
      return try readEverything(session)
    }
    var wanted = rows.reach(of: changes.identities)
      .map { (query: $0.key, oids: Optional($0.value)) }
    if !changes.comments.isEmpty {
      wanted.append((.comments, Set(changes.comments.map(\.oid))))
    }
    if changes.isOpaque || changes.identities.contains(where: rows.isOpaque) {
      wanted.append((.opaque, nil))
    }
    let names = rows.namespaceNames
    for ((query, oids), answer) in zip(wanted, try session.rows(wanted)) {
      try rows.replace(query, rows: answer, of: oids)
    }
    if rows.namespaceNames.contains(where: { names[$0.key] != nil && names[$0.key] != $0.value }) {
      return try readEverything(session)
    }
    if let count = counts.first, rows.dependencyCount != count {
      let answer = try session.rows([(.dependencies, nil)])
      try rows.replace(.dependencies, rows: answer[0])
    }
  }
}
