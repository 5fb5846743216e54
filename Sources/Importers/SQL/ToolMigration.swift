/// One migration of a folder as its tool's own table names it.
public struct ToolMigration: Hashable, Sendable {
  /// In the form of the table: without a number's leading zeros, or a date's dashes, where the tool
  /// drops them; nil for Flyway's repeatables, which have none.
  public let version: String?
  /// What the tool calls its description.
  public let description: String
  /// Relative to the folder.
  public let path: String

  init(_ file: SQLMigrationFile, _ layout: SQLLayout) {
    let spelled = file.isLast ? nil : file.version ?? file.stem
    version =
      switch layout {
      case .goose, .sqlx, .golangMigrate: spelled.map { Int64($0).map { String($0) } ?? $0 }
      case .diesel: spelled?.filter { $0 != "-" }
      case .dbmate, .flyway, .prisma, .plain: spelled
      }
    description = file.title.replacing("_", with: " ")
    path = file.upPath
  }

  /// The migrations of a folder, in the order of its tool, by names alone.
  /// - Parameter layout: nil to tell it from the files.
  /// - Throws: `FolderError`.
  public static func all(
    in folder: String, layout: SQLLayout?
  ) throws(FolderError) -> (layout: SQLLayout, migrations: [ToolMigration]) {
    let scope = FolderScope([folder])
    let layout = if let layout { layout } else { try LayoutDetection.layout(of: folder, scope) }
    let reader = try LayoutReader(folder: folder, layout: layout, scope)
    return (layout, reader.found.map { ToolMigration($0, layout) })
  }
}
