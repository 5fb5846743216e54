import SchemaModel
import Testing

@testable import Importers

@Suite("SQL folders")
struct SQLFolderTests {
  /// id, parent, message, path, down path: one line each.
  private func lines(_ folder: SQLFolder) -> [String] {
    folder.drafts.map { draft in
      let source = draft.source
      return [
        draft.id.text, draft.parents.first?.text ?? "-", draft.message, source?.path ?? "-",
        source?.downPath ?? "-",
      ].joined(separator: " | ")
    }
  }

  private func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    return folder
  }

  @Test("plain: numbers sort by value, and .down.sql undoes")
  func plain() throws {
    let files = try folder([
      "10_orders.sql": "create table o(x);", "2_add_users.sql": "create table u(x);",
      "9_x.up.sql": "create table x(x);", "9_x.down.sql": "drop table x;",
      "notes.txt": "no migration",
    ])
    let read = try SQLFolder(files.path)
    #expect(read.layout == .plain)
    #expect(
      lines(read) == [
        "2 | - | add users | 2_add_users.sql | -",
        "9 | 2 | x | 9_x.up.sql | 9_x.down.sql",
        "10 | 9 | orders | 10_orders.sql | -",
      ])
    #expect(read.drafts[1].source?.down == Array("drop table x;".utf8))
  }

  @Test("each layout's own way to ask for no transaction is heeded")
  func transactions() throws {
    func transactional(_ files: [String: String], _ layout: SQLLayout? = nil) throws -> [Bool] {
      let written = try folder(files)
      let read = try SQLFolder(written.path, layout: layout)
      return read.drafts.map { read.scripts[$0.id]?.isTransactional ?? true }
    }
    #expect(
      try transactional([
        "1_a.sql": "-- migrate:up transaction:false\nselect 1;\n-- migrate:down\n",
        "2_b.sql": "-- migrate:up\nselect 1;\n-- migrate:down transaction:false\n",
      ]) == [false, true])
    #expect(
      try transactional([
        "1_a.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nselect 1;\n",
        "2_b.sql": "-- +goose Up\n-- +goose StatementBegin\nselect 1;\n-- +goose StatementEnd\n",
      ]) == [false, true])
    #expect(
      try transactional([
        "20240501120000_a.sql": "-- no-transaction\nselect 1;",
        "20240501120001_b.sql": "select 1; -- no-transaction",
      ]) == [false, true])
    #expect(
      try transactional([
        "2024-05-01-120000_a/up.sql": "select 1;",
        "2024-05-01-120000_a/metadata.toml": "# of Diesel\nrun_in_transaction = false\n",
        "2024-05-01-120001_b/up.sql": "select 1;",
      ]) == [false, true])
    #expect(
      try transactional([
        "V1__a.sql": "select 1;", "V1__a.sql.conf": "executeInTransaction=false\n",
        "V2__b.sql": "select 1;", "V2__b.sql.conf": "executeInTransaction=true",
      ]) == [false, true])
    #expect(try transactional(["1_a.sql": "-- no-transaction\nselect 1;"], .plain) == [true])
  }

  @Test("plain: where the part before _ is not unique, the whole name is the id")
  func plainStems() throws {
    let files = try folder([
      "00.05.00_01_a.sql": "", "00.05.00_02_b.sql": "", "00.06.00_c.sql": "",
    ])
    #expect(
      try SQLFolder(files.path).drafts.map(\.id) == [
        "00.05.00_01_a", "00.05.00_02_b", "00.06.00",
      ])
  }

  @Test("flyway: versions with dots, subfolders, undo, repeatables last, placeholders")
  func flyway() throws {
    let files = try folder([
      "V1__create_users.sql": "create table ${prefix}users(x);", "V1.1__Add_mail.sql": "select 1;",
      "V1_10__later.sql": "select 1;", "sub/V2__Deep.sql": "select 1;",
      "U1.1__Add_mail.sql": "select 2;", "R__views.sql": "create view v as select 1;",
      "README.sql": "-- nothing",
    ])
    let read = try SQLFolder(files.path, definitions: ["prefix": "app_"])
    #expect(read.layout == .flyway)
    #expect(
      lines(read) == [
        "1 | - | create users | V1__create_users.sql | -",
        "1.1 | 1 | Add mail | V1.1__Add_mail.sql | U1.1__Add_mail.sql",
        "1.10 | 1.1 | later | V1_10__later.sql | -",
        "2 | 1.10 | Deep | sub/V2__Deep.sql | -",
        "R__views | 2 | views | R__views.sql | -",
      ])
    #expect(read.scripts["1"]?.text == "create table app_users(x);")
    #expect(read.drafts[0].source?.up == Array("create table ${prefix}users(x);".utf8))
    #expect(
      read.warnings == [
        "left out README.sql: its name is not that of a flyway migration to run"
      ])
    #expect(
      message { _ = try SQLFolder(files.path) }
        == "V1__create_users.sql uses the placeholder ${prefix}, which has no value: give --define prefix=VALUE"
    )
  }

  @Test("flyway: a baseline counts only where the versions before it are gone")
  func flywayBaseline() throws {
    let whole = try folder(["V1__a.sql": "", "B2__b.sql": "", "V2__b.sql": "", "V3__c.sql": ""])
    let read = try SQLFolder(whole.path)
    #expect(read.drafts.map(\.id) == ["1", "2", "3"])
    let why = "it stands for migrations that are there, and those are recorded"
    #expect(read.warnings == ["left out B2__b.sql: \(why)"])
    let cut = try folder(["B2__b.sql": "", "V3__c.sql": ""])
    #expect(try SQLFolder(cut.path).drafts.map(\.id) == ["2", "3"])
  }

  @Test("golang-migrate: pairs by number")
  func golangMigrate() throws {
    let files = try folder([
      "000002_b.up.sql": "", "000002_b.down.sql": "", "000001_create_users.up.sql": "",
      "000001_create_users.down.sql": "",
    ])
    let read = try SQLFolder(files.path)
    #expect(read.layout == .golangMigrate)
    #expect(
      lines(read) == [
        "000001 | - | create users | 000001_create_users.up.sql | 000001_create_users.down.sql",
        "000002 | 000001 | b | 000002_b.up.sql | 000002_b.down.sql",
      ])
  }

  @Test("dbmate: only what stands under migrate:up runs, the date is the version's")
  func dbmate() throws {
    let text =
      "-- migrate:up transaction:false\ncreate table a(x);\n\n-- migrate:down\ndrop table a;\n"
    let files = try folder(["20240501120000_make_a.sql": text])
    let read = try SQLFolder(files.path)
    #expect(read.layout == .dbmate)
    #expect(lines(read) == ["20240501120000 | - | make a | 20240501120000_make_a.sql | -"])
    #expect(read.scripts["20240501120000"]?.text == "create table a(x);\n\n")
    #expect(read.drafts[0].authored?.description == "2024-05-01T12:00:00Z")
    #expect(read.drafts[0].source?.up == Array(text.utf8))
  }

  @Test("goose: only what stands under Up runs")
  func goose() throws {
    let files = try folder([
      "00001_a.sql":
        "-- +goose Up\n-- +goose StatementBegin\ncreate table a(x);\n-- +goose StatementEnd\n-- +goose Down\ndrop table a;"
    ])
    let read = try SQLFolder(files.path)
    #expect(read.layout == .goose)
    #expect(
      read.scripts["00001"]?.text
        == "-- +goose StatementBegin\ncreate table a(x);\n-- +goose StatementEnd\n")
    try files.write("package main", to: "00002_b.go")
    #expect(
      message { _ = try SQLFolder(files.path) }
        == "cannot import 00002_b.go: a migration written in Go; export its SQL to a file of that version"
    )
  }

  @Test("diesel: folders with up.sql and down.sql")
  func diesel() throws {
    let files = try folder([
      "2024-05-01-120000_users/up.sql": "create table u(x);",
      "2024-05-01-120000_users/down.sql": "drop table u;",
      "00000000000000_diesel_initial_setup/up.sql": "",
    ])
    let read = try SQLFolder(files.path)
    #expect(read.layout == .diesel)
    #expect(
      lines(read) == [
        "00000000000000 | - | diesel initial setup | 00000000000000_diesel_initial_setup/up.sql | -",
        "2024-05-01-120000 | 00000000000000 | users | 2024-05-01-120000_users/up.sql | 2024-05-01-120000_users/down.sql",
      ])
  }

  @Test("sqlx: times as versions, single or in pairs")
  func sqlx() throws {
    let files = try folder(["20240501120000_a.sql": "", "20240601120000_b.sql": ""])
    let read = try SQLFolder(files.path)
    #expect(read.layout == .sqlx)
    #expect(read.drafts.map(\.id) == ["20240501120000", "20240601120000"])
    let pairs = try folder(["20240501120000_a.up.sql": "", "20240501120000_a.down.sql": ""])
    #expect(
      lines(try SQLFolder(pairs.path, layout: .sqlx)) == [
        "20240501120000 | - | a | 20240501120000_a.up.sql | 20240501120000_a.down.sql"
      ])
  }

  @Test("prisma: folders with migration.sql")
  func prisma() throws {
    let files = try folder([
      "20240501120000_init/migration.sql": "create table u(x);", "migration_lock.toml": "",
      "20240601120000_more/migration.sql": "",
    ])
    let read = try SQLFolder(files.path)
    #expect(read.layout == .prisma)
    #expect(
      lines(read) == [
        "20240501120000 | - | init | 20240501120000_init/migration.sql | -",
        "20240601120000 | 20240501120000 | more | 20240601120000_more/migration.sql | -",
      ])
    #expect(read.drafts[0].authored?.description == "2024-05-01T12:00:00Z")
  }

  @Test("A version that is there twice is refused with both files")
  func duplicates() throws {
    let files = try folder(["V1__a.sql": "", "V01__b.sql": ""])
    #expect(
      message { _ = try SQLFolder(files.path) }
        == "version 1 is there 2 times: V01__b.sql, V1__a.sql; give each migration a version of its own"
    )
  }

  @Test("A folder that cannot be told says what was seen")
  func mixed() throws {
    let files = try folder([
      "V1__a.sql": "", "00001_a.sql": "-- +goose Up\n", "x/up.sql": "",
    ])
    #expect(
      message { _ = try SQLFolder(files.path) }
        == """
        cannot tell how the migrations in \(files.path) are laid out: found 1 of diesel (folders such as \
        2024-05-01-120000_create_users with up.sql), 1 of flyway (files such as V1__create_users.sql), \
        1 of goose (files such as 00001_create_users.sql with a line '-- +goose Up'); say which with \
        --layout, or name a folder of one kind
        """)
    let python = try folder(["a.py": "revision = 'a'"])
    #expect(
      message { _ = try SQLFolder(python.path) }
        == "cannot tell how the migrations in \(python.path) are laid out: found 1 Python files and no .sql; for Alembic use: strata import alembic \(python.path)"
    )
  }

  @Test("Empty folders, no folders, wrong layouts and text that is not UTF-8 are told apart")
  func unusable() throws {
    let empty = try folder(["migrations/1_a.sql": ""])
    #expect(
      message { _ = try SQLFolder(empty.path) }
        == "nothing to import in \(empty.path): expected SQL migrations; there are folders in it: migrations"
    )
    #expect(
      message { _ = try SQLFolder(empty.path, layout: .flyway) }
        == "nothing to import in \(empty.path): expected files such as V1__create_users.sql")
    #expect(
      message { _ = try SQLFolder("/no/such/folder") }
        == "/no/such/folder is not there: expected a folder of SQL migrations")
    let latin = try folder([:])
    try latin.write([0x2d, 0x2d, 0x20, 0xe9, 0x0a], to: "1_a.sql")
    #expect(
      message { _ = try SQLFolder(latin.path) }
        == "1_a.sql is not UTF-8 text (byte 3): convert it first")
    let unmarked = try folder(["00001_a.sql": "create table a(x);"])
    #expect(
      message { _ = try SQLFolder(unmarked.path, layout: .goose) }
        == "00001_a.sql has no line '-- +goose Up': add it, or name another layout with --layout")
  }

  @Test("Defined names are replaced in every layout, others stay as they are")
  func definitions() throws {
    let files = try folder(["1_a.sql": "create table ${T}(x default '${other}');"])
    let read = try SQLFolder(files.path, definitions: ["T": "users"])
    #expect(read.scripts["1"]?.text == "create table users(x default '${other}');")
  }

  @Test("A failing script stops the import with revision, file and what the engine said")
  func failing() throws {
    let files = try folder(["1_a.sql": "create table a(x);", "2_b.sql": "create table a(x);"])
    let read = try SQLFolder(files.path)
    var recorded: [RevisionID] = []
    let text = message {
      try HistoryImport(
        engine: NamesEngine(), runner: read.runner(), graph: MigrationGraph(read.drafts)
      ).run { recorded.append($0.draft.id) }
    }
    #expect(recorded == ["1"])
    #expect(text.hasPrefix("revision 2 (2_b.sql) failed: SQLite error 1: table a already exists"))
    #expect(
      text.hasSuffix(
        "next: correct the migration"
      ))
  }
}
