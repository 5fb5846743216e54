internal import DialectPostgreSQL
public import SchemaModel

extension PostgreSQLScratch {
  public func keepOut(runnerTable name: String) { catalog.keepOut(runnerTable: name) }

  public func makeTable(of tool: MigrationTool) throws {
    guard !catalog.runnerTables.kept.contains(tool.tableName) else { return }
    keepOut(runnerTable: tool.tableName)
    _ = try run(script: PostgreSQL.runnerTable(of: tool))
  }
}
