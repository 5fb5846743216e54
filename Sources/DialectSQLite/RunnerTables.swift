public import SchemaModel

extension SQLite {
  /// What makes a migration tool's own table, where there is none yet: as the tools' sources have it
  /// (dbmate `pkg/driver/sqlite`, diesel `setup_migration_table.sql`, Flyway `SQLiteDatabase`,
  /// golang-migrate `database/sqlite3`, goose `dialect/sqlite3`, Prisma's schema engine, sqlx
  /// `sqlx-sqlite/src/migrate.rs`).
  public static func runnerTable(of tool: MigrationTool) -> String {
    switch tool {
    case .dbmate:
      "CREATE TABLE IF NOT EXISTS \"schema_migrations\" (version varchar(128) primary key)"
    case .diesel:
      """
      CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
        version VARCHAR(50) PRIMARY KEY NOT NULL,
        run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
      )
      """
    case .flyway:
      """
      CREATE TABLE IF NOT EXISTS "flyway_schema_history" (
        "installed_rank" INT NOT NULL PRIMARY KEY, "version" VARCHAR(50),
        "description" VARCHAR(200) NOT NULL, "type" VARCHAR(20) NOT NULL,
        "script" VARCHAR(1000) NOT NULL, "checksum" INT, "installed_by" VARCHAR(100) NOT NULL,
        "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        "execution_time" INT NOT NULL, "success" BOOLEAN NOT NULL
      );
      CREATE INDEX IF NOT EXISTS "flyway_schema_history_s_idx"
      ON "flyway_schema_history" ("success")
      """
    case .golangMigrate:
      """
      CREATE TABLE IF NOT EXISTS schema_migrations (version uint64,dirty bool);
      CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON schema_migrations (version)
      """
    case .goose:
      """
      CREATE TABLE IF NOT EXISTS goose_db_version (
        id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL,
        is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now'))
      )
      """
    case .prisma:
      """
      CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
        "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
        "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
        "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
        "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
      )
      """
    case .sqlx:
      """
      CREATE TABLE IF NOT EXISTS _sqlx_migrations (\
      version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
      installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
      checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)
      """
    }
  }
}
