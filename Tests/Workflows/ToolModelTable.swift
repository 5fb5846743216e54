import Importers

extension ToolModel {
  /// By path; by programs of the system's, since what Strata computes by itself is not asked.
  func checksums(_ scripts: [Script], _ folder: String) throws -> [String: String] {
    let each =
      switch layout {
      case .sqlx: "sha384sum"
      case .prisma: "sha256sum"
      // The CRC-32 that gzip puts behind what it packed, of the lines without their ends.
      case .flyway: "tr -d '\\r\\n' | gzip -c | tail -c 8 | head -c 4 | od -An -td4"
      default: ""
      }
    if each.isEmpty { return [:] }
    let paths = scripts.map { "'\(folder)/\($0.path.replacing("'", with: "'\\''"))'" }
    let text = try running(
      "/bin/sh",
      ["-c", "for f in \(paths.joined(separator: " ")); do <\"$f\" \(each) || exit; done"]
    ).text
    let digests = text.split(separator: "\n").compactMap { line in
      line.split(separator: " ").first.map(String.init)
    }
    return Dictionary(uniqueKeysWithValues: zip(scripts.map(\.path), digests))
  }

  /// The tool's own table as the tool makes it.
  func table(_ database: some ToolDatabase) -> String {
    switch layout {
    case .dbmate: "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY);"
    case .goose:
      "CREATE TABLE IF NOT EXISTS goose_db_version (id \(database.counterType), version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
    case .golangMigrate:
      "CREATE TABLE IF NOT EXISTS schema_migrations (version bigint, dirty boolean);"
    case .diesel:
      "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
    case .sqlx:
      "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum \(database.bytesType) NOT NULL, execution_time BIGINT NOT NULL);"
    case .prisma:
      "CREATE TABLE IF NOT EXISTS _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMP, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMP, started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, applied_steps_count INTEGER NOT NULL DEFAULT 0);"
    case .flyway:
      "CREATE TABLE IF NOT EXISTS flyway_schema_history (installed_rank INT NOT NULL PRIMARY KEY, version VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, execution_time INT NOT NULL, success BOOLEAN NOT NULL);"
    case .plain: ""
    }
  }

  /// What the tool writes into it.
  func note(
    _ script: Script, _ digest: String, _ database: some ToolDatabase
  ) -> String {
    let version = script.version
    return switch layout {
    case .dbmate: "INSERT INTO schema_migrations (version) VALUES ('\(version)');"
    case .goose: "INSERT INTO goose_db_version (version_id, is_applied) VALUES (\(version), true);"
    case .golangMigrate:
      "DELETE FROM schema_migrations; INSERT INTO schema_migrations VALUES (\(version), false);"
    case .diesel: "INSERT INTO __diesel_schema_migrations (version) VALUES ('\(version)');"
    case .sqlx:
      "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (\(version), 'x', true, \(database.bytes(digest)), 1);"
    case .prisma:
      "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('\(version)', '\(digest)', '\(version)');"
    case .flyway:
      "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success) SELECT coalesce(max(installed_rank), 0) + 1, '\(version)', 'x', 'SQL', '\(script.path)', \(digest), 'ada', 1, true FROM flyway_schema_history;"
    case .plain: ""
    }
  }
}
