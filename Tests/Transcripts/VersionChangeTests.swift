import FoundationEssentials
import Testing

/// Histories that were recorded on one major version of PostgreSQL and go on with another, at the
/// command line: STRATA_PG_BIN names the server of each command.
@Suite("A history that goes on with another major version")
struct VersionChangeTests {
  /// What 15 shows otherwise than later ones: views of one table, also below another name.
  private static let migrations = [
    "001_a.sql": """
    CREATE TABLE users (id int PRIMARY KEY, mail text, secret text DEFAULT md5(random()::text));
    INSERT INTO users (id, mail) VALUES (1, 'a');
    CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY, at date) PARTITION BY RANGE (at);
    CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    """,
    "002_b.sql": """
    CREATE VIEW mails AS SELECT users.id, users.mail FROM users WHERE users.id > 0;
    CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql
      BEGIN ATOMIC SELECT users.id FROM users WHERE users.id = a; END;
    CREATE RULE quiet AS ON DELETE TO users DO INSTEAD UPDATE users SET mail = '' WHERE users.id = old.id;
    """,
    "003_c.sql": """
    CREATE MATERIALIZED VIEW kept AS SELECT users.mail FROM users;
    CREATE UNIQUE INDEX kept_mail ON kept (mail);
    """,
  ]

  private static let versions: [(old: Int, new: Int)] = [(15, 17), (15, 18), (14, 16), (17, 15)]

  private func shell(_ old: Int, _ new: Int) throws -> VersionShell? {
    guard let shell = try VersionShell(old, new) else { return nil }
    for (name, text) in Self.migrations { try shell.write(text, to: "m/\(name)") }
    try shell.run("strata init --dialect postgresql")
    try shell.run("strata import sql m", on: old)
    try shell.write("ALTER TABLE users ADD COLUMN age int;", to: "m/004_d.sql")
    return shell
  }

