internal import SchemaModel
internal import DialectPostgreSQL

/// The rows that migrations left behind, by the OIDs of their tables.
///
/// A table is read anew where its columns are others, its file or its count is, or where a row
/// of it was written since the last look.
struct SeedState {
  struct TableRows {
    var columns: [Column]
    /// Another one means that the rows were written anew, maybe in another order.
    var file: String?
    var set: RowSet
  }

  struct SequenceValue {
    var path: ObjectPath
    var last: Int64
    var isCalled: Bool
  }

  struct SequencePlace {
    var path: ObjectPath
    var start: Int64

    var name: String { PostgreSQL.quote(path.name, in: path.namespace) }
  }

  struct Target {
    var oid: UInt32
    var path: ObjectPath
    var columns: [Column]
    var file: String?

    var name: String { PostgreSQL.quote(path.name, in: path.namespace) }
  }

  private var mark: String?
  var tables: [UInt32: TableRows] = [:]
  /// How many rows were ever written to each table; empty where that is not known for sure.
  var counters: [UInt32: String] = [:]
  /// Those that a new database's would not be equal to.
  var sequences: [UInt32: SequenceValue] = [:]
  /// All of them, with their starts.
  var allSequences: [UInt32: SequencePlace] = [:]
  /// How often each was looked at, by number; empty where that is not known for sure.
  var sequenceCounters: [UInt32: String] = [:]
  var unloggedTables: Set<UInt32> = []

  var isUnread: Bool { mark == nil }

  /// Whether rows that are known look different, or are gone, since these objects were touched,
  /// even where no statement can have written any.
  func isConcerned(
    by touched: Set<PostgreSQL.Identity>, _ rows: PostgreSQL.CatalogRows
  ) -> Bool {
    touched.contains { identity in
      if identity.is(.type) { return true }
      // A sequence may begin elsewhere now; and its values are rows, like a table's.
      return identity.is(.relation)
        && (tables[identity.oid] != nil || sequences[identity.oid] != nil
          || rows.sequence(identity.oid) != nil || rows.isRowTypeUsed(identity.oid))
    }
  }

  /// What is there, under the names of `catalog`.
  func rows(_ catalog: PostgreSQL.Catalog) -> SeedRows {
    var rows = SeedRows()
    rows.tables.reserveCapacity(tables.count + sequences.count)
    for (oid, table) in tables {
      guard let path = catalog.paths[PostgreSQL.Identity(.relation, oid)] else {
        continue
      }
      rows.tables[path] = table.set
    }
    for sequence in sequences.values {
      rows.tables[sequence.path] = RowSet(
        columns: ["last_value", "is_called"],
        rows: [[.integer(sequence.last), .text(sequence.isCalled ? "true" : "false")]])
    }
    return rows
  }

  /// Another database counts from the beginning.
  mutating func forgetCounters() {
    counters = [:]
    sequenceCounters = [:]
  }

