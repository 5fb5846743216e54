import EngineSQLite
import SchemaModel
import Testing

@Suite("Lineage")
struct LineageTests {
  static let users = """
    CREATE TABLE users (id INTEGER PRIMARY KEY, Name TEXT, age INT);
    CREATE INDEX ix_name ON users (Name);
    CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT REFERENCES users (id));
    INSERT INTO users VALUES (7, 'a', 1);
    """

  private func summaries(_ script: String, after first: String = users) throws -> [String] {
    var session = try Session()
    try session.step(first)
    return try session.summaries(script)
  }

  @Test("a table that is renamed stays the same table, and what hangs on it follows")
  func renameTable() throws {
    #expect(
      try summaries("alter table USERS rename to People") == [
        "rename table users to People",
        "alter constraint posts FOREIGN KEY (user_id) REFERENCES users (id) -> FOREIGN KEY (user_id)"
          + " REFERENCES People (id)",
        "alter index ix_name: follows its table, now People",
      ])
  }

  @Test("two tables that change names stay themselves")
  func swapTables() throws {
    #expect(
      try summaries(
        """
        ALTER TABLE a RENAME TO t; ALTER TABLE b RENAME TO a; ALTER TABLE t RENAME TO b;
        """, after: "CREATE TABLE a (x); CREATE TABLE b (y)") == [
          "rename table b to b~renaming", "rename table a to b", "rename table b~renaming to a",
        ])
  }

  @Test("a column that is renamed stays the same column, with or without the word COLUMN")
  func renameColumn() throws {
    #expect(
      try summaries(
        "ALTER TABLE users RENAME name TO full; ALTER TABLE users RENAME COLUMN \"full\" TO whole")
        == [
          "rename column users.Name to whole", "alter index ix_name: (Name) -> (whole)",
        ])
    #expect(
      try summaries("ALTER TABLE users RENAME COLUMN \"Name\" TO name") == [
        "rename column users.Name to name", "alter index ix_name: (Name) -> (name)",
      ])
  }

  @Test("Alembic's batch rebuild is the table altered, and the select list tells the renames")
  func batch() throws {
    let found = try summaries(
      """
      CREATE TABLE _alembic_tmp_users (id INTEGER NOT NULL, years VARCHAR, note TEXT,
        PRIMARY KEY (id));
      INSERT INTO _alembic_tmp_users (id, years) SELECT users.id, CAST(users.age AS VARCHAR) AS
        anon_1 FROM users;
      DROP TABLE users;
      ALTER TABLE _alembic_tmp_users RENAME TO users;
      """)
    #expect(
      found == [
        "drop index ix_name on users", "rename column users.age to years", "drop column users.Name",
        "alter column users.id: now NOT NULL",
        "alter column users.years: type INT -> VARCHAR",
        "add column users.note TEXT",
      ])
  }

  @Test("the rebuild that renames the old table away first is the table altered")
  func renameAway() throws {
    #expect(
      try summaries(
        """
        ALTER TABLE posts RENAME TO old_posts;
        CREATE TABLE posts (id INTEGER PRIMARY KEY, author INT REFERENCES users (id));
        INSERT INTO posts SELECT * FROM old_posts AS o;
        DROP TABLE old_posts;
        """) == ["rename column posts.user_id to author"])
  }

  @Test("a rebuild by way of a temporary table, as the old SQLite FAQ has it, is the table altered")
  func temporary() throws {
    #expect(
      try summaries(
        """
        CREATE TEMPORARY TABLE backup AS SELECT id, user_id FROM posts;
        DROP TABLE posts;
        CREATE TABLE posts (id INTEGER PRIMARY KEY, author INT);
        INSERT INTO posts (author, id) SELECT COALESCE(user_id, 0), id FROM backup;
        DROP TABLE backup;
        """) == [
          "rename column posts.user_id to author",
          "drop constraint posts FOREIGN KEY (author) REFERENCES users (id)",
        ])
  }

  @Test("a rebuild under another name is a rename")
  func rebuildAndRename() throws {
    #expect(
      try summaries(
        """
        CREATE TABLE articles (id INTEGER PRIMARY KEY, user_id INT REFERENCES users (id));
        INSERT INTO articles (id, user_id) SELECT id, user_id FROM posts WHERE id > 0;
        DROP TABLE posts;
        """) == ["rename table posts to articles"])
  }

  @Test("a copy beside the old table is a new table, and its rows are a data statement")
  func copy() throws {
    var session = try Session()
    try session.step(Self.users)
    let summaries = try session.summaries(
      """
      CREATE TABLE archive (id INTEGER, name TEXT);
      INSERT INTO archive SELECT id, name FROM users;
      """)
    #expect(summaries == ["create table archive (id, name)"])
    #expect(
      session.last.statements.map(\.sql) == ["INSERT INTO archive SELECT id, name FROM users"])
    #expect(
      session.last.rows.tables[.table("archive")]
        == RowSet(
          columns: ["rowid", "id", "name"], rows: [[.integer(1), .integer(7), .text("a")]])
        || session.last.rows.tables[.table("archive")]
          == RowSet(columns: ["id", "name"], rows: [[.integer(7), .text("a")]])
    )
  }

  @Test("a table made again without its rows lives on where its columns do, and is new otherwise")
  func dropAndCreate() throws {
    #expect(
      try summaries(
        "DROP TABLE posts; CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT, body TEXT)")
        == [
          "drop constraint posts FOREIGN KEY (user_id) REFERENCES users (id)",
          "add column posts.body TEXT",
        ])
    #expect(
      try summaries("DROP TABLE posts; CREATE TABLE posts (uuid TEXT, a TEXT, id INT)") == [
        "drop table posts", "create table posts (uuid, a, id)",
      ])
  }

  @Test("an index made again under another name is renamed, where only one can be meant")
  func renameIndex() throws {
    #expect(
      try summaries(
        "DROP INDEX ix_name; CREATE INDEX a ON users (name); CREATE INDEX b ON users (name)") == [
          "drop index ix_name on users", "create index a on users (Name)",
          "create index b on users (Name)",
        ])
    #expect(
      try summaries("DROP INDEX ix_name; CREATE INDEX ix_users_name ON users (name)") == [
        "rename index ix_name to ix_users_name", "alter index ix_users_name: another text",
      ])
  }

  @Test("data statements are told with their count, without those of rebuilds and of the runner")
  func dataStatements() throws {
    var session = try Session()
    session.scratch.keepOut(runnerTable: "alembic_version")
    try session.step(Self.users + "CREATE TABLE alembic_version (version_num TEXT);")
    let statements = try session.scratch.run(
      script: """
        WITH x AS (SELECT 1) UPDATE users SET age = 2; -- why
        INSERT INTO users (age) VALUES (3);
        INSERT INTO users (age) VALUES (3);
        UPDATE alembic_version SET version_num = 'b';
        CREATE TABLE _alembic_tmp_users (id INTEGER PRIMARY KEY, Name TEXT, age INT);
        INSERT INTO _alembic_tmp_users (id, age) SELECT users.id, users.age FROM users;
        DROP TABLE users;
        ALTER TABLE _alembic_tmp_users RENAME TO users;
        REPLACE INTO users (id) VALUES (1)
        """)
    let capture = try session.scratch.capture(after: session.last, statements: statements)
    #expect(
      capture.statements == [
        Statement(sql: "WITH x AS (SELECT 1) UPDATE users SET age = 2"),
        Statement(sql: "INSERT INTO users (age) VALUES (3)", count: 2),
        Statement(sql: "REPLACE INTO users (id) VALUES (1)"),
      ])
    #expect(capture.warnings.map { $0.prefix(34) } == ["it writes rows to alembic_version,"])
    #expect(capture.schema.table("alembic_version") == nil)
    #expect(
      capture.runners == [
        RunnerTable(
          name: "alembic_version", definition: "CREATE TABLE alembic_version (version_num TEXT)")
      ])
  }
}
