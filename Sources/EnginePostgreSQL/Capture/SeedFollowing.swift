internal import SchemaModel
internal import SchemaSQL

// Rows by what the server's log says was written. Of sequences the log tells too little, so the
// server's counts of accesses say which to look at.
extension SeedState {
  /// `files`: of the tables that rows were written to since the last look. `mayCount`: no script
  /// has touched the server's counting.
  mutating func follow(
    _ session: CatalogSession, _ catalog: PostgreSQL.Catalog, _ rows: PostgreSQL.CatalogRows,
    touched: Set<PostgreSQL.Identity>, files: Set<ChangeFeed.RelationFile>, log: StatementLog,
    beside pid: Int, mayCount: Bool
  ) throws {
    try followTables(session, catalog, touched, files)
    var wanted = noteSequences(catalog, rows, touched)
    if !allSequences.isEmpty {
      let called = try calledSequences(session, beside: pid, mayCount: mayCount)
      wanted.formUnion(called ?? (log.mayChangeRows ? Set(allSequences.keys) : []))
    }
    try readSequences(wanted.sorted(), session)
    counters = [:]
  }

  private mutating func followTables(
    _ session: CatalogSession, _ catalog: PostgreSQL.Catalog,
    _ touched: Set<PostgreSQL.Identity>, _ files: Set<ChangeFeed.RelationFile>
  ) throws {
    // A value may look different since its type does.
    let areTypesTouched = touched.contains { $0.is(.type) }
    var candidates = Set(touched.lazy.filter { $0.is(.relation) }.map(\.oid))
    candidates.formUnion(unloggedTables)
    for oid in candidates where catalog.paths[PostgreSQL.Identity(.relation, oid)] == nil {
      tables[oid] = nil
    }
    if areTypesTouched { candidates.formUnion(tables.keys) }
    candidates = candidates.filter {
      catalog.paths[PostgreSQL.Identity(.relation, $0)]?.kind == .table
    }
    if candidates.isEmpty, files.isEmpty { return }
    let list = Array(files)
    let call = CatalogSession.Call(
      "seed_candidates", Self.candidatesSQL,
      [
        CatalogSession.list(candidates), CatalogSession.list(list.map(\.tablespace)),
        CatalogSession.list(list.map(\.number)),
      ], "oid[], oid[], oid[]")
    var wanted: [Target] = []
    for row in try session.execute([call])[0] where row.count == 5 {
      guard let oid = row[0].flatMap({ UInt32($0) }),
        let path = catalog.paths[PostgreSQL.Identity(.relation, oid)],
        let table = catalog.schema.objects[path]?.table
      else { continue }
      if row[2] == "u" { unloggedTables.insert(oid) } else { unloggedTables.remove(oid) }
      let target = Target(
        oid: oid, path: path, columns: table.columns.filter { $0.generation == nil }, file: row[1])
      let isWritten = row[4] == "t" || row[2] == "u"
      if let known = tables[oid], !isWritten, !areTypesTouched, known.file == target.file,
        Self.isSame(known.columns, target.columns)
      {
        continue
      }
      // It has no pages.
      if row[3] == "t" { tables[oid] = nil } else { wanted.append(target) }
    }
    try read(wanted, session)
  }

  /// Takes over which sequences there are; those that are new or look different are the result.
  private mutating func noteSequences(
    _ catalog: PostgreSQL.Catalog, _ rows: PostgreSQL.CatalogRows,
    _ touched: Set<PostgreSQL.Identity>
  ) -> Set<UInt32> {
    var changed: Set<UInt32> = []
    for identity in touched where identity.is(.relation) {
      let oid = identity.oid
      if let sequence = rows.sequence(oid), !catalog.hiddenRelations.contains(oid) {
        allSequences[oid] = SequencePlace(path: sequence.path, start: sequence.start)
        changed.insert(oid)
      } else if allSequences.removeValue(forKey: oid) != nil {
        sequences[oid] = nil
        sequenceCounters[oid] = nil
      }
    }
    return changed
  }

  /// The sequences that anybody looked at since the last time; nil where nobody can be sure.
  private mutating func calledSequences(
    _ session: CatalogSession, beside pid: Int, mayCount: Bool
  ) throws -> Set<UInt32>? {
    let oids = allSequences.keys.sorted()
    let answer =
      try session.rows(
        Self.sequenceCountersSQL(oids), at: "seed_sequence_counters", parameters: [String(pid)],
        type: "text"
      ).first ?? []
    guard mayCount, session.isUncounted, answer.count == 2, answer[1] == "0" else {
      sequenceCounters = [:]
      return nil
    }
    let counts = (answer[0] ?? "").dropFirst().dropLast().split(separator: ",")
    var called: Set<UInt32> = []
    for (oid, count) in zip(oids, counts) where sequenceCounters[oid].map({ $0 != count }) ?? true {
      called.insert(oid)
      sequenceCounters[oid] = String(count)
    }
    return called
  }

  private mutating func readSequences(_ oids: [UInt32], _ session: CatalogSession) throws {
    let places = oids.compactMap { oid in allSequences[oid].map { (oid: oid, place: $0) } }
    guard !places.isEmpty else { return }
    let queries = places.map {
      PostgreSQLQuery("SELECT last_value, is_called FROM \($0.place.name)")
    }
    for (sequence, rows) in zip(places, try session.connection.queries(queries)) {
      sequences[sequence.oid] = nil
      guard let row = rows.first, row.count == 2, let last = row[0].flatMap({ Int64($0) }) else {
        continue
      }
      let isCalled = row[1] == "t"
      if isCalled || last != sequence.place.start {
        sequences[sequence.oid] = SequenceValue(
          path: sequence.place.path, last: last, isCalled: isCalled)
      }
    }
  }

  /// The tables of these OIDs (`$1`) and files (`$2`, `$3`): whether one has no page, and whether
  /// its file is one of those.
  private static let candidatesSQL = """
    WITH w AS MATERIALIZED (SELECT pg_filenode_relation(f.space, f.number)::oid AS oid \
    FROM unnest($2::oid[], $3::oid[]) f(space, number)) \
    SELECT c.oid, pg_relation_filenode(c.oid), c.relpersistence, pg_relation_size(c.oid) = 0, \
    EXISTS (SELECT FROM w WHERE w.oid = c.oid) FROM pg_class c \
    WHERE c.oid = ANY (ARRAY(SELECT oid FROM w WHERE oid IS NOT NULL UNION \
    SELECT unnest($1::oid[]))) AND c.relkind = 'r' AND c.relpersistence <> 't'
    """

  private static func sequenceCountersSQL(_ oids: [UInt32]) -> String {
    """
    SELECT (SELECT array_agg(pg_stat_get_blocks_fetched(o) ORDER BY i) \
    FROM unnest('\(CatalogSession.list(oids))'::oid[]) WITH ORDINALITY u(o, i)), \
    (\(PostgreSQL.CatalogSignature.otherSessionsSQL))
    """
  }
}
