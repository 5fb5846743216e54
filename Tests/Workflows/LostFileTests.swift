import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Revisions that were recorded and whose files are gone")
final class LostFileTests: MigrationsBed {
  private static let layouts: [SQLLayout] = [
    .plain, .dbmate, .goose, .flyway, .diesel, .prisma, .sqlx, .golangMigrate,
  ]

  /// A migration that makes one table, as the layout has it.
  private static func file(_ number: Int, _ layout: SQLLayout) -> (path: String, text: String) {
    let sql = "CREATE TABLE t\(number) (id INTEGER);\n"
    return switch layout {
    case .plain: ("00\(number)_t.sql", sql)
    case .dbmate: ("00\(number)_t.sql", "-- migrate:up\n\(sql)-- migrate:down\n")
    case .goose: ("00\(number)_t.sql", "-- +goose Up\n\(sql)")
    case .flyway: ("V\(number)__t.sql", sql)
    case .diesel: ("00\(number)_t/up.sql", sql)
    case .prisma: ("00\(number)_t/migration.sql", sql)
    case .sqlx: ("00\(number)_t.sql", sql)
    case .golangMigrate: ("00\(number)_t.up.sql", sql)
    }
  }

  private func write(_ number: Int, _ layout: SQLLayout) throws {
    let file = Self.file(number, layout)
    try folder.write(file.text, to: "m/" + file.path)
  }

  private func lose(_ number: Int, _ layout: SQLLayout) throws {
    try folder.remove("m/" + Self.file(number, layout).path)
  }

  private func id(_ number: Int, _ layout: SQLLayout) -> RevisionID {
    RevisionID(layout == .flyway ? "\(number)" : "00\(number)")
  }

  @Test("One that comes back by a merge: what is next is made of both", arguments: layouts)
  func cameBack(layout: SQLLayout) throws {
    for number in [1, 5] { try write(number, layout) }
    try importSQL(layout)
    try lose(5, layout)
    try write(3, layout)
    try importSQL(layout)
    for number in [5, 6] { try write(number, layout) }
    try importSQL(layout)
    let schema = try history.schema(at: id(6, layout))
    #expect(schema.paths.map(\.name).sorted() == ["t1", "t3", "t5", "t6"])
    #expect(try history.heads() == [id(6, layout)])
    _ = try cutAndRestore(layout, at: id(1, layout).text)
    _ = try cutAndRestore(layout, at: id(6, layout).text)
  }

