// Invariants:
// - A capture by what changed is the one that reading everything would give. What is left unread was
//   seen to be the same: entries of `sqlite_schema` by their bytes, or since nothing ran that could
//   change them; rows since SQLite never asked whether they may be written.
// - All that is shown of a table and what stands on it follows from the entries of that table, but for
//   virtual tables, whose tables behind are told by their names: where one of those changes, all is read.
internal import SchemaModel
internal import SQLiteWalls
internal import DialectSQLite

/// What one scratch database held when it was last read, so that the next look asks only for what
/// changed.
struct CatalogState {
  /// The capture that all below is of; nil where it is of none.
  private var mark: Capture.Mark?
  /// In the order of their rowids.
  private var entries: [CatalogEntry] = []
  /// The rowids of the entries of each table.
  private var places: [ExactText: Set<Int64>] = [:]
  private var special = SpecialTables()
  /// What SQLite counts the commits of other connections by.
  private var dataVersion: Int64 = 0

  /// What is known is of no use for the next capture.
  mutating func forget() { mark = nil }

  mutating func capture(
    _ connection: SQLiteConnection, _ runnerTables: RunnerTables, after before: Capture,
    statements: [ExecutedStatement]
  ) throws -> Capture {
    // One transaction: another process may write between two statements of ours.
    try connection.execute("BEGIN")
    defer { try? connection.execute("COMMIT") }
    let isKnown = mark === before.mark
    mark = nil
    let version = try connection.cached("PRAGMA data_version").rows { $0.int64(0) }.first ?? 0
    // All that was written since went through this connection, and it saw it.
    let writes = isKnown && connection.isWatched && version == dataVersion ? connection.writes : nil
    connection.writes = Writes()
    connection.isWatched = true
    dataVersion = version
    let reader = CatalogReader(connection: connection)
    var capture: Capture
    if isKnown, let look = try look(reader, writes, before, runnerTables) {
      capture = try self.capture(connection, runnerTables, look, writes, before, statements)
    } else {
      capture = try whole(reader, runnerTables, before, statements)
    }
    mark = capture.mark
    return capture
  }

  private mutating func whole(
    _ reader: CatalogReader, _ runnerTables: RunnerTables, _ before: Capture,
    _ statements: [ExecutedStatement]
  ) throws -> Capture {
    entries = try reader.entries()
    places = [:]
    for entry in entries { places[entry.tableKey, default: []].insert(entry.rowid) }
    let rows = try reader.rows(of: entries.map(\.object), known: before.schema, isAll: true)
    let found = try SQLiteCapture(reader.connection, rows, known: before.schema, runnerTables)
    special = found.special
    let lineage = SQLite.StatementLineage(
      statements, before: before.schema, after: found.schema, runnerTables: runnerTables)
    return Capture(
      schema: found.schema,
      rows: lineage.mayChangeRows ? try found.reader.rows() : before.rows,
      lineage: lineage.lineage, statements: lineage.dataStatements, runners: found.runners,
      runnerParts: found.catalog.runnerParts,
      warnings: lineage.mayChangeRows ? try found.reader.unreadableRows() : []
    ).remarking(since: before, writes: lineage.runnerWrites)
  }

  /// What differs from the capture before.
  private struct Look {
    var schema: Schema
    /// The objects that differ, by their places before and after.
    var paths: Set<ObjectPath> = []
    var gone: [CatalogEntry] = []
    var new: [CatalogEntry] = []
  }

