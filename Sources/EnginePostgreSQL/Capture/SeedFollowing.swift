internal import SchemaModel
internal import DialectPostgreSQL

// Rows by what the server's log says was written. Of sequences the log tells too little, so the
// server's counts of accesses say which to look at.
extension SeedState {
  /// `files`: of the tables that rows were written to since the last look. `mayCount`: no script
  /// has touched the server's counting.
  mutating func follow(
    _ session: CatalogSession, _ catalog: PostgreSQL.Catalog, _ rows: PostgreSQL.CatalogRows,
    touched: Set<PostgreSQL.Identity>, files: Set<ChangeFeed.RelationFile>, log: StatementLog,
    beside writer: Writer, mayCount: Bool
  ) throws {
    let changed = noteSequences(catalog, rows, touched)
    let areTypesTouched = Self.areTypesTouched(touched, catalog, rows)
    let candidates = candidates(
      catalog, touched, areTypesTouched: areTypesTouched, wasAnyWritten: !files.isEmpty)
    // A definition calls something for rows that are there. Where nothing can have called a
    // sequence, the next look would still find it.
    let areCalled =
      !allSequences.isEmpty
      && (log.mayChangeRows || !files.isEmpty || candidates.contains { tables[$0] != nil })
    if areCalled { try writer.flushCounts() }
    let areTablesConcerned = !candidates.isEmpty || !files.isEmpty
    let answers = try session.execute(
      (areTablesConcerned ? [Self.candidatesCall(candidates, files)] : [])
        + (areCalled ? [sequenceCountersCall(beside: writer)] : []))
    if areTablesConcerned {
      try followTables(answers[0], session, catalog, areTypesTouched: areTypesTouched)
    }
    var wanted = changed
    if areCalled, let answer = answers.last {
      let called = try calledSequences(answer, mayCount: mayCount && session.isUncounted)
      wanted.formUnion(called ?? Set(allSequences.keys))
    }
    try readSequences(wanted.sorted(), session)
    counters = [:]
  }

  /// The tables that may hold other rows than before, or look different.
  private mutating func candidates(
    _ catalog: PostgreSQL.Catalog, _ touched: Set<PostgreSQL.Identity>, areTypesTouched: Bool,
    wasAnyWritten: Bool
  ) -> Set<UInt32> {
    var candidates = Set(touched.lazy.filter { $0.is(.relation) }.map(\.oid))
    candidates.formUnion(unloggedTables)
    for oid in candidates where catalog.paths[PostgreSQL.Identity(.relation, oid)] == nil {
      tables[oid] = nil
      unloggedTables.remove(oid)
    }
    // A value may look different since its type does.
    if areTypesTouched { candidates.formUnion(tables.keys) }
    return candidates.filter { oid in
      guard let path = catalog.paths[PostgreSQL.Identity(.relation, oid)], path.kind == .table
      else {
        return false
      }
      // Where no row was written anywhere, a table that had none has none.
      return wasAnyWritten || tables[oid] != nil || unloggedTables.contains(oid)
        || catalog.schema.objects[path]?.table?.attributes["persistence"] != nil
    }
  }

  static func candidatesCall(
    _ candidates: Set<UInt32>, _ files: Set<ChangeFeed.RelationFile>
  ) -> CatalogSession.Call {
    let list = Array(files)
    return CatalogSession.Call(
      "seed_candidates", candidatesSQL,
      [
        CatalogSession.list(candidates), CatalogSession.list(list.map(\.tablespace)),
        CatalogSession.list(list.map(\.number)),
      ], "oid[], oid[], oid[]")
  }

  private mutating func followTables(
    _ answer: PostgreSQL.QueryAnswer, _ session: CatalogSession, _ catalog: PostgreSQL.Catalog,
    areTypesTouched: Bool
  ) throws {
    var wanted: [Target] = []
    let (number, file) = (try answer.place(of: "oid"), try answer.place(of: "file"))
    let persistence = try answer.place(of: "persistence")
    let (empty, written) = (try answer.place(of: "is_empty"), try answer.place(of: "is_written"))
    for row in answer.rows {
      guard let oid = row[number].flatMap({ UInt32($0) }),
        let path = catalog.paths[PostgreSQL.Identity(.relation, oid)],
        let table = catalog.schema.objects[path]?.table
      else { continue }
      let isUnlogged = row[persistence] == "u"
      if isUnlogged { unloggedTables.insert(oid) } else { unloggedTables.remove(oid) }
      let target = Target(
        oid: oid, path: path, columns: table.columns.filter { $0.generation == nil },
        file: row[file])
      let isWritten = row[written] == "t" || isUnlogged
      if let known = tables[oid], !isWritten, !areTypesTouched, known.file == target.file,
        Self.isSame(known.columns, target.columns)
      {
        continue
      }
      // It has no pages.
      if row[empty] == "t" { tables[oid] = nil } else { wanted.append(target) }
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
    _ answer: PostgreSQL.QueryAnswer, mayCount: Bool
  ) throws -> Set<UInt32>? {
    guard mayCount, try answer.first("other_session_count") == "0" else {
      sequenceCounters = [:]
      return nil
    }
    let counts = (try answer.first("fetched_counts") ?? "").dropFirst().dropLast().split(
      separator: ",")
    var called: Set<UInt32> = []
    for (oid, count) in zip(allSequences.keys.sorted(), counts) {
      if let known = sequenceCounters[oid], known == count { continue }
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
    for (sequence, answer) in zip(places, try session.connection.answers(to: queries)) {
      sequences[sequence.oid] = nil
      guard let last = try answer.first("last_value").flatMap({ Int64($0) }) else { continue }
      let isCalled = try answer.first("is_called") == "t"
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
    SELECT c.oid, pg_relation_filenode(c.oid) AS file, c.relpersistence AS persistence, \
    pg_relation_size(c.oid) = 0 AS is_empty, \
    EXISTS (SELECT FROM w WHERE w.oid = c.oid) AS is_written FROM pg_class c \
    WHERE c.oid = ANY (ARRAY(SELECT oid FROM w WHERE oid IS NOT NULL UNION \
    SELECT unnest($1::oid[]))) AND c.relkind = 'r' AND c.relpersistence <> 't'
    """

  private func sequenceCountersCall(beside writer: Writer) -> CatalogSession.Call {
    CatalogSession.Call(
      "seed_sequence_counters", Self.sequenceCountersSQL,
      [String(writer.pid), CatalogSession.list(allSequences.keys.sorted())], "text, oid[]")
  }

  private static let sequenceCountersSQL = """
    SELECT (SELECT array_agg(pg_stat_get_blocks_fetched(o) ORDER BY i) \
    FROM unnest($2::oid[]) WITH ORDINALITY u(o, i)) AS fetched_counts, \
    (\(PostgreSQL.CatalogSignature.otherSessionsSQL)) AS other_session_count
    """
}
