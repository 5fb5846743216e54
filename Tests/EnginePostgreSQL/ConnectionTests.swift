import EnginePostgreSQL
import Testing

@Suite("Versions of PostgreSQL")
struct VersionTests {
  @Test(
    "what is older than 14 or newer than is known is refused, with what was found",
    arguments: [
      (90_624, nil, "9.6"), (120_022, "12.22 (Debian)", "12.22 (Debian)"),
      (130_023, nil, "13"), (190_000, "19beta1", "19beta1"),
    ])
  func refused(number: Int, text: String?, found: String) {
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try PostgreSQLVersion.check(number, text, server: "postgresql://me@there/app")
    }
    #expect(
      error?.description
        == "expected PostgreSQL 14 to 18, found \(found) (postgresql://me@there/app); use a server "
        + "or a Strata that know each other")
  }

  @Test("what is known is not refused", arguments: [140_000, 150_018, 180_001])
  func known(number: Int) throws {
    try PostgreSQLVersion.check(number, nil, server: "postgresql://me@there/app")
  }
}

@Suite("A connection to PostgreSQL")
struct ConnectionTests {
  @Test("values come back as PostgreSQL writes them, several queries at once too")
  func values() throws {
    let connection = try Shared.connection()
    #expect(
      try connection.query("SELECT $1::text, NULL, 3, $2::text", parameters: ["a'b\n🦊", nil])
        == [["a'b\n🦊", nil, "3", nil]])
    #expect(
      try connection.queries([
        PostgreSQLQuery("SELECT generate_series(1, 3)"), PostgreSQLQuery("SELECT 1 WHERE false"),
        PostgreSQLQuery("SELECT $1::int + 1", ["4"]),
      ]) == [[["1"], ["2"], ["3"]], [], [["5"]]])
    try connection.prepare("twice", "SELECT $1::int * 2")
    #expect(try connection.query(prepared: "twice", parameters: ["21"]) == [["42"]])
    try connection.execute("DO $$ BEGIN RAISE NOTICE 'heard'; END $$")
    #expect(connection.takeNotices().map(\.message) == ["heard"])
    #expect(connection.takeNotices().isEmpty)
  }

  @Test("the first of several queries that fails is the error, and the connection goes on")
  func pipelineFailure() throws {
    let connection = try Shared.connection()
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try connection.queries(
        ["SELECT 1", "SELECT nowhere", "SELECT 2"].map { PostgreSQLQuery($0) })
    }
    #expect(error?.failure?.sql == "SELECT nowhere")
    #expect(error?.failure?.code == "42703")
    #expect(try connection.query("SELECT 1") == [["1"]])
  }

  @Test("an error names the line, and what PostgreSQL said beside its message")
  func errors() throws {
    let connection = try Shared.connection()
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try connection.execute("SELECT\n  'é',\n  lenght('a')", line: 7)
    }
    #expect(
      error?.description == """
        PostgreSQL refused line 9: function lenght(unknown) does not exist (SQLSTATE 42883)
          hint: No function matches the given name and argument types. You might need to add \
        explicit type casts.
          SELECT
          'é',
          lenght('a')
        """)
    #expect(connection.transactionStatus == .idle)
  }

  @Test("COPY reads the lines that follow it, with and without the mark of their end")
  func copies() throws {
    let connection = try Shared.connection()
    try connection.execute("CREATE TEMP TABLE t (a int, b text)")
    try connection.copy("COPY t FROM stdin", data: "1\tx\\ny\n2\t\\N\n\\.\n")
    try connection.copy("COPY t FROM stdin", data: "3\tends with \\\\.")
    try connection.copy("COPY t FROM stdin", data: "\\.")
    #expect(
      try connection.query("SELECT * FROM t")
        == [["1", "x\ny"], ["2", nil], ["3", "ends with \\."]])
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try connection.copy("COPY t FROM stdin", data: "x\ty\n")
    }
    #expect(error?.failure?.code == "22P02")
    #expect(throws: PostgreSQLEngineError.self) { try connection.execute("COPY t FROM stdin") }
    try connection.execute("COPY t TO stdout")
    #expect(try connection.query("SELECT count(*) FROM t") == [["3"]])
  }

  @Test("a statement that waits for a lock for too long is stopped, and who holds it is named")
  func blockers() throws {
    try Shared.withDatabase { location in
      let holder = try PostgreSQLConnection(location)
      try holder.execute("CREATE TABLE t (a int)")
      try holder.execute("BEGIN")
      try holder.execute("LOCK TABLE t")
      let connection = try PostgreSQLConnection(location)
      let error = #expect(throws: PostgreSQLEngineError.self) {
        try connection.limited(to: 0.3) {
          try connection.execute("ALTER TABLE t ADD b int", line: 3)
        }
      }
      guard case .timedOut(_, 3, 0.3, let blockers) = error else {
        Issue.record("expected a timeout, found \(String(describing: error))")
        return
      }
      #expect(blockers.count == 1)
      #expect(
        blockers.first?.contains("process \(holder.backendPID) (strata, role postgres, ") == true)
      #expect(blockers.first?.contains("LOCK TABLE t") == true)
      #expect(try connection.query("SELECT 1") == [["1"]])
      #expect(throws: PostgreSQLEngineError.self) {
        try connection.limited(to: 0.1) {
          while true { try connection.execute("SELECT 1") }
        }
      }
    }
  }

  @Test("a server that is not there, and one that ends a connection, are named")
  func gone() throws {
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try PostgreSQLConnection(url: "postgresql://me:geheim@127.0.0.1:1/app")
    }
    #expect(
      error?.description.hasPrefix(
        "expected a PostgreSQL server that lets us in at postgresql://me@127.0.0.1:1/app, found: ")
        == true)
    #expect(error?.description.contains("geheim") == false)
    let connection = try Shared.connection()
    let lost = #expect(throws: PostgreSQLEngineError.self) {
      try connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    }
    #expect(lost?.description.contains("terminat") == true)
    #expect(throws: PostgreSQLEngineError.self) { try connection.query("SELECT 1") }
  }

  @Test("a wrong password is refused, and is not shown")
  func passwords() throws {
    let cluster = try PostgreSQLCluster(authentication: [
      "local all postgres trust", "local all all scram-sha-256",
    ])
    try PostgreSQLConnection(cluster.location).execute(
      "CREATE ROLE app LOGIN PASSWORD 'open sesame'")
    var location = cluster.location
    location.parameters["user"] = "app"
    let none = #expect(throws: PostgreSQLEngineError.self) { try PostgreSQLConnection(location) }
    #expect(none?.description.contains("give a password in the URL") == true)
    location.parameters["password"] = "close sesame"
    let wrong = #expect(throws: PostgreSQLEngineError.self) { try PostgreSQLConnection(location) }
    #expect(wrong?.description.contains("password authentication failed") == true)
    #expect(wrong?.description.contains("sesame") == false)
    location.parameters["password"] = "open sesame"
    #expect(try PostgreSQLConnection(location).query("SELECT current_user") == [["app"]])
    #expect(!"\(location)".contains("sesame"))
  }
}
