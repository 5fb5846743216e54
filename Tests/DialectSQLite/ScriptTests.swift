import DialectSQLite
import Testing

@Suite("A script")
struct ScriptTests {
  @Test("is cut into its statements, and a trigger is one of them")
  func statements() {
    let script = SQLite.Script(
      """
      -- first; a comment
      CREATE TABLE a (b TEXT DEFAULT ';'); /* ; */
      CREATE TRIGGER t AFTER INSERT ON a WHEN CASE NEW.b WHEN 1 THEN 1 END BEGIN
        UPDATE a SET b = CASE WHEN 1 THEN ';' ELSE 2 END;
        SELECT NEW."end";
      END;
      WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x;
      PRAGMA foreign_keys = 0
      """)
    #expect(script.statements.map(\.line) == [2, 3, 7, 8])
    #expect(script.statements.map(\.kind) == [.definition, .definition, .data, .pragma])
    #expect(!script.controlsTransactions)
    #expect(SQLite.Script("BEGIN; CREATE TABLE a (b); COMMIT;").controlsTransactions)
  }
}