  /// - Returns: nil where all must be read.
  private func look(
    _ reader: CatalogReader, _ writes: Writes?, _ before: Capture, _ runnerTables: RunnerTables
  ) throws -> Look? {
    var look = Look(schema: before.schema)
    switch writes?.schema {
    case .same: break
    case .longer: look.new = try reader.entries(after: entries.last?.rowid ?? 0)
    default: (look.gone, look.new) = try reader.differences(from: entries)
    }
    let changed = look.gone + look.new
    let tables = Set(changed.map(\.tableKey))
    let runners = Set<ExactText>(runnerTables.names.map { SQLite.folded($0.text) })
    if changed.contains(where: \.isVirtual) || !tables.isDisjoint(with: runners) { return nil }
    let old = entries(of: tables)
    let kept = Set(look.gone.map(\.rowid))
    let now = old.filter { !kept.contains($0.rowid) } + look.new
    let rows = try reader.rows(
      of: now.sorted { $0.rowid < $1.rowid }.map(\.object), known: before.schema, isAll: false)
    // A virtual table makes one of such a name its own.
    if rows.relations.values.contains(where: { $0.type == "shadow" }) { return nil }
    let catalog = SQLite.Catalog(rows, reusing: before.schema, runnerTables: runnerTables)
    func put(_ object: SchemaObject?, at path: ObjectPath) {
      guard before.schema.objects[path] != object else { return }
      look.schema.objects[path] = object
      look.paths.insert(path)
    }
    for path in old.compactMap(\.path) where catalog.schema.objects[path] == nil {
      put(nil, at: path)
    }
    for (path, object) in catalog.schema.objects { put(object, at: path) }
    for (path, object) in try SQLiteCapture.settings(reader.connection) { put(object, at: path) }
    return look
  }

  private func entries(of tables: Set<ExactText>) -> [CatalogEntry] {
    tables.flatMap { places[$0] ?? [] }.map { entries[index(of: $0)] }
  }

  /// The place of an entry, or where it would be.
  private func index(of rowid: Int64) -> Int {
    var (low, high) = (entries.startIndex, entries.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].rowid < rowid { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func capture(
    _ connection: SQLiteConnection, _ runnerTables: RunnerTables, _ look: Look, _ writes: Writes?,
    _ before: Capture, _ statements: [ExecutedStatement]
  ) throws -> Capture {
    let lineage = SQLite.StatementLineage(
      statements, before: before.schema, after: look.schema, runnerTables: runnerTables,
      within: look.paths
    ) { name in
      entries(of: [ExactText(name)]).first { $0.object.type == "table" }?.path
    }
    apply(look)
    let reader = RowReader(connection: connection, schema: look.schema, special: special)
    var rows = before.rows
    if writes?.isRewritten == true {
      rows = try reader.rows()
    } else if let writes {
      try reader.read(touched(writes, look, before.schema), &rows)
    } else if lineage.mayChangeRows {
      rows = try reader.rows()
    }
    var capture = Capture(
      schema: look.schema, rows: rows, lineage: lineage.lineage,
      statements: lineage.dataStatements, runners: before.runners,
      runnerParts: before.runnerParts,
      warnings: lineage.mayChangeRows ? try reader.unreadableRows() : []
    ).remarking(since: before, writes: lineage.runnerWrites)
    capture.changes = Capture.Changes(since: before.mark, paths: look.paths)
    return capture
  }

  private mutating func apply(_ look: Look) {
    for entry in look.gone {
      entries.remove(at: index(of: entry.rowid))
      places[entry.tableKey]?.remove(entry.rowid)
      if places[entry.tableKey]?.isEmpty ?? false { places[entry.tableKey] = nil }
    }
    for entry in look.new {
      entries.insert(entry, at: index(of: entry.rowid))
      places[entry.tableKey, default: []].insert(entry.rowid)
    }
  }

  /// The tables whose rows may be others.
  private func touched(_ writes: Writes, _ look: Look, _ before: Schema) -> Set<ObjectPath> {
    var tables = look.paths.filter { $0.kind == .table }
    for name in writes.tables where !SQLite.isInternal(name) { tables.insert(.table(name)) }
    if tables.isEmpty, !writes.tables.contains(SpecialTables.sequences.name) { return [] }
    // It follows the tables that are AUTOINCREMENT; a virtual one may show the rows of any.
    return tables.union(special.virtual).union([SpecialTables.sequences])
  }
}

extension CatalogEntry {
  /// Where what it makes is in a schema; nil for what stands for itself in none.
  var path: ObjectPath? { SQLite.Catalog.path(object) }
}