  /// `countsAreSure`: the server's counters of written rows are up to date.
  mutating func refresh(
    _ session: CatalogSession, _ catalog: PostgreSQL.Catalog, _ rows: PostgreSQL.CatalogRows,
    touched: Set<PostgreSQL.Identity>, log: StatementLog, countsAreSure: Bool
  ) throws {
    let isCounted = countsAreSure && !counters.isEmpty
    let answers = try session.execute([
      CatalogSession.Call("seed_mark", Self.markSQL, []),
      isCounted
        ? CatalogSession.Call("seed_counters", Self.tablesSQL, [])
        : CatalogSession.Call("seed_tables", Self.tablesSQL + Self.isFilled, []),
      CatalogSession.Call("seed_sequences", Self.sequencesSQL, []),
    ])
    let newMark = try answers[0].first("mark")
    let written = countsAreSure ? try Self.counters(answers[1]) : [:]
    let (number, file) = (try answers[1].place(of: "oid"), try answers[1].place(of: "file"))
    let persistence = try answers[1].place(of: "persistence")
    let filled = answers[1].rows.compactMap { row -> Target? in
      guard let oid = row[number].flatMap({ UInt32($0) }),
        let path = catalog.paths[PostgreSQL.Identity(.relation, oid)],
        let table = catalog.schema.objects[path]?.table
      else { return nil }
      // Nobody ever wrote to it, or not since it was found empty.
      if isCounted, tables[oid] == nil, written[oid] == counters[oid] ?? "0" { return nil }
      return Target(
        oid: oid, path: path, columns: table.columns.filter { $0.generation == nil },
        file: row[file])
    }
    unloggedTables = Set(
      answers[1].rows.lazy.filter { $0[persistence] == "u" }
        .compactMap { $0[number].flatMap { UInt32($0) } })
    let areTypesTouched = Self.areTypesTouched(touched, catalog, rows)
    let unsure = filled.filter { target in
      guard !areTypesTouched, let known = tables[target.oid] else { return false }
      return known.file == target.file && Self.isSame(known.columns, target.columns)
    }
    let counted = Set(
      unsure.map(\.oid).filter { written[$0] != nil && written[$0] == counters[$0] })
    counters = written.filter {
      catalog.paths[PostgreSQL.Identity(.relation, $0.key)] != nil
    }
    let unchanged = try unchanged(unsure.filter { !counted.contains($0.oid) }, session)
      .union(counted)
    let wanted = filled.filter { !unchanged.contains($0.oid) }
    let live = Set(filled.map(\.oid))
    for oid in tables.keys where !live.contains(oid) { tables[oid] = nil }
    try read(wanted, session)
    let isSure = mark != nil && !log.maySetSequences
    try readSequences(answers[2], session, catalog) { oid in
      isSure && !touched.contains(PostgreSQL.Identity(.relation, oid))
    }
    mark = newMark
  }

  /// A value may look different since its type does.
  static func areTypesTouched(
    _ touched: Set<PostgreSQL.Identity>, _ catalog: PostgreSQL.Catalog,
    _ rows: PostgreSQL.CatalogRows
  ) -> Bool {
    touched.contains {
      $0.is(.type) && catalog.paths[$0] != nil || $0.is(.relation) && rows.isRowTypeUsed($0.oid)
    }
  }

  private static func counters(
    _ answer: PostgreSQL.QueryAnswer
  ) throws -> [UInt32: String] {
    let (number, count) = (try answer.place(of: "oid"), try answer.place(of: "written_count"))
    var counters: [UInt32: String] = [:]
    for row in answer.rows {
      if let oid = row[number].flatMap({ UInt32($0) }) { counters[oid] = row[count] }
    }
    return counters
  }

  /// Columns that only gained a comment or a default hold the same values.
  static func isSame(_ old: [Column], _ new: [Column]) -> Bool {
    old.count == new.count && zip(old, new).allSatisfy { $0.name == $1.name && $0.type == $1.type }
  }

  private func unchanged(_ targets: [Target], _ session: CatalogSession) throws -> Set<UInt32> {
    guard let mark, !targets.isEmpty else { return [] }
    let parts = targets.map { target in
      """
      SELECT \(target.oid) AS oid, count(*) AS count, \
      count(*) FILTER (WHERE age(xmin) <= (SELECT age($1::text::xid))) AS new_count \
      FROM ONLY \(target.name)
      """
    }
    var unchanged: Set<UInt32> = []
    let sql = parts.joined(separator: "\nUNION ALL ")
    let answer = try session.readingTables {
      try session.answer(to: sql, at: "seed_filled", parameters: [mark], type: "text")
    }
    let (number, count) = (try answer.place(of: "oid"), try answer.place(of: "count"))
    let newCount = try answer.place(of: "new_count")
    for row in answer.rows {
      guard let oid = row[number].flatMap({ UInt32($0) }), row[newCount] == "0",
        let count = row[count].flatMap({ Int($0) }), tables[oid]?.set.rows.count == count
      else { continue }
      unchanged.insert(oid)
    }
    return unchanged
  }

