import EngineSQLite
import SchemaHistory
import SchemaModel

func record(_ migrations: [(id: RevisionID, sql: String)], at folder: String) throws -> [String] {
  let engine = SQLiteEngine()
  let history = try History.create(at: folder, dialect: engine.dialect, by: "Ada")
  let scratch = try engine.makeScratch()
  var seen = Capture(schema: Schema())
  for (id, sql) in migrations {
    seen = try scratch.capture(after: seen, statements: scratch.run(script: sql))
    let draft = RevisionDraft(id: id, parents: try history.heads())
    try history.record([Recording(draft: draft, change: .capture(seen))], by: "Ada")
  }
  return try history.operations(of: history.head()).map(\.operation.summary)
}
