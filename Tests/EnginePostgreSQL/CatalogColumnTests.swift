import Testing

@testable import DialectPostgreSQL
@testable import EnginePostgreSQL

@Suite("The columns of the catalog's queries")
struct CatalogColumnTests {
  /// One object for each query, so that each has a row.
  private static let script = """
    DROP EXTENSION plpgsql; CREATE EXTENSION plpgsql;
    CREATE SCHEMA app;
    CREATE TYPE app.mood AS ENUM ('sad', 'ok');
    CREATE TABLE app.t (id bigserial PRIMARY KEY, a int DEFAULT 1, b text);
    COMMENT ON TABLE app.t IS 'said';
    CREATE INDEX ON app.t (a);
    CREATE VIEW app.v AS SELECT a FROM app.t;
    CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE FUNCTION app.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE FUNCTION app.c(app.mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TRIGGER g BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.f();
    CREATE POLICY p ON app.t USING (a > 0);
    CREATE STATISTICS app.s ON a, b FROM app.t;
    CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION app.e();
    ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;
    CREATE PUBLICATION p FOR TABLE app.t;
    CREATE OPERATOR app.~~~ (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int);
    CREATE CAST (app.mood AS int) WITH FUNCTION app.c(app.mood);
    CREATE COLLATION app.k (locale = 'C');
    CREATE TEXT SEARCH DICTIONARY app.d (TEMPLATE = simple);
    CREATE TEXT SEARCH CONFIGURATION app.x (COPY = simple);
    CREATE FOREIGN DATA WRAPPER w;
    """

  /// What is wrong with the columns of an answer; nil where each is read, and by one name.
  private func fault(_ query: PostgreSQL.CatalogQuery, _ answer: PostgreSQL.QueryAnswer) -> String?
  {
    guard !answer.rows.isEmpty else { return "\(query) has no row to be read" }
    var rows = PostgreSQL.CatalogRows()
    do {
      let read = try rows.read(query, answer)
      let unread = answer.columns.filter { !read.contains($0) }
      if !unread.isEmpty { return "\(query) gives \(unread), which no row reads" }
      return read.count == answer.columns.count ? nil : "\(query) gives a name twice"
    } catch {
      return "\(error)"
    }
  }

  @Test("Every column that a row reads is in the query's answer, and every column is read")
  func bothDirections() throws {
    try Shared.withDatabase { location in
      let connection = try PostgreSQLConnection(location)
      try connection.execute(Self.script)
      for query in PostgreSQL.CatalogQuery.allCases {
        let sql = query.sql(version: connection.majorVersion, restricted: false)
        let answer = try connection.answer(to: PostgreSQLQuery(sql))
        #expect(fault(query, answer) == nil)
        let some = query.sql(version: connection.majorVersion, restricted: true)
        let restricted = try connection.answer(to: PostgreSQLQuery(some, ["{}"]))
        #expect(restricted.columns == answer.columns, "\(query)")
        for column in answer.columns.indices { checkWithout(column, query, answer) }
      }
      let objects = try connection.answer(
        to: PostgreSQLQuery(
          PostgreSQL.CatalogQuery.dependenciesOfObjects, ["{1259}", try Self.table(connection)]))
      #expect(fault(.dependencies, objects) == nil)
    }
  }

  private static func table(_ connection: PostgreSQLConnection) throws -> String {
    try connection.query("SELECT ARRAY['app.v'::regclass::oid, 'app.t'::regclass::oid]::text")
      .first?.first.flatMap { $0 } ?? ""
  }

  /// The check finds one that is missing, one too many, and another order makes no difference.
  private func checkWithout(
    _ column: Int, _ query: PostgreSQL.CatalogQuery, _ answer: PostgreSQL.QueryAnswer
  ) {
    let name = answer.columns[column]
    var less = answer
    less.columns.remove(at: column)
    for row in less.rows.indices { less.rows[row].remove(at: column) }
    #expect(
      fault(query, less)
        == "cannot read the server's catalog: expected a column \(name) of \(query), found none; "
        + "please report it: no server leaves one out")
    var more = answer
    more.columns.insert("other", at: column)
    for row in more.rows.indices { more.rows[row].insert("x", at: column) }
    #expect(fault(query, more) == "\(query) gives [\"other\"], which no row reads")
    var turned = answer
    turned.columns.reverse()
    for row in turned.rows.indices { turned.rows[row].reverse() }
    #expect(fault(query, turned) == nil)
  }
}
