import DialectPostgreSQL
import Importers
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

@Suite("Scripts of a folder on PostgreSQL")
final class ServerScriptTests: MigrationsBed {
  init() throws { try super.init(.postgresql) }

  @Test(
    "A line in a body, a comment or a row that the tool would read as its own is written otherwise",
    arguments: [SQLLayout.dbmate, .goose])
  func marks(layout: SQLLayout) throws {
    let (up, down) =
      layout == .dbmate ? ("-- migrate:up", "-- migrate:down") : ("-- +goose Up", "-- +goose Down")
    let (begin, end) =
      layout == .dbmate ? ("", "") : ("-- +goose StatementBegin\n", "\n-- +goose StatementEnd")
    try add([
      "1_a.sql": """
      \(up)
      CREATE TABLE k (v text);
      \(begin)DO $x$ BEGIN
      EXECUTE 'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$' || chr(10) || '\(down)'
        || chr(10) || ' BEGIN RETURN 1; END $f$';
      EXECUTE 'COMMENT ON TABLE k IS ' || quote_literal('it''s $strata$ \\ ' || chr(10) || '\(down)' || chr(10));
      INSERT INTO k VALUES ('q' || chr(10) || '\(down)' || chr(10) || '\(up)' || chr(10) || 'r');
      END $x$;\(end)
      \(down)
      """
    ])
    try importSQL(layout)
    let result = try cutAndRestore(layout, at: "1")
    #expect(result.proof.first?.contains("the same to the byte under pg_dump") == true)
    _ = try cut(layout, at: "1")
    let lines = try folder.text("m/1_a.sql").split(separator: "\n")
    #expect(lines.count { $0 == down } == 1)
    #expect(lines.count { $0 == up } == 1)
  }

  @Test(
    "A script without a transaction that its tool sends as one query is one transaction all the same",
    arguments: [SQLLayout.dbmate, .sqlx, .diesel, .goose])
  func oneQuery(layout: SQLLayout) throws {
    func script(_ number: Int, _ text: String) throws {
      switch layout {
      case .dbmate:
        try add(["\(number)_a.sql": "-- migrate:up transaction:false\n\(text)\n-- migrate:down\n"])
      case .sqlx: try add(["\(number)_a.sql": "-- no-transaction\n\(text)\n"])
      case .goose: try add(["\(number)_a.sql": "-- +goose NO TRANSACTION\n-- +goose Up\n\(text)\n"])
      default:
        try add([
          "\(number)_a/up.sql": text, "\(number)_a/metadata.toml": "run_in_transaction = false\n",
        ])
      }
    }
    let isOne = layout != .goose
    try script(
      1,
      "CREATE TABLE k (v xid8); INSERT INTO k VALUES (pg_current_xact_id());\n"
        + "INSERT INTO k VALUES (pg_current_xact_id());")
    try script(2, "CREATE TABLE n AS SELECT count(DISTINCT v::text)::int AS n FROM k;")
    try script(3, "CREATE INDEX CONCURRENTLY i ON k (v);")
    try importSQL(layout)
    let rows = try history.rows(at: "3").tables.first { $0.key.name == "n" }?.value.rows
    #expect(rows == [[.integer(isOne ? 1 : 2)]] || rows == [[.text(isOne ? "1" : "2")]])
    try script(4, "CREATE TABLE l (v int);\nCREATE INDEX CONCURRENTLY j ON l (v);")
    if isOne {
      let error = #expect(throws: ImportError.self) { try importSQL(layout) }
      #expect("\(error as Any)".contains("cannot run inside a transaction block"))
      #expect("\(error as Any)".contains("sends the script as one query"))
    } else {
      #expect(try importSQL(layout) == ["4"])
    }
  }
}
