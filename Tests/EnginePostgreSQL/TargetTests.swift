import EnginePostgreSQL
import Testing

@Suite("A baseline into a PostgreSQL database")
struct TargetTests {
  @Test("it goes into an empty database, rows by COPY and the runner's table last")
  func create() throws {
    try Shared.withDatabase { location in
      let name = try PostgreSQLTarget.create(
        baseline: [
          "CREATE SCHEMA app -- a comment", "CREATE TABLE app.a (b int, c text)",
          "COPY app.a (b, c) FROM stdin;\n1\tx\n2\t\\N\n\\.", "CREATE INDEX i ON app.a (b)",
          "INSERT INTO app.a VALUES (3, ';')",
        ], into: location.url,
        runnerStatements: ["CREATE TABLE alembic_version (version_num text)"])
      #expect(name == location.description)
      let connection = try PostgreSQLConnection(location)
      #expect(try connection.query("TABLE app.a") == [["1", "x"], ["2", nil], ["3", ";"]])
      #expect(try connection.query("TABLE alembic_version").isEmpty)
      let error = #expect(throws: PostgreSQLTarget.Failure.self) {
        try PostgreSQLTarget.create(baseline: ["CREATE TABLE z (y int)"], into: location.url)
      }
      #expect(
        error
          == .notEmpty(
            database: location.description,
            objects: ["table app.a", "table public.alembic_version", "schema app"], count: 3))
    }
  }

  @Test(
    "a database with anything in it is refused",
    arguments: ServerTraits.runnable([
      "CREATE SEQUENCE s", "CREATE VIEW v AS SELECT 1", "CREATE TYPE t AS ENUM ('a')",
      "CREATE TYPE t AS (a int)", "CREATE DOMAIN d AS int", "CREATE SCHEMA s",
      "CREATE EXTENSION hstore", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE PUBLICATION p", "CREATE COLLATION c FROM \"C\"",
      "CREATE FOREIGN DATA WRAPPER w", "SELECT lo_create(0)",
      "CREATE TEXT SEARCH CONFIGURATION c (COPY = simple)",
      "CREATE CAST (date AS bytea) WITH INOUT",
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
    ]) { $0 })
  func notEmpty(statement: String) throws {
    try Shared.withDatabase { location in
      try PostgreSQLConnection(location).execute(statement)
      let error = #expect(throws: PostgreSQLTarget.Failure.self) {
        try PostgreSQLTarget.create(baseline: ["SELECT 1"], into: location.url)
      }
      guard case .notEmpty(_, let objects, 1) = error else {
        Issue.record("expected one object, found \(String(describing: error))")
        return
      }
      #expect(objects.count == 1)
    }
  }

  @Test("a database from which everything was dropped is empty again")
  func emptied() throws {
    try Shared.withDatabase { location in
      let connection = try PostgreSQLConnection(location)
      try connection.execute("CREATE TABLE a (b serial)")
      try connection.execute("DROP TABLE a; DROP SCHEMA public; CREATE SCHEMA public")
      try connection.execute("CREATE TEMP TABLE t (a int)")
      try PostgreSQLTarget.create(baseline: ["CREATE TABLE z (y int)"], into: location.url)
    }
  }

  @Test("a statement that fails is named, and nothing is left")
  func failures() throws {
    try Shared.withDatabase { location in
      for (statement, line) in [
        ("SELECT 1 +", "syntax error at end of input"),
        ("TABLE oops", "relation \"oops\" does not exist"),
        (
          "INSERT INTO a VALUES (1), (1)",
          "duplicate key value violates unique constraint \"a_pkey\""
        ),
        ("COPY a FROM stdin;\nx\n\\.", "invalid input syntax for type integer: \"x\""),
      ] {
        let error = #expect(throws: PostgreSQLTarget.Failure.self) {
          try PostgreSQLTarget.create(
            baseline: [
              "CREATE TABLE a (b int PRIMARY KEY)", "COMMENT ON TABLE a IS ';'", statement,
              "CREATE TABLE c (d int)",
            ], into: location.url)
        }
        guard case .engine(.failed(let failure)) = error else {
          Issue.record("expected a failure, found \(String(describing: error))")
          continue
        }
        // A message ends where its text does, a character behind the statement.
        #expect(failure.message.hasPrefix(line) || statement.hasSuffix("+"))
        #expect(failure.sql == statement.split(separator: ";\n")[0] || statement.hasSuffix("+"))
      }
      let left = try PostgreSQLConnection(location).query(
        "SELECT 1 FROM pg_class WHERE oid >= 16384")
      #expect(left.isEmpty)
    }
  }

  @Test("another major version is refused, and a server that is not there")
  func others() throws {
    try Shared.withDatabase { location in
      let version = try PostgreSQLConnection(location).majorVersion
      let error = #expect(throws: PostgreSQLTarget.Failure.self) {
        try PostgreSQLTarget.create(baseline: [], into: location.url, version: version + 1)
      }
      #expect(
        error
          == .otherVersion(
            database: location.description, expected: version + 1, found: version))
      try PostgreSQLTarget.create(baseline: [], into: location.url, version: version)
    }
    let error = #expect(throws: PostgreSQLTarget.Failure.self) {
      try PostgreSQLTarget.create(baseline: [], into: "postgresql://me:geheim@127.0.0.1:1/app")
    }
    #expect(error?.description.hasSuffix("Nothing was changed") == true)
    #expect(error?.description.contains("geheim") == false)
  }

  @Test(
    "what its encoding has no place for is named before anything runs",
    arguments: ["LATIN1", "LATIN2", "SQL_ASCII"])
  func encoding(name: String) throws {
    let server = try Shared.connection()
    let database = "test_of_\(name.lowercased())"
    try server.execute(
      "CREATE DATABASE \(database) TEMPLATE template0 ENCODING '\(name)' LOCALE 'C'")
    defer { try? server.execute("DROP DATABASE \(database) WITH (FORCE)") }
    let location = server.location.with(database: database)
    func create(_ text: String) throws {
      try PostgreSQLTarget.create(
        baseline: ["CREATE TABLE a (b text DEFAULT 'ö')", "COMMENT ON TABLE a IS '\(text)'"],
        into: location.url)
    }
    if name != "SQL_ASCII" {
      let error = #expect(throws: PostgreSQLTarget.Failure.self) { try create("5 ☃") }
      #expect(
        error
          == .unencodable(
            character: "☃", statement: "COMMENT ON TABLE a IS '5 ☃'", encoding: name,
            database: location.description))
    }
    try create(name == "SQL_ASCII" ? "5 ☃" : "ä")
  }
}