  @Test("The last file of a folder: it is a branch of its own then", arguments: layouts)
  func last(layout: SQLLayout) throws {
    for number in 1...3 { try write(number, layout) }
    try importSQL(layout)
    try lose(3, layout)
    // Nobody has recorded anything since.
    _ = try cutAndRestore(layout, at: id(1, layout).text)
    _ = try cutAndRestore(layout, at: id(2, layout).text)
    try write(4, layout)
    #expect(try importSQL(layout) == [id(4, layout)])
    #expect(try Set(history.heads()) == [id(3, layout), id(4, layout)])
    try write(5, layout)
    #expect(try importSQL(layout) == [id(5, layout)])
    #expect(try history.graph()[id(5, layout)]?.parents == [id(4, layout)])
    for number in [1, 2] {
      let result = try cutAndRestore(layout, at: id(number, layout).text)
      #expect(result.plan.kept.contains(id(3, layout)))
      #expect(
        result.warnings.contains { $0.contains("of \(id(3, layout)): left out of the proof") })
    }
    for number in [4, 5] {
      let result = try cutAndRestore(layout, at: id(number, layout).text)
      #expect(result.plan.archived.contains(id(3, layout)))
      #expect(result.warnings.contains { $0.contains("archived with the cut: \(id(3, layout))") })
    }
    _ = try cut(layout, at: id(4, layout).text)
    #expect(try history.heads() == [id(5, layout)])
  }

  @Test(
    "A file in the middle: what follows it holds what it did, so a cut behind it is for --force alone",
    arguments: [SQLLayout.plain, .goose, .flyway])
  func middle(layout: SQLLayout) throws {
    for number in 1...3 { try write(number, layout) }
    try importSQL(layout)
    try lose(2, layout)
    try write(4, layout)
    #expect(try importSQL(layout) == [id(4, layout)])
    #expect(try history.graph()[id(4, layout)]?.parents == [id(3, layout)])
    let refusal = failure { _ = try cut(layout, at: id(1, layout).text) }
    #expect("\(refusal as Any)".contains("bring the file back, or cut behind it"))
    #expect(throws: HistoryError.self) { _ = try cut(layout, at: id(3, layout).text) }
    let result = try HistoryTruncation(
      at: id(3, layout).text, source: .sql(migrations, SQLSettings(layout: layout)), isForced: true
    ).run(in: history, by: "Ada")
    #expect(result.isDone)
  }

  @Test("A file that was merged late is no obstacle: the end of the folder is what is compared")
  func late() throws {
    for number in [1, 3] { try write(number, .plain) }
    try importSQL()
    try write(2, .plain)
    try importSQL()
    try write(4, .plain)
    try importSQL()
    #expect(try history.graph().entries.map(\.id) == ["001", "003", "002", "004"])
    for revision in ["001", "003", "002", "004"] { _ = try cutAndRestore(at: revision) }
  }

  @Test("A branch that was recorded after what stays keeps the cut from going before that")
  func order() throws {
    for number in [1, 2, 3, 5] { try write(number, .plain) }
    try importSQL()
    // The branch leaves at 2, and is recorded last.
    for number in [3, 5] { try lose(number, .plain) }
    try write(4, .plain)
    #expect(try importSQL() == ["004"])
    try lose(4, .plain)
    for number in [3, 5] { try write(number, .plain) }
    let error = #expect(throws: HistoryError.self) { _ = try cut(at: "003") }
    #expect("\(error as Any)".contains("004, whose file is gone, was recorded after 005"))
    for revision in ["001", "002", "005"] { _ = try cutAndRestore(at: revision) }
  }

  @Test("Alembic: a feature branch that is gone", .enabled(if: AlembicPython.path != nil))
  func alembic() throws {
    func revision(_ id: String, after parent: String?) throws {
      try folder.write(
        """
        from alembic import op
        import sqlalchemy as sa
        revision = "\(id)"
        down_revision = \(parent.map { "\"\($0)\"" } ?? "None")
        def upgrade():
            op.create_table("t_\(id)", sa.Column("id", sa.Integer))
        def downgrade():
            op.drop_table("t_\(id)")
        """, to: "m/\(id).py")
    }
    let settings = AlembicSettings(python: AlembicPython.path)
    try revision("aaaa", after: nil)
    try revision("bbbb", after: "aaaa")
    try revision("feat", after: "bbbb")
    try revision("more", after: "feat")
    try revision("cccc", after: "bbbb")
    func record() throws {
      _ = try AlembicImport(folder: migrations, settings: settings).run(in: history, by: "Ada")
    }
    try record()
    try folder.remove("m/feat.py")
    try folder.remove("m/more.py")
    try revision("dddd", after: "cccc")
    try record()
    for (cut, archived) in [("bbbb", 2), ("cccc", 5), ("dddd", 6)] {
      let result = try HistoryTruncation(at: cut, source: .alembic(migrations, settings))
        .run(in: history, by: "Ada")
      #expect(result.plan.archived.count == archived)
      #expect(result.plan.lost == ["feat", "more"])
      #expect(try history.verify(full: true).findings.isEmpty)
      _ = try HistoryRestoration(folder: migrations).run(in: history, by: "Ada")
      #expect(try Set(history.heads()) == ["dddd", "more"])
      #expect(try history.verify(full: true).findings.isEmpty)
    }
  }
}
