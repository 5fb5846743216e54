internal import DialectPostgreSQL
public import SchemaModel

extension PostgreSQLScratch {
  public func keepOut(runnerTable name: String) { catalog.keepOut(runnerTable: name) }

  public func makeTable(of tool: MigrationTool) throws {
    // Once, as the tool does before its first migration: what that leaves set (a role) is not the tool's.
    guard !catalog.runnerTables.kept.contains(tool.tableName),
      toolTables.insert(tool.tableName).inserted
    else { return }
    keepOut(runnerTable: tool.tableName)
    _ = try run(script: PostgreSQL.runnerTable(of: tool))
  }
}
