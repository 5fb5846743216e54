import Strata

func shorten(_ migrations: String, at cut: RevisionID, storeIn folder: String) throws -> [String] {
  let history = try History.create(at: folder, dialect: Dialects.usual, by: "Ada")
  let imported = try AlembicImport(folder: migrations).run(in: history, by: "Ada")
  let truncation = try HistoryTruncation(at: cut.text, source: .alembic(migrations))
    .run(in: history, by: "Ada")
  let restoration = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
  return [ImportDocument.paragraph(imported)] + truncation.proof
    + RestoreDocument.lines(restoration)
}
