public import SchemaModel

extension SQLLayout {
  /// The tool that keeps its place in a table of its own; nil where no tool is known, so that every
  /// table that a migration makes is its user's, whatever its name.
  public var tool: MigrationTool? {
    switch self {
    case .plain: nil
    case .dbmate: .dbmate
    case .diesel: .diesel
    case .flyway: .flyway
    case .golangMigrate: .golangMigrate
    case .goose: .goose
    case .prisma: .prisma
    case .sqlx: .sqlx
    }
  }
}
