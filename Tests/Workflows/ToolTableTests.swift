import DialectRegistry
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Tables with the name of a migration tool's own")
final class ToolTableTests: MigrationsBed {
  @Test(
    "A cut keeps the user's, with rows, indexes and triggers, whatever their shape",
    arguments: [
      ("schema_migrations", "version varchar(128) primary key"),
      ("alembic_version", "version_num TEXT"),
      ("SCHEMA_MIGRATIONS", "version TEXT PRIMARY KEY, note TEXT"),
      ("goose_db_version", "version INT"),
      ("_prisma_migrations", "id TEXT"), ("flyway_schema_history", "version INT, \"success\" INT"),
    ])
  func users(name: String, columns: String) throws {
    let column = columns.prefix { $0 != " " }
    try folder.write(
      """
      CREATE TABLE \(name) (\(columns)); CREATE INDEX i ON \(name) (\(column));
      INSERT INTO \(name) (\(column)) VALUES ('17'); CREATE TABLE t (id int);
      """, to: "m/001_a.sql")
    try folder.write(
      "CREATE TRIGGER tr AFTER INSERT ON \(name) BEGIN INSERT INTO t VALUES (1); END;",
      to: "m/002_b.sql")
    try folder.write("DELETE FROM \(name) WHERE 0; CREATE TABLE u (id int);", to: "m/003_c.sql")
    let imported = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    #expect(imported.warnings == [])
    #expect(try history.runners() == [])
    _ = try HistoryTruncation(at: "002", source: .sql(migrations)).run(in: history, by: "Ada")
    let baseline = try folder.text("m/002_b.sql")
    for part in [
      "CREATE TABLE \(name) (\(columns))", "CREATE INDEX i", "17", "CREATE TRIGGER tr",
    ] {
      #expect(baseline.contains(part), "\(baseline)")
    }
  }

  @Test(
    "A tool's own is there for its migrations, and what they do to it is said",
    arguments: [
      ("20240101000000_a.sql", "-- migrate:up\n", "schema_migrations", "version"),
      ("00001_a.sql", "-- +goose Up\n", "goose_db_version", "version_id, is_applied"),
      ("V1__a.sql", "", "flyway_schema_history", "installed_rank"),
      ("000001_a.up.sql", "", "schema_migrations", "version, dirty"),
      ("2024-01-01-000000_a/up.sql", "", "__diesel_schema_migrations", "version, run_on"),
      ("20240101000000_a/migration.sql", "", "_prisma_migrations", "applied_steps_count"),
    ])
  func tools(file: String, head: String, name: String, columns: String) throws {
    try folder.write(
      """
      \(head)CREATE TABLE t (id int);
      CREATE VIEW ran AS SELECT \(columns) FROM \(name);
      CREATE INDEX mine ON \(name) (\(columns.prefix { $0 != "," }));
      \(head.contains("migrate") ? "-- migrate:down" : "")
      """, to: "m/" + file)
    let imported = try SQLImport(folder: migrations).run(in: history, by: "Ada")
    #expect(try history.runners().map(\.name) == [name])
    #expect(imported.warnings.count == 1)
    #expect(imported.warnings.first?.contains("it makes index mine on \(name)") == true)
    #expect(try history.schema(at: history.head()).paths.map(\.name) == ["t", "ran"])
  }

  @Test("One that the schema speaks of comes before it, others behind it, with what they hold")
  func order() throws {
    let words = try #require(Dialects.standard.named("postgresql")).words
    let runners = [
      RunnerTable(name: "ran", definition: "CREATE TABLE public.ran (v text)"),
      RunnerTable(name: "stamp", definition: "CREATE TABLE public.stamp (version_num text)"),
      RunnerTable(name: "place", definition: "CREATE TABLE app.place (version_num text)"),
      RunnerTable(name: "apart", definition: "CREATE TABLE public.apart (v text)"),
    ]
    let statements = [
      "CREATE SCHEMA app",
      "CREATE VIEW public.v AS SELECT v FROM public.ran, public.stamp, app.place",
      "INSERT INTO public.t VALUES ('apart')",
    ]
    let (made, stamp) = words.stamped(statements, "7", runners)
    #expect(made == [runners[0].definition, runners[1].definition] + statements)
    #expect(
      stamp == [
        "INSERT INTO public.stamp (version_num) VALUES ('7')", runners[2].definition,
        "INSERT INTO app.place (version_num) VALUES ('7')", runners[3].definition,
      ])
  }
}