  mutating func read(_ targets: [Target], _ session: CatalogSession) throws {
    guard !targets.isEmpty else { return }
    let queries = targets.map { target in
      let columns = target.columns.map { column in
        PostgreSQL.quote(column.name) + (column.type == "boolean" ? "::pg_catalog.text" : "")
      }
      return PostgreSQLQuery(
        "SELECT \(columns.joined(separator: ", ")) FROM ONLY \(target.name)")
    }
    let answers = try session.readingTables { try session.connection.queries(queries) }
    for (target, answer) in zip(targets, answers) {
      let rows = answer.map { row in row.map { $0.map(RowValue.text) ?? .null } }
      // A table that was emptied keeps its pages for a while.
      tables[target.oid] = TableRows(
        columns: target.columns, file: target.file,
        set: RowSet(columns: target.columns.map(\.name), rows: rows))
      if rows.isEmpty { tables[target.oid] = nil }
    }
  }

  /// `isSure`: a sequence of this number that was never called is where it was, and its start too.
  private mutating func readSequences(
    _ answer: PostgreSQL.QueryAnswer, _ session: CatalogSession, _ catalog: PostgreSQL.Catalog,
    isSure: (UInt32) -> Bool
  ) throws {
    var found: [UInt32: SequenceValue] = [:]
    var uncalled: [(oid: UInt32, path: ObjectPath, start: Int64)] = []
    allSequences = [:]
    sequenceCounters = [:]
    let (number, schema) = (try answer.place(of: "oid"), try answer.place(of: "namespace"))
    let (sequenceName, first) = (try answer.place(of: "name"), try answer.place(of: "start"))
    let lastValue = try answer.place(of: "last")
    for row in answer.rows {
      guard let oid = row[number].flatMap({ UInt32($0) }), let namespace = row[schema],
        let name = row[sequenceName], let start = row[first].flatMap({ Int64($0) }),
        !catalog.hiddenRelations.contains(oid)
      else { continue }
      let path = ObjectPath(.sequence, namespace: namespace, name: name)
      allSequences[oid] = SequencePlace(path: path, start: start)
      if let last = row[lastValue].flatMap({ Int64($0) }) {
        found[oid] = SequenceValue(path: path, last: last, isCalled: true)
      } else if !isSure(oid) {
        uncalled.append((oid, path, start))
      } else if var known = sequences[oid], !known.isCalled {
        known.path = path
        found[oid] = known
      }
    }
    sequences = found
    guard !uncalled.isEmpty else { return }
    let answers = try session.connection.queries(
      uncalled.map {
        PostgreSQLQuery(
          "SELECT last_value FROM " + PostgreSQL.quote($0.path.name, in: $0.path.namespace))
      })
    for (sequence, answer) in zip(uncalled, answers) {
      guard let last = (answer.first?.first ?? nil).flatMap({ Int64($0) }), last != sequence.start
      else { continue }
      sequences[sequence.oid] = SequenceValue(path: sequence.path, last: last, isCalled: false)
    }
  }

  private static let markSQL =
    "SELECT (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text AS mark"

  private static let tablesSQL = """
    SELECT c.oid, \(PostgreSQL.CatalogSignature.counter) AS written_count, \
    pg_relation_filenode(c.oid) AS file, c.relpersistence AS persistence \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' \
    AND n.nspname <> 'information_schema'
    """
  /// The log of writes tells nothing of unlogged tables, so that all of them must be known.
  private static let isFilled =
    " AND (pg_relation_size(c.oid) > 0 OR c.relpersistence = 'u')"

  private static let sequencesSQL = """
    SELECT c.oid, n.nspname AS namespace, c.relname AS name, s.seqstart AS start, \
    pg_sequence_last_value(c.oid) AS last \
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid \
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't' \
    AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass \
    AND x.objid = c.oid AND x.deptype = 'e')
    """
}