  @Test("records what the server shows otherwise once, and as the server's", arguments: versions)
  func recordedOnce(_ old: Int, _ new: Int) throws {
    guard let shell = try shell(old, new) else { return }
    let imported = try shell.run("strata import sql m", on: new)
    #expect(imported.contains(" goes on where PostgreSQL \(old)."))
    #expect(imported.contains("Recorded 1 revision with 1 operation from m"))
    let shown = try shell.run("strata show 004")
    #expect(shown.contains("~ alter view public.mails: another definition (as PostgreSQL \(new)."))
    #expect(shown.contains("\n+ add column public.users.age integer\n"))
    let own = shown.split(separator: "\n").filter {
      $0.hasPrefix("~ ") && !$0.contains("(as PostgreSQL \(new).")
    }
    #expect(own == [])
    #expect(try !shell.run("strata log --object mails").contains("004"))
    #expect(try !shell.run("strata blame users").contains("004 ") || shell.blamesOnlyAge())
    let audit = try shell.run("strata audit --object mails --format csv")
    #expect(
      audit.split(separator: "\n").filter { $0.contains("(as PostgreSQL") }.allSatisfy {
        !$0.contains(",Ann Lee <ann@example.org>,2")
      })
    let sql = try shell.run(
      "strata query \"SELECT count(*) AS n FROM events WHERE summary LIKE '%shows it)'\" --json")
    #expect(!sql.contains("\"n\":0"))
    // A second revision on the same version has nothing of it.
    try shell.write("CREATE TABLE five (a int);", to: "m/005_e.sql")
    try shell.run("strata import sql m", on: new)
    let second = try shell.run("strata show 005")
    #expect(second.contains("+ create table public.five") && !second.contains("shows it)"))
    #expect(try shell.run("strata verify --full").hasPrefix("Sound"))
  }

  @Test(
    "says of a difference across the change which part of it is the server's", arguments: versions)
  func difference(_ old: Int, _ new: Int) throws {
    guard let shell = try shell(old, new) else { return }
    try shell.run("strata import sql m", on: new)
    let forward = try shell.run("strata diff 003 004").split(separator: "\n")
    #expect(
      forward.filter { !$0.contains("(as PostgreSQL \(new).") } == [
        "+ add column public.users.age integer"
      ])
    let back = try shell.run("strata diff 004 003").split(separator: "\n")
    #expect(
      back.filter { !$0.contains("(as PostgreSQL \(old).") } == ["- drop column public.users.age"])
    #expect(forward.count == back.count && forward.count > 1)
    // The same database in a history of its own on the new version: nothing but texts.
    try shell.run(
      "strata --version; mkdir other && cp -r m other/ && cd other && strata init --dialect postgresql"
    )
    try shell.run("cd other && strata import sql m", on: new)
    #expect(try shell.run("strata diff 004 other/.strata:004") == "")
    let seen = try shell.run("strata diff 003 other/.strata:003")
    #expect(seen.contains("may be how the one and the other show it"))
    // Up to 14 `public` is the database owner's own, and everybody may make things there.
    let lines = seen.split(separator: "\n").filter {
      !$0.hasPrefix("strata: warning") && !(old < 15 && $0.contains("schema public"))
    }
    #expect(!lines.isEmpty && lines.allSatisfy { $0.hasSuffix(": another definition") })
  }

  @Test("is cut before the change and after it, and put back", arguments: versions)
  func cut(_ old: Int, _ new: Int) throws {
    guard let shell = try shell(old, new) else { return }
    try shell.run("strata import sql m", on: new)
    try shell.write("CREATE VIEW late AS SELECT users.age FROM users;", to: "m/005_e.sql")
    try shell.run("strata import sql m && cp -r m before && cp -r .strata store", on: new)
    for root in ["002", "004"] {
      let refused = try shell.run(
        "strata truncate \(root) --sql m --data keep", on: old, fails: true)
      #expect(refused.contains("prove it on that version (--pg-version \(new), or a server of it"))
      #expect(refused.contains("view public.mails") && refused.contains("Nothing was changed"))
      let cut = try shell.run("strata truncate \(root) --sql m --data keep", on: new)
      #expect(cut.contains("the same to the byte under pg_dump"))
      #expect(cut.contains("fingerprint and rows as recorded at 005"))
      #expect(cut.contains("PostgreSQL \(old).") == (root == "002"))
      #expect(try shell.run("strata verify --full").hasPrefix("Sound"))
      #expect(try !shell.run("strata blame users").contains("missing"))
      // It goes on from the cut, too.
      try shell.write("CREATE TABLE six (a int);", to: "m/006_f.sql")
      let next = try shell.run("strata import sql m", on: new)
      #expect(next.contains("with 1 operation"))
      try shell.run("rm m/006_f.sql && strata restore --folder m && diff -r m before")
      #expect(try shell.run("strata verify --full").hasPrefix("Sound"))
      try shell.run("rm -rf .strata m && cp -r store .strata && cp -r before m")
    }
  }

  @Test(
    "is cut without a folder where the version of its root judges, which is named",
    arguments: versions)
  func cutWithoutFolder(_ old: Int, _ new: Int) throws {
    guard let shell = try shell(old, new) else { return }
    try shell.run("strata import sql m", on: new)
    let refused = try shell.run("strata truncate 002 --no-folder", on: new, fails: true)
    #expect(refused.contains("prove it on that version (--pg-version \(old), or a server of it"))
    let cut = try shell.run("strata truncate 002 --no-folder", on: old)
    #expect(
      cut.contains("not compared by pg_dump: no folder is named whose migrations could run again"))
  }

  @Test("goes on by single scripts, there and back", arguments: versions)
  func scripts(_ old: Int, _ new: Int) throws {
    guard let shell = try shell(old, new) else { return }
    for (version, name) in [(new, "one"), (old, "two"), (new, "three")] {
      try shell.write("CREATE TABLE \(name) (a int);", to: "\(name).sql")
      let recorded = try shell.run("strata record \(name).sql --id \(name)", on: version)
      #expect(recorded.contains("  + create table public.\(name) (a)"))
      #expect(!recorded.contains("  ~ alter view"))
      #expect(try shell.run("strata show \(name)").contains("(as PostgreSQL \(version)."))
    }
    #expect(try shell.run("strata verify --full").hasPrefix("Sound"))
  }

  @Test("keeps the rows as they were recorded, although the migrations make others each time")
  func rows() throws {
    guard let shell = try shell(15, 17) else { return }
    try shell.run("strata import sql m", on: 17)
    let secret =
      try shell.run("strata baseline 003 --data keep").split(separator: "\n")
      .first { $0.hasPrefix("('1', 'a', '") }?.dropLast(2) ?? "?"
    #expect(try shell.run("strata baseline 004 --data keep").contains(secret))
  }

  @Test("takes what the migrations make on the other version where that is more than spelling")
  func otherMigrations() throws {
    guard let shell = try VersionShell(15, 17) else { return }
    try shell.write(
      """
      CREATE TABLE users (id int);
      DO $$ BEGIN
        IF current_setting('server_version_num')::int >= 160000 THEN
          ALTER TABLE users ADD CONSTRAINT newer CHECK (id > 0);
        END IF;
      END $$;
      """, to: "m/001_a.sql")
    try shell.run("strata init --dialect postgresql")
    try shell.run("strata import sql m", on: 15)
    try shell.write("CREATE TABLE late (a int);", to: "m/002_b.sql")
    try shell.run("strata import sql m", on: 17)
    let shown = try shell.run("strata show 002")
    #expect(
      shown.contains("+ add constraint public.users newer: CHECK ((id > 0)) (as PostgreSQL 17."))
    #expect(try shell.run("strata truncate 002 --sql m", on: 17).contains("same to the byte"))
    #expect(try shell.run("strata blame users").contains("001 (archived)"))
    #expect(try !shell.run("strata blame users").contains("002"))
  }

  @Test(
    "goes on from the baseline where the migrations do not run on the other version, and says so")
  func migrationsThatFail() throws {
    guard let shell = try VersionShell(15, 17) else { return }
    try shell.write(
      """
      CREATE TABLE users (id int);
      CREATE VIEW ids AS SELECT users.id FROM users;
      DO $$ BEGIN
        IF current_setting('server_version_num')::int >= 160000 THEN
          RAISE EXCEPTION 'too new a server';
        END IF;
      END $$;
      """, to: "m/001_a.sql")
    try shell.run("strata init --dialect postgresql")
    try shell.run("strata import sql m", on: 15)
    try shell.write("CREATE TABLE late (a int);", to: "m/002_b.sql")
    let imported = try shell.run("strata import sql m", on: 17)
    #expect(imported.contains("the migrations up to 001 do not run on PostgreSQL 17."))
    #expect(imported.contains("too new a server"))
    #expect(
      try shell.run("strata show 002").contains(
        "~ alter view public.ids: another definition (as PostgreSQL 17."))
    let cut = try shell.run("strata truncate 001 --sql m", on: 17, fails: true)
    #expect(cut.contains("too new a server"))
  }

  @Test(
    "merges branches of two versions, and the server's part is nobody's there either",
    .enabled(if: Shell.virtualEnvironment != nil))
  func merges() throws {
    guard let shell = try VersionShell(15, 17) else { return }
    func revision(_ id: String, _ parents: String, _ sql: String) throws {
      try shell.write(
        """
        from alembic import op
        revision = "\(id)"
        down_revision = \(parents)
        def upgrade():
            \(sql.isEmpty ? "pass" : "op.execute(\"\(sql)\")")
        """, to: "m/\(id).py")
    }
    try revision(
      "r1", "None", "CREATE TABLE users (id int); CREATE VIEW ids AS SELECT users.id FROM users")
    try revision("a", "'r1'", "CREATE TABLE a (x int); CREATE VIEW av AS SELECT a.x FROM a")
    try shell.run("strata init --dialect postgresql")
    try shell.run("strata import alembic m", on: 15)
    try revision("b", "'r1'", "CREATE TABLE b (x int); CREATE VIEW bv AS SELECT b.x FROM b")
    try shell.run("strata import alembic m", on: 17)
    #expect(
      try shell.run("strata show b").contains(
        "~ alter view public.ids: another definition (as PostgreSQL 17."))
    try revision("merged", "('a', 'b')", "CREATE TABLE c (x int)")
    try shell.run("strata import alembic m", on: 17)
    let shown = try shell.run("strata show merged").split(separator: "\n")
    #expect(shown.contains("+ create table public.c (x)"))
    #expect(
      shown.contains {
        $0.hasPrefix("~ alter view public.av: another definition (as PostgreSQL 17.")
      })
    #expect(
      shown.filter {
        $0.hasPrefix("+ ") || $0.hasPrefix("~ ") && !$0.contains("(as PostgreSQL 17.")
      }.count == 1)
    #expect(try shell.run("strata verify --full").hasPrefix("Sound"))
    let cut = try shell.run("strata truncate merged --alembic m", on: 17)
    #expect(cut.contains("the same to the byte under pg_dump"))
  }

  @Test("names the version that is needed where what is recorded cannot be made on the other")
  func unmakeable() throws {
    guard let shell = try VersionShell(17, 15) else { return }
    try shell.write(
      "CREATE TABLE t (a text, b text GENERATED ALWAYS AS (a) STORED);", to: "m/001_a.sql")
    try shell.write(
      "CREATE VIEW v AS SELECT j.* FROM t, JSON_TABLE(t.a::jsonb, '$' COLUMNS (x int PATH '$.x')) AS j;",
      to: "m/002_b.sql")
    try shell.run("strata init --dialect postgresql")
    try shell.run("strata import sql m", on: 17)
    try shell.write("CREATE TABLE u (a int);", to: "m/003_c.sql")
    let imported = try shell.run("strata import sql m", on: 15, fails: true)
    #expect(imported.contains("was recorded on PostgreSQL 17."))
    #expect(imported.contains("name that version with --pg-version 17"))
    let recorded = try shell.run("strata record m/003_c.sql --id 003", on: 15, fails: true)
    #expect(recorded.contains("name that version with --pg-version 17"))
    #expect(try !shell.run("strata log").contains("003"))
  }
}
