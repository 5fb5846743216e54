import EngineSQLite
import SchemaHistory
import SchemaModel

func renameAColumn(at folder: String) throws -> [String] {
  let history = try History.create(at: folder, dialect: .sqlite, by: "Ada <ada@example.org>")
  let scratch = try SQLiteEngine().makeScratch()
  var seen = Capture(schema: Schema())
  for (id, sql) in [("001", "CREATE TABLE users (mail TEXT)"), ("002", "ALTER TABLE users RENAME mail TO email")] {
    let statements = try scratch.run(script: sql)
    seen = try scratch.capture(after: seen, statements: statements)
    let parents = try history.heads()
    let draft = RevisionDraft(id: RevisionID(id), parents: parents)
    try history.record([Recording(draft: draft, change: .capture(seen))], by: "Ada <ada@example.org>")
  }
  let before = try history.schema(at: "001").table("users")?.columns.map(\.name) ?? []
  return before + (try history.operations(of: "002").map(\.operation.summary))
}
