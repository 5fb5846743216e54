import FileSystem
import Glibc
import SQLiteAccess
import Testing

@Suite("A connection to SQLite")
struct SQLiteDatabaseTests {
  private func database() throws -> SQLiteDatabase {
    let database = try SQLiteDatabase(path: ":memory:")
    try database.execute("CREATE TABLE t (a)")
    return database
  }

  private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try Files.makeUniqueDirectory(Files.temporaryDirectory + "/sqlite-test-")
    defer { Files.removeTree(folder) }
    return try body(folder)
  }

  @Test(
    "a value comes back as it went in",
    arguments: [
      .null, .integer(.min), .integer(.max), .real(0.1), .real(-.infinity), .text(""),
      .text("a\0b"), .text("ä\u{1F600}"), .blob([]), .blob([0, 255]),
    ] as [SQLiteValue])
  func values(value: SQLiteValue) throws {
    let database = try database()
    try database.prepare("INSERT INTO t VALUES (?)").run([value])
    #expect(try database.prepare("SELECT a FROM t").all { $0.value(0) } == [value])
    #expect(try database.prepare("SELECT a FROM t").all { $0.exactValue(0) } == [value])
  }

  @Test("a text that is no UTF-8 is told from one that is")
  func damagedText() throws {
    let statement = try database().prepare("SELECT CAST(x'41FF42' AS TEXT)")
    #expect(try statement.all { $0.exactValue(0) } == [nil])
    #expect(try statement.all { $0.value(0) } == [.text("A\u{FFFD}B")])
  }

  @Test(
    "one statement is one statement",
    arguments: [
      ("", "expected a statement, found none"), (" -- nothing", "expected a statement, found none"),
      (";", "expected a statement, found none"),
      ("SELECT 1; SELECT 2", "expected one statement, found more; give one at a time"),
      ("SELECT 1; nonsense", "expected one statement, found more; give one at a time"),
      ("nonsense", "near \"nonsense\": syntax error"),
      (
        "SELECT 1\0; SELECT 2",
        "expected text, found a NUL character, at which SQLite stops reading; remove it"
      ),
    ])
  func single(sql: String, message: String) throws {
    let database = try database()
    let error = #expect(throws: SQLiteError.self) { try database.prepare(sql) }
    #expect(error?.message == message)
    #expect(try database.prepare("SELECT 1 ; -- and no more\n;").all { $0.int(0) } == [1])
  }

  @Test("a transaction that fails leaves nothing, and the next one begins")
  func undoing() throws {
    let database = try database()
    #expect(throws: SQLiteError.self) {
      try database.transaction {
        try database.execute("INSERT INTO t VALUES (1)")
        try database.execute("INSERT INTO missing VALUES (1)")
      }
    }
    #expect(!database.isInTransaction)
    try database.transaction { try database.execute("INSERT INTO t VALUES (2)") }
    #expect(try database.prepare("SELECT a FROM t").all { $0.int(0) } == [2])
  }

  @Test("whoever reads cannot write, and may write afterwards")
  func reading() throws {
    let database = try database()
    #expect(throws: SQLiteError.self) {
      try database.reading { try database.execute("INSERT INTO t VALUES (1)") }
    }
    #expect(!database.isInTransaction)
    try database.execute("INSERT INTO t VALUES (2)")
    #expect(database.lastInsertedRow == 1)
  }

  @Test("a statement outlives its connection, and says what went wrong")
  func outliving() throws {
    let statement = try database().prepare("SELECT abs(-9223372036854775808)")
    let error = #expect(throws: SQLiteError.self) { try statement.step() }
    #expect(error?.message == "integer overflow")
  }

  @Test("a statement of our own is prepared once, and begins anew")
  func cached() throws {
    let database = try database()
    let insert = try database.cached("INSERT INTO t VALUES (?)")
    for number in 1...3 { try insert.run([.integer(Int64(number))]) }
    #expect(try database.cached("INSERT INTO t VALUES (?)") === insert)
    let first = try database.cached("SELECT a FROM t").first { $0.int(0) }
    #expect(first == 1)
    // An open statement would keep the transaction from being finished.
    try database.transaction { try insert.run([.null]) }
    #expect(try database.cached("SELECT count(*) FROM t").first { $0.int(0) } == 4)
  }

  @Test(
    "a file that is taken as unchangeable is the one of that name",
    arguments: ["plain.db", "a b?c#d%20e&f=g.db", "ä+'\"\n.db"])
  func immutable(name: String) throws {
    try withFolder { folder in
      let path = "\(folder)/\(name)"
      try SQLiteDatabase(path: path).execute("CREATE TABLE here (a); INSERT INTO here VALUES (7)")
      let database = try SQLiteDatabase(path: path, .read, isImmutable: true)
      #expect(try database.prepare("SELECT a FROM here").first { $0.int(0) } == 7)
      #expect(throws: SQLiteError.self) { try database.execute("DELETE FROM here") }
      #expect(Files.names(in: folder) == [name])
    }
  }

  @Test("what cannot be opened is told from what is no database, and from what is locked")
  func failures() throws {
    try withFolder { folder in
      let missing = #expect(throws: SQLiteError.self) {
        try SQLiteDatabase(path: "\(folder)/missing.db", .write)
      }
      #expect(missing?.cannotOpen == true)
      try Files.write(Array(repeating: 7, count: 4096), to: "\(folder)/foreign.db")
      let foreign = #expect(throws: SQLiteError.self) {
        try SQLiteDatabase(path: "\(folder)/foreign.db").prepare("SELECT * FROM sqlite_schema")
      }
      #expect(foreign?.isDamage == true && foreign?.isBusy == false)
    }
  }
}
