import DialectRegistry
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// What stands in the way of a cut, a baseline or a restoration, as it is told.
@Suite("What is said of a folder that is another one now")
final class SaidBeforeTests: MigrationsBed {
  @Test("other rows are those of a file that changed, where one did, and not of chance")
  func changedFile() throws {
    try add([
      "1_t.sql": "CREATE TABLE t (x);\n", "2_r.sql": "INSERT INTO t VALUES (1);\n",
      "3_u.sql": "CREATE TABLE u (x);\nINSERT INTO u VALUES (1);\n",
    ])
    try importSQL()
    try add(["2_r.sql": "INSERT INTO t VALUES (2);\n"])
    let refusal = failure { _ = try cut(at: "2") }
    #expect(
      refusal?.description.hasPrefix(
        "the migrations, run again, leave other rows in t than were recorded: 2_r.sql changed after it was "
          + "recorded; ") == true, "\(refusal?.description ?? "-")")
    let said = failure {
      _ = try BaselineCreation(
        of: "3", form: .script, holdsRows: true, source: .sql(migrations, SQLSettings())
      ).run(in: history)
    }
    #expect(said?.description.contains("2_r.sql changed after it was recorded") == true)
    #expect(said?.description.contains("random") == false)

    try add(["2_r.sql": "INSERT INTO t VALUES (1);\n"])
    try add(["3_u.sql": "CREATE TABLE u (x);\nINSERT INTO u VALUES (2);\n"])
    let result = try cut(at: "2")
    #expect(
      result.warnings == [
        "SQLite on the rewritten folder leaves other rows than were recorded in u: the whole "
          + "folder does, too: 3_u.sql changed after it was recorded"
      ])
  }

  @Test("what an engine says in several lines is on one, in the middle of a refusal")
  func oneLine() throws {
    try add([
      "1_t.sql": "CREATE TABLE t (x);\n", "2_u.sql": "CREATE TABLE u (x);\n",
      "3_v.sql": "CREATE TABLE v (x);\n",
    ])
    try importSQL()
    try add(["3_v.sql": "CREATE TABLE\n  u (y,\n  z);\n"])
    let refusal = failure { _ = try cut(at: "2") }?.description ?? "-"
    #expect(refusal.contains("3_v.sql): SQLite refused"), "\(refusal)")
    #expect(!refusal.contains("\\n") && !refusal.contains("\n"), "\(refusal)")
  }

  @Test("rows that break a CHECK are named, and the way to a baseline without them")
  func brokenCheck() throws {
    try add([
      "1_t.sql":
        "PRAGMA ignore_check_constraints = ON;\nCREATE TABLE t (x INT CHECK (x > 0));\nINSERT INTO t VALUES (-1);\n",
      "2_u.sql": "CREATE TABLE u (x);\n", "3_m.sql": "UPDATE t SET x = 1;\n",
    ])
    try importSQL()
    let reason =
      "the rows that the migrations left break a CHECK of their table, which was switched off for them: "
    let cutting = failure { _ = try cut(at: "2") }
    #expect(cutting?.description.hasPrefix("the cut at 2 was not made: \(reason)") == true)
    #expect(cutting?.description.contains("--no-data makes one without rows") == true)
    #expect(cutting?.fault == .refused)
    let making = failure {
      _ = try BaselineCreation(
        of: "2", form: .database("sqlite:///\(folder.path)/new.db"), holdsRows: true
      ).run(in: history)
    }
    #expect(making?.description.hasPrefix(reason) == true)
    #expect(making?.fault == .refused)
    // What was mended is cut.
    #expect(try cut(at: "3").warnings == [])
  }

  @Test(
    "a baseline that makes columns in another order says so",
    arguments: [
      ("ALTER TABLE p ADD b int", ["public.c", "public.d"]),
      ("ALTER TABLE c ADD y int", []), ("ALTER TABLE q ADD b int", ["public.d"]),
      ("ALTER TABLE q ADD b int; ALTER TABLE p ADD b int", ["public.c", "public.d"]),
      ("ALTER TABLE d NO INHERIT q", []),
    ])
  func inherited(sql: String, tables: [String]) throws {
    let history = try History.create(
      at: folder.path + "/pg", dialect: Dialect("postgresql"), by: "Ada")
    try add([
      "1_t.sql":
        "CREATE TABLE p (a int);\nCREATE TABLE q (x int);\nCREATE TABLE c (z int) INHERITS (p);\n"
        + "CREATE TABLE d (a int, z int) INHERITS (p, q);\n\(sql);\n"
    ])
    _ = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    let said = try BaselineCreation().run(in: history).warnings
    #expect(said.count == (tables.isEmpty ? 0 : 1))
    for table in ["public.c", "public.d"] {
      #expect(said.contains { $0.contains(table) } == tables.contains(table), "\(said)")
    }
  }

  @Test("a restoration that is only planned is refused as the restoration itself is")
  func restoration() throws {
    try folder.writeMigrations()
    try importSQL()
    _ = try cut(at: "002")
    let baseline = try folder.text("m/002_users.sql")
    let reading = try History.open(at: history.directory)
    func said(_ body: (HistoryRestoration) throws -> Void) -> [String] {
      [true, false].map { isPlanned in
        do {
          try body(HistoryRestoration(folder: migrations, isDryRun: isPlanned))
          return "done"
        } catch {
          return "\(error)"
        }
      }
    }
    try folder.write(baseline + "-- mine\n", to: "m/002_users.sql")
    var found = said { _ = try $0.run(in: reading, by: "Ada") }
    #expect(found[0] == found[1])
    #expect(found[0].contains("are not what was recorded: 002_users.sql"))
    try folder.write(baseline, to: "m/002_users.sql")
    try folder.write("SELECT 1;\n", to: "m/001_roles.sql")
    found = said { _ = try $0.run(in: reading, by: "Ada") }
    #expect(found[0] == found[1])
    #expect(found[0].contains("001_roles.sql (in the way)"))
    let forced = try HistoryRestoration(folder: migrations, isForced: true, isDryRun: true)
      .run(in: reading, by: "Ada")
    #expect(!forced.isDone)
    try folder.remove("m/001_roles.sql")
    #expect(said { _ = try $0.run(in: history, by: "Ada") } == ["done", "done"])
  }
}
