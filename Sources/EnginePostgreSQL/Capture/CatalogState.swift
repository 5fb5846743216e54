internal import SchemaModel
internal import DialectPostgreSQL

/// What one scratch database held when it was last read, so that the next look asks only for what
/// changed.
final class CatalogState {
  private var session: CatalogSession?
  private var opening: SessionOpening?
  private var watch = CatalogWatch()
  private var rows: PostgreSQL.CatalogRows
  private var catalog: PostgreSQL.Catalog?
  private var seeds = SeedState()
  /// Whether the rows are less than the database's: at the beginning, and after a failure.
  private var isStale = true
  /// Whether no script has touched the server's counting of written rows.
  private var mayCount = true
  /// Which capture the catalog is that of.
  private var mark: Capture.Mark?
  /// Whether the catalog is newer than the last capture that was given out.
  private var hasMoved = false
  /// How many captures followed the server's log, and how many had to search the catalogs.
  private(set) var lookCounts = (followed: 0, searched: 0)
  /// The server's log of writes, where it can be followed.
  private let feed: ChangeFeed?

  /// What is left out of what is captured.
  private(set) var runnerTables: RunnerTables

  /// - Parameter role: the one that runs migrations; nil for the one that reads.
  init(
    feed: ChangeFeed? = nil, runnerTables: RunnerTables = RunnerTables(), role: String? = nil
  ) {
    self.feed = feed
    knownRole = role
    self.runnerTables = runnerTables
    rows = PostgreSQL.CatalogRows(runnerTables: runnerTables)
  }

  func keepOut(runnerTable name: String) {
    guard runnerTables.insert(name), !rows.keepOut(runnerTable: name) else { return }
    // What was read took this table for one of the schema's.
    rows = PostgreSQL.CatalogRows(runnerTables: runnerTables)
    catalog = nil
    mark = nil
    seeds = SeedState()
    isStale = true
  }

