import DialectPostgreSQL
import Testing

@Suite("A PostgreSQL script")
struct PostgreSQLScriptTests {
  private func statements(_ text: String) -> [String] {
    PostgreSQL.Script(text).statements.map(\.sql)
  }

  @Test("is cut at the semicolons outside quotes, comments, parentheses and dollar quotes")
  func statements() {
    let script = PostgreSQL.Script(
      #"""
      -- first; a comment
      CREATE TABLE a ("x;y" text DEFAULT ';' /* ; /* nested ; */ ; */); ;
      SELECT E'it\'s; so'
        '\'; too', 'no escape\';
      CREATE FUNCTION f$1() RETURNS text LANGUAGE sql AS $f$ SELECT $$;$$; $f$;
      CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2);
      SELECT $1; SELECT a[1:2] FROM b -- the end
      """#)
    #expect(script.statements.map(\.line) == [2, 3, 5, 6, 7, 7])
    #expect(
      script.statements.map(\.kind) == [
        .definition, .other, .definition, .definition, .other, .other,
      ])
    #expect(script.statements.last?.sql == "SELECT a[1:2] FROM b")
    #expect(!script.controlsTransactions)
  }

  @Test("knows the body of BEGIN ATOMIC, with CASE in it, and a BEGIN that is none")
  func bodies() {
    #expect(
      statements(
        """
        CREATE OR REPLACE FUNCTION f(begin int) RETURNS int BEGIN ATOMIC
          SELECT CASE WHEN true THEN 1 END;
          SELECT 2;
        END;
        create procedure p() begin atomic; end;
        BEGIN; CREATE TABLE atomic (); COMMIT
        """
      ).count == 5)
  }

  @Test("keeps the rows of COPY ... FROM stdin with their statement, to the line that ends them")
  func copies() {
    let script = PostgreSQL.Script(
      """
      COPY t (a, b) FROM stdin;
      1\tit's; -- (
      \\.
      COPY u FROM STDIN WITH (FORMAT csv);SELECT 1;
      x
      """)
    #expect(script.statements.map(\.sql).map { $0.prefix(6) } == ["COPY t", "COPY u", "SELECT"])
    #expect(script.statements.map(\.copyData) == ["1\tit's; -- (\n", "x", nil])
    #expect(
      PostgreSQL.Script("COPY t TO stdout; SELECT 1").statements.map(\.copyData) == [nil, nil])
  }

  @Test("leaves out the psql commands that change nothing, and names those that would")
  func psqlCommands() {
    let dump = PostgreSQL.Script(
      "\\restrict abc\n\\set ON_ERROR_STOP on\nSELECT 1; \\echo done\n\\unrestrict abc\n")
    #expect(dump.statements.map(\.sql) == ["SELECT 1"])
    #expect(dump.refusal == nil)
    for (text, expected) in [
      ("SELECT 1;\n\\connect other\nSELECT 2;", "\\connect: it goes on in another database"),
      ("SELECT 1;\n\\i 'file.sql'", "\\i: it reads another file"),
      ("\n\\set name value", "\\set name: variables of psql"),
      ("SELECT 1\n\\gexec", "\\gexec: it goes by the result"),
      ("\n\\encoding latin1", "\\encoding latin1: migrations are read as UTF-8"),
      ("SELECT 1;\n\\.", "\\.: there is no COPY"),
    ] {
      let script = PostgreSQL.Script(text)
      #expect(script.refusal?.line == 2)
      #expect(script.refusal?.message.hasPrefix(expected) == true, "\(script.refusal as Any)")
      #expect(script.statements.contains { $0.kind == .psqlCommand })
    }
    #expect(statements(#"SELECT '\i', "\i", $$\i$$ -- \i"#).count == 1)
  }

  @Test(
    "goes on with SQL behind the two backslashes that end a psql command, and with a second one")
  func separators() {
    for (text, expected) in [
      (#"\echo hi \\ CREATE TABLE u (id int);"#, ["CREATE TABLE u (id int)"]),
      (#"SELECT 1; \timing on \\SELECT 2; \x \\ SELECT 3"#, ["SELECT 1", "SELECT 2", "SELECT 3"]),
      ("\\pset pager off \\\\ SELECT 1\r\n; SELECT 2", ["SELECT 1", "SELECT 2"]),
      (#"\set ON_ERROR_STOP on \\ DROP TABLE t;"#, ["DROP TABLE t"]),
      (
        #"\echo 'a \\ SELECT 1;' "b \\ SELECT 2;" 'it\'s \\ SELECT 3'"# + "\nSELECT 4", ["SELECT 4"]
      ),
      (#"\h CREATE \\ TABLE"# + "\nSELECT 1", ["SELECT 1"]),
      (#"\echo one \echo two \\ SELECT 1"#, ["SELECT 1"]),
    ] {
      let script = PostgreSQL.Script(text)
      #expect(script.refusal == nil, "\(text)")
      #expect(script.statements.map(\.sql) == expected, "\(text)")
    }
    for text in [
      #"\timing on \i other.sql"#, #"\echo \\ SELECT 1; \connect other"#, #"SELECT 1 \\ SELECT 2"#,
    ] {
      #expect(PostgreSQL.Script(text).refusal != nil, "\(text)")
    }
  }

  @Test("follows standard_conforming_strings, as old dumps set it")
  func escapes() {
    let text = #"SET standard_conforming_strings = off; SELECT 'a\'; b'; SELECT 1"#
    #expect(statements(text).count == 3)
    #expect(statements(#"SELECT 'a\'; SELECT 1"#).count == 2)
  }

  @Test("tells what begins and ends transactions")
  func transactions() {
    for text in [
      "BEGIN", "begin work", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "ABORT",
      "PREPARE TRANSACTION 'x'", "ROLLBACK AND CHAIN",
    ] {
      #expect(PostgreSQL.Script(text).controlsTransactions, "\(text)")
    }
    for text in [
      "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "ROLLBACK WORK TO SAVEPOINT a",
      "PREPARE p AS SELECT 1", "DO $$ BEGIN END $$", "COMMIT PREPARED 'x'",
    ] {
      #expect(!PostgreSQL.Script(text).controlsTransactions, "\(text)")
    }
  }

  @Test("tells what no transaction block may hold")
  func nonTransactional() {
    for text in [
      "CREATE INDEX CONCURRENTLY i ON t (a)", "create unique index concurrently on t (a)",
      "DROP INDEX CONCURRENTLY i", "REINDEX TABLE CONCURRENTLY t", "REINDEX (CONCURRENTLY) INDEX i",
      "REINDEX (VERBOSE) DATABASE d", "VACUUM", "VACUUM (FULL) t", "CREATE DATABASE d",
      "DROP DATABASE d", "ALTER SYSTEM SET a = 1", "ALTER DATABASE d SET TABLESPACE t",
      "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", "CLUSTER", "CLUSTER (VERBOSE)",
      "ALTER TABLE a DETACH PARTITION b CONCURRENTLY", "DISCARD ALL", "COMMIT PREPARED 'x'",
      "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
    ] {
      #expect(PostgreSQL.Script(text).hasNonTransactional, "\(text)")
    }
    for text in [
      "CREATE INDEX i ON t (a)", "CREATE INDEX \"CONCURRENTLY\" ON t (a)", "REINDEX TABLE t",
      "REINDEX (CONCURRENTLY false) TABLE t", "CLUSTER t", "ANALYZE", "DISCARD PLANS",
      "ALTER DATABASE d SET a = 1", "ALTER TABLE a DETACH PARTITION b",
      "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
      "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
      "SELECT 'CREATE INDEX CONCURRENTLY'",
      // The value cannot be used before the transaction's end.
      "ALTER TYPE app.e ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'",
    ] {
      #expect(!PostgreSQL.Script(text).hasNonTransactional, "\(text)")
    }
  }

  @Test("tells data from definitions, behind WITH too")
  func kinds() {
    let kinds = PostgreSQL.Script(
      """
      WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x;
      WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x;
      WITH x AS (SELECT 1) SELECT insert FROM x;
      SET search_path = a; COMMENT ON TABLE a IS ''; DO $$ $$; TRUNCATE a; SHOW all
      """
    ).statements.map(\.kind)
    #expect(
      kinds == [.data, .data, .other, .session, .definition, .procedural, .data, .other])
  }

  @Test("has statements for any bytes")
  func anyBytes() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let pieces = [
      "CREATE", "FUNCTION", "BEGIN", "ATOMIC", "CASE", "END", ";", "(", ")", "'", "E'", "\"", "$$",
      "$a$", "$1", "\\", "\\.", "\n", "/*", "*/", "--", "COPY", "FROM", "STDIN", "1e", "+", ".",
      "REINDEX", "CLUSTER", "ALTER", "SUBSCRIPTION", "SET", "=", "off", "é", "\u{0}", "\r", " ",
      "STANDARD_CONFORMING_STRINGS", "\\set", "WITH", "ROLLBACK", "DETACH", "PARTITION",
    ]
    for _ in 0..<4000 {
      var text = ""
      for _ in 0..<next(40) { text += pieces[next(pieces.count)] + (next(3) == 0 ? "" : " ") }
      let script = PostgreSQL.Script(text)
      #expect(script.statements.allSatisfy { !$0.sql.isEmpty && $0.line > 0 })
    }
  }
}
