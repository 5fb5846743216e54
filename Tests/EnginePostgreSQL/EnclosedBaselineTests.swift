import DialectPostgreSQL
import Foundation
import SchemaModel
import Testing

@testable import EnginePostgreSQL

/// A baseline in a migrations folder: the tool that runs it decides about transactions.
@Suite("A baseline in a file")
struct EnclosedBaselineTests {
  /// The wheels of other versions have no psql.
  static let hasPsql = FileManager.default.isExecutableFile(
    atPath: (try? Shared.cluster().programs.folder + "/psql") ?? "")

  private static let examples =
    [
      """
      CREATE TABLE t (id int);
      CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';
      """,
      """
      CREATE FUNCTION z() RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT z()';
      """,
      """
      CREATE SCHEMA app; CREATE TABLE app.a (id int PRIMARY KEY, t text COLLATE "C" DEFAULT E'it''s\\n');
      CREATE TABLE b (id int REFERENCES app.a, x xml DEFAULT 'two <a/>words'::xml);
      INSERT INTO app.a VALUES (1, 'a\\b'); INSERT INTO b VALUES (1, '<a/>');
      CREATE PROCEDURE p(app.a) LANGUAGE sql AS 'DELETE FROM b';
      CREATE MATERIALIZED VIEW m AS SELECT id FROM app.a;
      ALTER TABLE app.a ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON app.a USING (id > 0);
      """,
      """
      CREATE TABLE p (i interval DEFAULT '1 day 02:00:00') PARTITION BY RANGE (i);
      CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('1 day') TO ('2 days');
      INSERT INTO p VALUES ('1 day 3 hours');
      CREATE FUNCTION g() RETURNS SETOF p LANGUAGE sql AS 'SELECT * FROM p ORDER BY i';
      """,
    ].map { [$0] } + [EverythingHistory.first]

  private func psql(_ script: String, in url: String, _ options: [String]) throws -> String {
    let file = FileManager.default.temporaryDirectory.path + "/strata-\(UUID().uuidString).sql"
    try Data(script.utf8).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    return try Subprogram.output(
      Shared.cluster().programs.folder + "/psql",
      ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", file] + options)
  }

  @Test(
    "runs as one transaction and statement by statement, and puts back what it sets",
    .enabled(if: hasPsql, "psql is missing"), arguments: examples, [[], ["-1"]])
  func modes(example: [String], options: [String]) throws {
    let scratch = try Shared.engine().makeScratch()
    for script in ServerTraits.adapted(example) { _ = try scratch.run(script: script) }
    let capture = try scratch.capture(after: Capture(schema: Schema()), statements: [])
    let copy = try Shared.engine().makeScratch()
    let words = PostgreSQLWords()
    let settings = words.session(judgedBy: capture.engine).map(\.name)
    let shown = settings.map { "SELECT '\($0)', current_setting('\($0)');\n" }.joined()
    let statements = words.enclosed(
      try words.baseline(capture.schema, rows: capture.rows, BaselineOptions()),
      judgedBy: capture.engine
    ).map { words.terminated($0) + "\n" }.joined()
    let own = """
      SET search_path = "$user", app, "it's"; SET xmloption = document; SET row_security = on;
      SET IntervalStyle = iso_8601; SET check_function_bodies = on;

      """
    let output = try psql(
      own + shown + "\\echo ---\n" + statements + "\\echo ---\n" + shown, in: copy.url, options)
    let parts = output.components(separatedBy: "---\n")
    #expect(parts.count == 3)
    #expect(parts.first == parts.last)
    #expect(parts[0].contains(#"search_path|"$user", app, "it's""#))
    let made = try BaselineCheck.read(copy)
    #expect(
      BaselineCheck.difference(
        PostgreSQL.Portable.normalized(capture.schema), PostgreSQL.Portable.normalized(made.schema))
        == [])
    #expect(made.rows == capture.rows)
  }
}
