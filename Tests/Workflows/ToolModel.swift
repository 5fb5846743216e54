import Foundation
import Importers

/// Where a tool runs: one database of either product.
protocol ToolDatabase {
  /// Runs a script with foreign keys enforced or not, in a transaction or as it is.
  func run(_ script: String, enforced: Bool, inTransaction: Bool) throws
  /// The values of a query's rows, one text a row.
  func values(_ query: String) throws -> [String]
  /// The type of bytes, bytes as a constant, and the digits of a column.
  var bytesType: String { get }
  /// The type of a key that counts by itself.
  var counterType: String { get }
  func bytes(_ hexadecimal: String) -> String
  func hexadecimal(_ column: String) -> String
}

/// A migration tool by its documented rules, which docs/LAYOUTS.md has with their sources: which files it
/// takes, in which order, what it compares, and what it writes into its own table. It shares nothing
/// with Strata's reading of folders.
struct ToolModel {
  let layout: SQLLayout

  struct Refusal: Error, Equatable { var text: String }

  struct Script {
    /// As the tool's table names it.
    var version: String
    var path: String
    var text: String
  }

  /// - Returns: the paths of what ran.
  @discardableResult
  func migrate(_ folder: String, _ database: some ToolDatabase) throws -> [String] {
    let scripts = try scripts(folder)
    try database.run(table(database), enforced: false, inTransaction: false)
    let checksums = try checksums(scripts, folder)
    let pending = try pending(scripts, checksums, database)
    for script in pending {
      let note = note(script, checksums[script.path] ?? "", database)
      try database.run(
        "\(script.text)\n\(note)", enforced: [.sqlx, .diesel, .prisma].contains(layout),
        inTransaction: layout != .prisma)
    }
    return pending.map(\.path)
  }

  /// What the tool takes for migrations, in its order.
  func scripts(_ folder: String) throws -> [Script] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { !$0.hasPrefix(".") }
    func text(_ path: String) throws -> String {
      try String(contentsOf: URL(filePath: folder + "/" + path), encoding: .utf8)
    }
    func number(_ name: String) -> Int { Int(name.prefix { $0.isNumber }) ?? 0 }
    switch layout {
    case .dbmate, .goose:
      let marks =
        layout == .dbmate
        ? ("-- migrate:up", "-- migrate:down") : ("-- +goose Up", "-- +goose Down")
      let order: (String, String) -> Bool =
        layout == .dbmate
        ? { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) } : { number($0) < number($1) }
      return try names.filter { $0.hasSuffix(".sql") && $0.first?.isNumber == true }
        .sorted(by: order).map { name in
          let parts = try text(name).components(separatedBy: marks.0)
          guard parts.count == 2 else { throw Refusal(text: "\(name) has no \(marks.0)") }
          return Script(
            version: layout == .dbmate ? String(name.prefix { $0.isNumber }) : "\(number(name))",
            path: name, text: parts[1].components(separatedBy: marks.1)[0])
        }
    case .golangMigrate:
      return try names.filter { $0.contains(".up.") }.sorted { number($0) < number($1) }
        .map { Script(version: "\(number($0))", path: $0, text: try text($0)) }
    case .sqlx:
      return try names.filter { $0.hasSuffix(".sql") && !$0.hasSuffix(".down.sql") }
        .sorted { number($0) < number($1) }
        .map { Script(version: "\(number($0))", path: $0, text: try text($0)) }
    case .diesel, .prisma:
      let file = layout == .diesel ? "up.sql" : "migration.sql"
      return try names.filter { $0 != "migration_lock.toml" }.sorted().map { name in
        guard let up = try? text("\(name)/\(file)") else {
          throw Refusal(text: "\(name) has no \(file)")
        }
        let version = name.prefix { $0 != "_" }.replacing("-", with: "")
        return Script(
          version: layout == .diesel ? String(version) : name, path: "\(name)/\(file)", text: up)
      }
    case .flyway:
      return try FileManager.default.subpathsOfDirectory(atPath: folder)
        .filter { ($0.split(separator: "/").last ?? "").hasPrefix("V") && $0.hasSuffix(".sql") }
        .map { path in
          let name = path.split(separator: "/").last ?? ""
          return Script(
            version: String(name.dropFirst().prefix { $0 != "_" }), path: path, text: try text(path)
          )
        }
        .sorted {
          $0.version.split(separator: ".").compactMap { Int($0) }
            .lexicographicallyPrecedes($1.version.split(separator: ".").compactMap { Int($0) })
        }
    case .plain: return []
    }
  }

  /// What the tool would run now.
  /// - Throws: `Refusal` where it says that table and folder do not go together.
  private func pending(
    _ scripts: [Script], _ checksums: [String: String], _ database: some ToolDatabase
  ) throws -> [Script] {
    let there = Set(scripts.map(\.version))
    switch layout {
    case .golangMigrate:
      guard let now = try database.values("SELECT version FROM schema_migrations").first else {
        return scripts
      }
      guard there.contains(now) else {
        throw Refusal(text: "no migration found for version \(now)")
      }
      return scripts.filter { (Int($0.version) ?? 0) > (Int(now) ?? 0) }
    case .goose:
      let ran = try database.values("SELECT version_id FROM goose_db_version ORDER BY id")
      let newest = ran.compactMap { Int($0) }.max() ?? 0
      let pending = scripts.filter { !ran.contains($0.version) }
      if let missing = pending.first(where: { (Int($0.version) ?? 0) < newest }) {
        throw Refusal(text: "found 1 missing migration before \(newest): \(missing.version)")
      }
      // Its place is that of the last row, whatever the others hold.
      let now = ran.last.flatMap { Int($0) } ?? 0
      return scripts.filter { (Int($0.version) ?? 0) > now }
    case .dbmate, .diesel:
      let table = layout == .dbmate ? "schema_migrations" : "__diesel_schema_migrations"
      let ran = Set(try database.values("SELECT version FROM \(table)"))
      return scripts.filter { !ran.contains($0.version) }
    case .sqlx, .prisma, .flyway:
      let query =
        switch layout {
        case .sqlx:
          "SELECT version || ' ' || lower(\(database.hexadecimal("checksum"))) FROM _sqlx_migrations"
        case .prisma: "SELECT migration_name || ' ' || checksum FROM _prisma_migrations"
        default:
          "SELECT version || ' ' || checksum FROM flyway_schema_history WHERE type NOT IN ('SCHEMA', 'BASELINE')"
        }
      var ran: [String: String] = [:]
      for row in try database.values(query) {
        let parts = row.split(separator: " ")
        ran[String(parts[0])] = String(parts[1])
      }
      if let gone = ran.keys.sorted().first(where: { !there.contains($0) }) {
        throw Refusal(text: "\(gone) was applied and is missing")
      }
      for script in scripts {
        if let kept = ran[script.version], kept != checksums[script.path] {
          throw Refusal(text: "\(script.version) was applied and is modified")
        }
      }
      return scripts.filter { ran[$0.version] == nil }
    case .plain: return []
    }
  }
}
