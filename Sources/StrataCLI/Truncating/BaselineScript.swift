import Importers
import SchemaHistory
import SchemaModel
import SchemaSQL

/// What creates one revision's schema, in the forms that databases and migration tools take.
struct BaselineScript {
  let id: RevisionID
  let recorded: RecordedRevision
  let schema: Schema
  let rows: SeedRows

  init(_ id: RevisionID, _ history: History, data: Bool) throws {
    self.id = id
    recorded = try history.revision(id)
    schema = try history.schema(at: id)
    rows = data ? try history.rows(at: id) : SeedRows()
  }

  init(_ recorded: RecordedRevision, schema: Schema, rows: SeedRows) {
    id = recorded.id
    self.recorded = recorded
    self.schema = schema
    self.rows = rows
  }

  var statements: [String] { SQLite.Render.baseline(schema, rows: rows) }

  /// `12 tables, 3 indexes, 40 rows`.
  var contents: String {
    var counts: [ObjectKind: Int] = [:]
    for path in schema.paths { counts[path.kind, default: 0] += 1 }
    var parts = counts.keys.sorted { $0.rawValue < $1.rawValue }
      .map { Plural.text(counts[$0] ?? 0, $0.description) }
    if rows.rowCount > 0 { parts.append(Plural.text(rows.rowCount, "row")) }
    return parts.isEmpty ? "no objects" : parts.joined(separator: ", ")
  }

  /// One transaction, with a header that says what it is.
  func script(stamp: [String]) -> String {
    let head = [
      "-- Baseline of revision \(id), made by Strata \(Strata.version).",
      "-- fingerprint: \(recorded.revision.snapshot)", "-- holds: \(contents)",
      "PRAGMA foreign_keys=OFF;", "BEGIN;",
    ]
    return (head + (statements + stamp).map { "\n\($0);" } + ["", "COMMIT;", ""])
      .joined(separator: "\n")
  }

  /// A migration that creates everything, for a versions folder.
  func alembic(note: String, labels: [String]) -> AlembicBaseline {
    let message = recorded.revision.message
    return AlembicBaseline(
      id: id, labels: labels, message: message.isEmpty ? "baseline" : message,
      created: recorded.revision.authored, note: note, upgrade: SQLite.Render.baseline(schema),
      rows: SQLite.Render.insert(rows: rows, schema: schema),
      downgrade: SQLite.Render.dropAll(schema))
  }
}

/// The row that tells a migration tool where a database stands.
enum RunnerStamp {
  static func statements(_ id: RevisionID, _ runners: [RunnerTable]) -> [String] {
    let value = SQLite.Render.literal(.text(id.text))
    return runners.flatMap { runner -> [String] in
      let name = SQLite.quote(runner.name)
      return switch runner.name {
      case "alembic_version":
        [runner.definition, "INSERT INTO \(name) (version_num) VALUES (\(value))"]
      default: [runner.definition]
      }
    }
  }
}
