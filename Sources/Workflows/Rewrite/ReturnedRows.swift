import Importers
import SchemaModel
import StoreFormat

/// The rows of a migration tool's own table that a database lacks, though it holds what the migrations
/// make: its tool would run them there. One of the cut folder lacks them once the archived files are back;
/// one that is made of a baseline has none at all.
struct ReturnedRows {
  let words: any DialectWords
  let layout: SQLLayout
  /// The migration in whose place the baseline stood.
  let root: ToolMigration
  /// What the baseline stood for besides, in the tool's order.
  let others: [ToolMigration]
  /// The restored files.
  let files: [ExactText: [UInt8]]
  /// What the history holds besides, whose files stayed.
  var kept: [RevisionID] = []
  /// Other forms in which a table may have the version of `root`.
  var spellings: [String] = []
  /// Whether the table is new: then nothing is looked for in it.
  var isNew = false

  /// The tool's own; nil where no tool is known.
  var table: String? { layout.tool?.tableName }

  /// For a tool that keeps one version and runs what lies behind it: the last of what came back, and the
  /// version of a database that holds what it makes, but not its version. Nil where no such file came back.
  var place: (from: String, to: String)? {
    guard layout == .golangMigrate, let version = root.version.flatMap({ Int64($0) }),
      let last = others.compactMap({ $0.version.flatMap { Int64($0) } }).max(), last > version
    else { return nil }
    let before = kept.compactMap { Int64($0.text) }.filter { $0 < last }.max() ?? version
    return (String(max(before, version)), String(last))
  }

  /// They add what is not there, where the cut's own version is, and nothing else; twice is once.
  var statements: [String] {
    if isNew, layout == .golangMigrate {
      let table = words.quoted(MigrationTool.golangMigrate.tableName)
      return root.version.map { [row(table, ["version": $0, "dirty": "false"], is: "")] } ?? []
    }
    guard let name = table, let version = root.version else { return [] }
    let table = words.quoted(name)
    return switch layout {
    case .dbmate, .diesel:
      others.map { row(table, ["version": text($0.version)], is: "version = \(text(version))") }
    case .goose: goose(table, version)
    case .sqlx: sqlx(table, version)
    case .prisma: prisma(table, version)
    case .flyway: flyway(table, version)
    case .golangMigrate:
      place.map { ["UPDATE \(table) SET version = \($0.to) WHERE version = \($0.from)"] } ?? []
    case .plain: []
    }
  }

  private func text(_ value: String?) -> String { words.literal(value ?? "") }

  private func bytes(_ migration: ToolMigration) -> [UInt8] {
    files[ExactText(migration.path)] ?? []
  }

  /// - Parameters:
  ///   - values: by column; the one of the key is first.
  ///   - isCut: tells the row of the cut's own version.
  private func row(
    _ table: String, _ values: KeyValuePairs<String, String>, is isCut: String,
    unless isThere: String? = nil
  ) -> String {
    let key = values.first.map { "\($0.key) = \($0.value)" } ?? ""
    if isNew {
      return "INSERT INTO \(table) (\(values.map(\.key).joined(separator: ", "))) "
        + "SELECT \(values.map(\.value).joined(separator: ", "))"
    }
    return "INSERT INTO \(table) (\(values.map(\.key).joined(separator: ", "))) "
      + "SELECT \(values.map(\.value).joined(separator: ", ")) "
      + "WHERE EXISTS (SELECT 1 FROM \(table) WHERE \(isCut)) "
      + "AND NOT EXISTS (SELECT 1 FROM \(table) WHERE \(isThere ?? key))"
  }

  private func changed(_ statement: String) -> [String] { isNew ? [] : [statement] }

  /// goose takes the row of the greatest id for its place, so the cut's row and the later ones move
  /// behind those that are added.
  private func goose(_ table: String, _ version: String) -> [String] {
    let moves =
      "version_id >= \(version) AND id < (SELECT max(id) FROM \(table) WHERE version_id < \(version))"
    let rows = ((isNew ? ["0"] : []) + others.compactMap(\.version)).map {
      row(table, ["version_id": $0, "is_applied": "true"], is: "version_id = \(version)")
    }
    if isNew { return rows }
    return rows + [
      "INSERT INTO \(table) (version_id, is_applied, tstamp) "
        + "SELECT version_id, is_applied, tstamp FROM \(table) WHERE \(moves) ORDER BY id",
      "DELETE FROM \(table) WHERE \(moves)",
    ]
  }

  private func sqlx(_ table: String, _ version: String) -> [String] {
    func checksum(_ migration: ToolMigration) -> String {
      words.literal(bytes: FileDigest.sha384(bytes(migration)))
    }
    let isCut = "version = \(version)"
    return changed("UPDATE \(table) SET checksum = \(checksum(root)) WHERE \(isCut)")
      + others.map {
        row(
          table,
          [
            "version": $0.version ?? "", "description": text($0.description), "success": "true",
            "checksum": checksum($0), "execution_time": "0",
          ], is: isCut)
      }
  }

  private func prisma(_ table: String, _ version: String) -> [String] {
    func checksum(_ migration: ToolMigration) -> String {
      text(Hexadecimal.text(FileDigest.sha256(bytes(migration))))
    }
    /// In the form of the ids that Prisma gives.
    func id(_ name: String) -> String {
      var digits = Hexadecimal.text(FileDigest.sha256(Array(name.utf8))).prefix(32)
      return [8, 4, 4, 4, 12].map { count in
        defer { digits = digits.dropFirst(count) }
        return String(digits.prefix(count))
      }.joined(separator: "-")
    }
    let isCut = "migration_name = \(text(version))"
    return changed("UPDATE \(table) SET checksum = \(checksum(root)) WHERE \(isCut)")
      + others.map {
        let name = $0.version ?? ""
        return row(
          table,
          [
            "migration_name": text(name), "id": text(id(name)), "checksum": checksum($0),
            "finished_at": "CURRENT_TIMESTAMP", "applied_steps_count": "1",
          ], is: isCut)
      }
  }

  private func flyway(_ table: String, _ version: String) -> [String] {
    func type(_ migration: ToolMigration) -> String {
      let name = migration.path.split(separator: "/").last ?? ""
      return text(name.hasPrefix("B") ? "SQL_BASELINE" : "SQL")
    }
    let isOfFile = "type NOT IN ('SCHEMA', 'BASELINE')"
    // As the table may have it: the baseline's file, and the old one, may spell it in two ways.
    let versions = Set([version] + spellings).sorted().map { words.literal($0) }
    let isCut = "version IN (\(versions.joined(separator: ", "))) AND \(isOfFile)"
    return changed(
      "UPDATE \(table) SET checksum = \(FlywayChecksum(bytes(root)).value), type = \(type(root)) "
        + "WHERE \(isCut)")
      + others.map {
        row(
          table,
          [
            "version": $0.version.map { words.literal($0) } ?? "NULL",
            "installed_rank": "(SELECT coalesce(max(installed_rank), 0) + 1 FROM \(table))",
            "description": text($0.description), "type": type($0), "script": text($0.path),
            "checksum": String(FlywayChecksum(bytes($0)).value), "installed_by": text("strata"),
            "execution_time": "0", "success": "true",
          ], is: isCut,
          unless: $0.version.map { "version = \(words.literal($0)) AND \(isOfFile)" }
            ?? "version IS NULL AND script = \(text($0.path))")
      }
  }
}