  /// Reads back what is there now. It reads through a connection of its own, which stays open until
  /// `disconnect()`, or until the server ends it for a copy of the database.
  /// - Parameter writer: our own connection that ran scripts there, if one did.
  func capture(
    _ location: PostgreSQLLocation, beside writer: PostgreSQLConnection?, after before: Capture,
    statements: [ExecutedStatement], limit: Double? = nil
  ) throws -> Capture {
    let log = StatementLog(statements, runnerTables)
    if log.mayHideCounts {
      mayCount = false
      session?.isCounting = false
    }
    func limited() throws -> Capture {
      let session = try session(at: location)
      return try session.connection.limited(to: limit) {
        try capture(session, log, Writer(writer))
          .remarking(since: before, writes: log.runnerWrites)
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
    _ session: CatalogSession, _ log: StatementLog, _ writer: Writer
  ) throws -> Capture {
    do {
      let before = catalog.map { Before($0) }
      var log = log
      // Any statement may have fired one that is gone now, or is there only now.
      if rows.hasEventTriggers { log.noteEventTriggers() }
      let look = try refresh(session, beside: writer)
      guard let catalog else { return Capture(schema: Schema()) }
      if rows.hasEventTriggers { log.noteEventTriggers() }
      let isOthers = catalog.hiddenRelations != before?.hiddenRelations
      if !seeds.isUnread, !isOthers, let files = look.written {
        try seeds.follow(
          session, catalog, rows, touched: look.touched, files: files, log: log,
          beside: writer, mayCount: mayCount)
      } else if log.mayChangeRows || seeds.isUnread || isOthers
        || seeds.isConcerned(by: look.touched, rows) || feed != nil && !look.touched.isEmpty
      {
        // Where the log is followed, all tables and sequences must be known.
        try seeds.refresh(
          session, catalog, rows, touched: look.touched, log: log,
          countsAreSure: watch.counters != nil)
      }
      let known = Set(before?.unmodelled ?? [])
      var capture = Capture(
        schema: catalog.schema, rows: seeds.rows(catalog),
        lineage: before.map { look.changes.lineage(in: $0.schema) } ?? Lineage(),
        statements: log.dataStatements,
        runners: catalog.runnerTables.sorted { $0.key < $1.key }.map {
          RunnerTable(name: $0.key.text, definition: $0.value)
        },
        runnerParts: catalog.runnerParts,
        warnings: catalog.unmodelled.filter { !known.contains($0) }.map(Self.warning),
        engine: "PostgreSQL \(Self.versionText(session.connection))")
      if let mark, before != nil {
        capture.changes = Capture.Changes(
          since: mark, paths: Set(look.changes.flatMap { [$0.old, $0.new].compactMap { $0 } }))
      }
      mark = capture.mark
      hasMoved = false
      rows.forget()
      return capture
    } catch {
      isStale = true
      // What it was before is the base of the next lineage, as long as it is that.
      if hasMoved {
        catalog = nil
        mark = nil
      }
      seeds = SeedState()
      throw error
    }
  }

  /// What is asked of a catalog after it has moved on.
  private struct Before {
    var schema: Schema
    var unmodelled: [ObjectPath]
    var hiddenRelations: Set<UInt32>

    init(_ catalog: PostgreSQL.Catalog) {
      schema = catalog.schema
      unmodelled = catalog.unmodelled
      hiddenRelations = catalog.hiddenRelations
    }
  }

  private struct Look {
    var changes: [PostgreSQL.ObjectChange] = []
    /// What has rows in the catalog that are others than before, or were written anew: another file
    /// of a table is no other row here.
    var touched: Set<PostgreSQL.Identity> = []
    /// The files of tables that rows were written to; nil where that is not known.
    var written: Set<ChangeFeed.RelationFile>?
  }

  /// The same knowledge for a copy of the database, which has the same OIDs.
  func copy() -> CatalogState {
    disconnect()
    let copy = CatalogState(feed: feed, runnerTables: runnerTables, role: knownRole)
    copy.watch = watch
    copy.rows = rows
    copy.catalog = catalog
    copy.seeds = seeds
    copy.isStale = isStale
    copy.mayCount = mayCount
    copy.mark = mark
    return copy
  }

  /// Nobody may be connected to a database that is copied or dropped.
  func disconnect() {
    // It is let go of when it is there.
    _ = opening?.session()
    opening = nil
    session = nil
    watch.forgetCounters()
    seeds.forgetCounters()
  }

  private func session(at location: PostgreSQLLocation) throws -> CatalogSession {
    if session == nil {
      session = opening?.session()
      session?.isCounting = mayCount && session?.isCounting == true
      opening = nil
    }
    if let session { return session }
    let opened = try CatalogSession(location, mayCount: mayCount, feed: feed)
    session = opened
    return opened
  }

  /// Makes the session of the next capture ready meanwhile.
  func expectCapture(_ location: PostgreSQLLocation) {
    guard session == nil, opening == nil, !isStale else { return }
    opening = SessionOpening { [mayCount, feed] in
      try CatalogSession(location, mayCount: mayCount, feed: feed)
    }
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

  /// Brings the rows and the catalog up to date.
  private func refresh(_ session: CatalogSession, beside writer: Writer) throws -> Look {
    var look = Look()
    if isStale {
      try watch.begin(session, beside: writer)
      try readEverything(session)
    } else {
      let changes = try watch.changes(session, beside: writer)
      look.written = changes.written
      if changes.written != nil { lookCounts.followed += 1 } else { lookCounts.searched += 1 }
      look.touched = changes.identities
      if changes.isEmpty, catalog != nil { return look }
      isStale = true
      try update(changes, session)
    }
    look.touched.formUnion(rows.touched)
    hasMoved = true
    if catalog != nil {
      look.changes = try catalog?.update(rows) ?? []
    } else {
      catalog = try PostgreSQL.Catalog(rows, sessionRole: role(session))
    }
    isStale = false
    return look
  }

  private var knownRole: String?

  private func role(_ session: CatalogSession) throws -> String {
    if let knownRole { return knownRole }
    let role = try sessionRole(session)
    knownRole = role
    return role
  }

  private func readEverything(_ session: CatalogSession) throws {
    for (query, answer) in try session.everything() { try rows.replace(query, answer) }
  }

  private func update(_ changes: CatalogWatch.Changes, _ session: CatalogSession) throws {
    let counts = changes.dependencyCounts
    if changes.isEverything || counts.count == 2 && counts[1] != rows.memberCount {
      return try readEverything(session)
    }
    let relations = rows.names(of: changes.identities)
    let namespaces = rows.namespaceNames
    let reach = rows.reach(of: changes.identities, kinds: changes.kinds)
    var wanted = reach.oids.map { (query: $0.key, oids: Optional($0.value)) }
    if !changes.comments.isEmpty {
      wanted.append((.comments, Set(changes.comments.map(\.oid))))
    }
    if changes.isOpaque || changes.identities.contains(where: rows.isOpaque) {
      wanted.append((.opaque, nil))
    }
    try read(wanted, dependenciesOf: reach.dependencies, session)
    let namers = rows.reach(ofNamersOf: changes.identities, before: relations)
    if !namers.oids.isEmpty {
      try read(namers.oids.map { (query: $0.key, oids: Optional($0.value)) }, session)
    }
    if rows.namespaceNames.contains(where: { (namespaces[$0.key] ?? $0.value) != $0.value }) {
      return try readEverything(session)
    }
    if let count = counts.first, rows.dependencyCount != count {
      let sql = PostgreSQL.CatalogQuery.dependencies.sql(
        version: session.version, restricted: false)
      try rows.replaceDependencies(
        session.connection.answer(to: PostgreSQLQuery(sql)), of: nil)
    }
  }

  private func read(
    _ wanted: [(query: PostgreSQL.CatalogQuery, oids: Set<UInt32>?)],
    dependenciesOf identities: Set<PostgreSQL.Identity> = [], _ session: CatalogSession
  ) throws {
    let answers = try session.rows(wanted, dependencies: identities)
    for ((query, oids), answer) in zip(wanted, answers) {
      try rows.replace(query, answer, of: oids)
    }
    if !identities.isEmpty, let answer = answers.last {
      try rows.replaceDependencies(answer, of: identities)
    }
  }
}
