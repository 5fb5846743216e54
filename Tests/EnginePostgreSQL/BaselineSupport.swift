import SchemaModel
import DialectPostgreSQL
import Testing

@testable import EnginePostgreSQL

/// Makes the baseline of a capture in an empty database, and holds what came of it against the
/// original.
struct BaselineCheck {
  let original: PostgreSQLScratch
  let capture: Capture

  /// What is not the same, one line each: nothing where all is well.
  func differences() throws -> [String] {
    let copy = try Shared.engine().makeScratch()
    let version = try copy.open().majorVersion
    let statements = try PostgreSQL.Render.baseline(capture.schema, rows: capture.rows)
    do {
      try PostgreSQLTarget.create(
        baseline: PostgreSQL.Render.prelude(version: version) + statements, into: copy.url)
    } catch {
      guard case .engine(.failed(let failure)) = error, failure.code == "23505" else { throw error }
      return try refreshFailures(failure)
    }
    var dumps = (try Self.dump(original.location), try Self.dump(copy.location))
    if capture.schema.objects.values.contains(where: { $0.table?.attributes["inherits"] != nil }) {
      dumps = (Self.unordered(dumps.0), Self.unordered(dumps.1))
    }
    var differences = Self.difference(dumps.0, dumps.1)
    let made = try Self.read(copy)
    if Self.sorted(made.schema) != Self.sorted(capture.schema) {
      differences += Self.difference(Self.sorted(capture.schema), Self.sorted(made.schema))
    }
    differences += Self.difference(
      PostgreSQL.Portable.normalized(Self.sorted(capture.schema)),
      PostgreSQL.Portable.normalized(Self.sorted(made.schema)))
    differences += Self.difference(
      Self.sorted(capture.rows, capture.schema), Self.sorted(made.rows, capture.schema))
    try copy.open().execute("BEGIN")
    for statement in PostgreSQL.Render.dropAll(capture.schema) {
      try copy.open().execute(statement)
    }
    try copy.open().execute("COMMIT")
    let left = try Self.read(copy).schema.paths
    // Its privileges and its comment are not the baseline's.
    return differences
      + left.filter { $0 != ObjectPath(.namespace, name: "public") }.map { "left behind: \($0)" }
  }

  static func read(_ scratch: PostgreSQLScratch) throws -> Capture {
    try CatalogState().capture(
      scratch.location, beside: scratch.open(), after: Capture(schema: Schema()), statements: [])
  }

  /// What `pg_dump --schema-only` prints, without what it prints anew each time.
  static func dump(_ location: PostgreSQLLocation, _ options: [String] = []) throws -> [Substring] {
    let program = try Shared.cluster().programs.folder + "/pg_dump"
    let text = try Subprogram.output(
      program, ["--schema-only", "--dbname", location.url] + options)
    return text.split(separator: "\n").filter { line in
      !["\\restrict", "\\unrestrict", "-- Dumped"].contains { line.hasPrefix($0) }
    }
  }

  /// Rows that came later may forbid what a materialized view with a unique index holds: the
  /// original cannot be refreshed then, either.
  private func refreshFailures(_ failure: StatementFailure) throws -> [String] {
    guard failure.sql.contains("REFRESH MATERIALIZED VIEW") else { return ["\(failure)"] }
    let copy = try original.copy()
    let other = Result { try copy.open().execute(failure.sql) }
    if case .failure(PostgreSQLEngineError.failed(let other)) = other, other.code == failure.code {
      return []
    }
    return ["\(failure)"]
  }

  /// Without what no statement makes again, `pg_dump`'s neither: the order of an heir's columns
  /// (what a parent got late stands elsewhere in a copy), an heir's column that went from its parent
  /// alone (as one that is computed from a dropped one does), and that an index was once invalid
  /// for the lack of that of a partition which is gone.
  static func sorted(_ schema: Schema) -> Schema {
    func count(of word: String, _ name: String) -> Int {
      schema.objects.values.count { object in
        let attributes = object.index?.attributes ?? object.table?.attributes
        return attributes?[word]?.hasSuffix(PostgreSQL.quote(name)) == true
      }
    }
    return Schema(
      Dictionary(
        uniqueKeysWithValues: schema.objects.map { path, object in
          var object = object
          if var index = object.index, index.attributes["invalid"] != nil,
            count(of: "partition of", index.table) == count(of: "attached to", path.name)
          {
            index.attributes["invalid"] = nil
            object.content = .index(index)
          }
          guard var table = object.table, let inherits = table.attributes["inherits"] else {
            return (path, object)
          }
          let inherited = schema.objects.filter {
            inherits.contains(PostgreSQL.quote($0.key.name)) && $0.value.table != nil
          }.flatMap { $0.value.table?.columns.map(\.name) ?? [] }
          table.columns.removeAll {
            $0.attributes["inherited"] != nil && !inherited.contains($0.name)
          }
          table.columns.sort { $0.name < $1.name }
          object.content = .table(table)
          return (path, object)
        }))
  }

  /// The lines where the order of an heir's columns leaves no trace.
  private static func unordered(_ lines: [Substring]) -> [Substring] {
    lines.map { $0.hasSuffix(",") ? $0.dropLast() : $0 }.sorted()
  }

  /// The same of an heir's rows.
  private static func sorted(_ rows: SeedRows, _ schema: Schema) -> SeedRows {
    var rows = rows
    for (path, set) in rows.tables
    where schema.objects[path]?.table?.attributes["inherits"] != nil {
      let order = set.columns.indices.sorted { set.columns[$0] < set.columns[$1] }
      rows.tables[path] = RowSet(
        columns: order.map { set.columns[$0] }, rows: set.rows.map { row in order.map { row[$0] } })
    }
    return rows
  }

  static func difference(_ left: SeedRows, _ right: SeedRows) -> [String] {
    Set(left.tables.keys).union(right.tables.keys).sorted().compactMap { path in
      let (a, b) = (left.tables[path], right.tables[path])
      return a == b
        ? nil : "rows of \(path): \(a.map { "\($0)" } ?? "none") / \(b.map { "\($0)" } ?? "none")"
    }
  }

  private static func difference(_ left: [Substring], _ right: [Substring]) -> [String] {
    right.difference(from: left).map { change in
      switch change {
      case .insert(_, let line, _): "pg_dump of the copy: \(line)"
      case .remove(_, let line, _): "pg_dump of the original: \(line)"
      }
    }
  }

  static func difference(_ left: Schema, _ right: Schema) -> [String] {
    if let operations = try? SchemaDiff.operations(from: left, to: right) {
      return operations.map { "\($0)" }
    }
    return Set(left.objects.keys).union(right.objects.keys).sorted().compactMap { path in
      let (a, b) = (left.objects[path], right.objects[path])
      if a == b { return nil }
      return "\(path): \(a.map { "\($0)" } ?? "none") / \(b.map { "\($0)" } ?? "none")"
    }
  }
}
