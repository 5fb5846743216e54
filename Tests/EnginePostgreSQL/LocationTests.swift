import EnginePostgreSQL
import Testing

@Suite("Where a PostgreSQL database is")
struct LocationTests {
  @Test("URLs and keywords are read as libpq and SQLAlchemy write them")
  func reading() throws {
    for (text, expected) in [
      ("postgresql://", "postgresql:///"),
      ("postgres://me@host/app", "postgresql://me@host/app"),
      ("postgresql+psycopg2://me:pw@host:5433/app", "postgresql://me@host:5433/app"),
      (
        "postgresql+asyncpg://me@/app?host=/run/postgresql&port=5433",
        "postgresql://me@/app?host=/run/postgresql&port=5433"
      ),
      ("postgresql://[::1]:5433/app", "postgresql://[::1]:5433/app"),
      ("postgresql://a,b:5433/app", "postgresql:///app?host=a%2Cb&port=%2C5433"),
      ("postgresql://m%40e:p%2Fw@host/a%20b", "postgresql://m%40e@host/a%20b"),
      ("postgresql://me:p@ss:word@host/app", "postgresql://me@host/app"),
      ("postgresql+asyncpg://host/app?ssl=require", "postgresql://host/app?sslmode=require"),
      ("host=/tmp user = 'o''x' dbname='a\\'b c' password=secret", nil),
      (
        "host=/tmp user=me dbname='a\\'b c' password='sec ret'",
        "postgresql://me@/a%27b%20c?host=/tmp"
      ),
    ] as [(String, String?)] {
      guard let expected else {
        #expect(throws: PostgreSQLEngineError.self) { try PostgreSQLLocation(text) }
        continue
      }
      #expect(try PostgreSQLLocation(text).description == expected)
    }
  }

  @Test("the URL for another program has the password and the driver")
  func whole() throws {
    for text in [
      "postgresql+psycopg://me:p%40s%2Fs@host:5433/app?sslmode=require",
      "postgresql://me:x@/app?host=/run/postgresql&port=5433",
    ] {
      #expect(try PostgreSQLLocation(text).url == text)
    }
    #expect(
      try PostgreSQLLocation("postgresql://me:p@ss@host/app").password == "p@ss")
  }

  @Test(
    "what is written wrongly is refused, and no piece of a password is shown",
    arguments: [
      "postgresql://me:sec/ret@host/app", "postgresql://me:sec%ret@host/app",
      "postgresql://host:sec/app", "mysql://me:secret@host/app", "sec://ret", "secret",
      "sec ret = x secret", "postgresql://host/app?secret", "password='secret", "sec\0ret",
    ])
  func refusals(text: String) throws {
    let error = #expect(throws: PostgreSQLEngineError.self) {
      try PostgreSQLConnection(url: text)
    }
    let message = try #require(error?.description)
    #expect(message.contains("expected a PostgreSQL database"))
    #expect(!message.contains("ret") && !message.contains("sec%"), "\(message)")
  }

  @Test("statements are quoted in messages without the passwords that they set")
  func masks() {
    for (sql, expected) in [
      ("CREATE ROLE a PASSWORD 'geheim' LOGIN", "CREATE ROLE a PASSWORD '***' LOGIN"),
      ("alter user a encrypted password E'ge\\'heim'", "alter user a encrypted password '***'"),
      ("ALTER ROLE a PASSWORD $x$geheim$x$", "ALTER ROLE a PASSWORD '***'"),
      ("ALTER ROLE a PASSWORD 'it''s geheim", "ALTER ROLE a PASSWORD '***'"),
      (
        "CREATE SUBSCRIPTION s CONNECTION 'host=a password=geheim dbname=b'",
        "CREATE SUBSCRIPTION s CONNECTION 'host=a password='***' dbname=b'"
      ),
      ("CREATE TABLE a (password text)", "CREATE TABLE a (password text)"),
      ("ALTER ROLE a PASSWORD NULL", "ALTER ROLE a PASSWORD NULL"),
    ] {
      let failure = StatementFailure(sql: sql, code: "42704", message: "no")
      #expect(failure.description.hasSuffix("\n  " + expected))
    }
  }
}
