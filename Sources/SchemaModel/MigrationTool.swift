/// A migration tool that keeps its place in a table of its own, in the database that it migrates.
/// The table is there before the first migration runs, with the shape that the tool gives it: what
/// that is, each dialect's room says.
public enum MigrationTool: String, CaseIterable, Hashable, Sendable {
  case dbmate, diesel, flyway, golangMigrate, goose, prisma, sqlx

  /// The table's name, where nobody gave it another.
  public var tableName: String {
    switch self {
    case .dbmate, .golangMigrate: "schema_migrations"
    case .diesel: "__diesel_schema_migrations"
    case .flyway: "flyway_schema_history"
    case .goose: "goose_db_version"
    case .prisma: "_prisma_migrations"
    case .sqlx: "_sqlx_migrations"
    }
  }

  /// The indexes that the tools make on their tables.
  public static let indexNames: Set<String> = ["version_unique", "flyway_schema_history_s_idx"]
}
