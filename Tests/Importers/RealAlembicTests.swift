import DialectPostgreSQL
import DialectSQLite
import FoundationEssentials
import GRDB
import SchemaModel
import Testing

@testable import Importers

@Suite("Real Alembic", .enabled(if: AlembicPython.executable != nil, "no Python with Alembic"))
struct RealAlembicTests {
  private var python: PythonInterpreter {
    PythonInterpreter(executable: AlembicPython.executable ?? "python3", origin: "--python")
  }

  private func table(_ name: String) -> String {
    "op.create_table('\(name)', sa.Column('x', sa.Integer))"
  }

  private func branched() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let make = AlembicFolderTests.migration(_:after:extra:body:)
    try folder.write(make("a1", nil, "", table("a")), to: "v/1_a1.py")
    try folder.write(make("b1", "'a1'", "", table("b")), to: "v/2_b1.py")
    try folder.write(make("b2", "'a1'", "branch_labels = 'side'", table("side")), to: "v/3_b2.py")
    try folder.write(
      make("c1", "('b1', 'b2')", "", "op.rename_table('side', 'joined')"), to: "v/4_c1.py")
    try folder.write(make("d1", "'c1'", "", table("d")), to: "v/5_d1.py")
    return folder
  }

  private func importer(
    _ folder: TemporaryFolder, limit: Duration? = .seconds(60)
  ) throws -> HistoryImport<NamesEngine, AlembicRunner> {
    let read = try AlembicFolder(folder.path + "/v")
    let bridge = Bridge(python: python, limit: limit)
    let graph = try MigrationGraph(try read.drafts(through: bridge))
    let runner = AlembicRunner(
      bridge: bridge, location: read.location, graph: graph, options: try AlembicOptions())
    return HistoryImport(engine: NamesEngine(), runner: runner, graph: graph)
  }

  @Test("A branched history is captured revision by revision, in one Python")
  func branches() throws {
    let folder = try branched()
    let order = try importer(folder)
    var lines: [String] = []
    try order.run { captured in
      lines.append("\(captured.draft.id): \(captured.capture.names.joined(separator: " "))")
    }
    #expect(try Disk.names(in: folder.path + "/v").count == 5)
    #expect(lines == ["a1: a", "b1: a b", "b2: a side", "c1: a b joined", "d1: a b d joined"])
  }

  @Test("A merge has what both sides made in the order in which `alembic upgrade` makes it")
  func mergeOrder() throws {
    let folder = try TemporaryFolder()
    try environment(in: folder)
    func write(
      _ id: String, _ parents: String?, _ extra: String = "", body: String? = nil
    ) throws {
      let body = body ?? "op.add_column('wide', sa.Column('of_\(id)', sa.Integer))"
      let text = AlembicFolderTests.migration(id, after: parents, extra: extra, body: body)
      try folder.write(text, to: "v/\(id).py")
    }
    try write("a1", nil, body: table("wide"))
    try write("other", nil, body: table("o"))
    try write("b1", "'a1'")
    try write("b2", "'b1'")
    try write("c1", "'a1'")
    try write("m1", "('b2', 'c1')")
    try write("d1", "'m1'", "depends_on = 'other'")
    try write("e1", "'m1'")
    try write("m2", "('d1', 'e1')")
    var order = try importer(folder)
    var columns: [String] = []
    let sql = "SELECT name FROM pragma_table_info('wide')"
    order.keep = { _, scratch in
      columns += try DatabaseQueue(path: scratch.file).read { try String.fetchAll($0, sql: sql) }
      scratch.discard()
    }
    try order.run { _ in }
    _ = try alembic(folder, "upgrade", "heads")
    let plain = try DatabaseQueue(path: folder.path + "/test.db").read {
      try String.fetchAll($0, sql: sql)
    }
    #expect(columns == plain)
    #expect(columns.count == 8)
  }

  @Test("A migration that raises stops the import with revision, file, statement and place")
  func raises() throws {
    let folder = try branched()
    try folder.write(
      AlembicFolderTests.migration(
        "d1", after: "'c1'", body: "op.execute('create table a (x)')"), to: "v/5_d1.py")
    let order = try importer(folder)
    var recorded: [RevisionID] = []
    do {
      try order.run { recorded.append($0.draft.id) }
      Issue.record("it ran")
    } catch ImportError.revisionFailed(let failure) {
      #expect(failure.id == "d1")
      #expect(failure.file == "5_d1.py")
      #expect(failure.reason.contains("table a already exists"))
      #expect(failure.statement == "create table a (x)")
      #expect(failure.traceback.last?.contains("5_d1.py:13, in upgrade") == true, "\(failure)")
    }
    #expect(recorded == ["a1", "b1", "b2", "c1"])
  }

  @Test("A migration that never ends is stopped when its time is over")
  func endless() throws {
    let folder = try branched()
    try folder.write(
      AlembicFolderTests.migration(
        "d1", after: "'c1'", body: "import time; time.sleep(1000)"), to: "v/5_d1.py")
    var recorded: [RevisionID] = []
    let order = try importer(folder, limit: .seconds(10))
    let text = message { try order.run { recorded.append($0.draft.id) } }
    #expect(
      text
        == "revision d1 (5_d1.py) had not ended after 10 s and was stopped\nnext: see what it waits for, or give it more time with --timeout"
    )
    #expect(recorded == ["a1", "b1", "b2", "c1"])
  }

  @Test("The folder is left without a trace: no __pycache__")
  func noTrace() throws {
    let folder = try branched()
    let before = try Disk.names(in: folder.path + "/v")
    try importer(folder).run { _ in }
    #expect(try Disk.names(in: folder.path + "/v") == before)
  }

  private let awkward = [
    #"CREATE TABLE "it""s" (a TEXT DEFAULT 'x:y %s %% \n "q" '''' é 🙂', b CHECK (b LIKE '%:z%'))"#,
    "CREATE TABLE lines (\r\n  a TEXT DEFAULT '\"\"\"',\n\tb TEXT -- comment \\ \"\n)",
    #"CREATE TABLE ends (a TEXT DEFAULT "\""#,
  ]

  private let rows = [
    "INSERT INTO \"it\"\"s\" VALUES ('a:b %(c)s\n🙂', NULL)",
    "INSERT INTO lines VALUES ('1', X'00ff')",
  ]

  private func baseline(_ folder: TemporaryFolder) throws -> AlembicBaseline {
    let baseline = AlembicBaseline(
      id: "c1", dialect: .sqlite, labels: ["side", "core"], message: #"join "the" \ sides"#,
      created: Timestamp("2024-05-01T12:00:00.250Z"), note: "Replaces 4 revisions, a1 to c1.",
      upgrade: Array(awkward.prefix(2)) + rows + [
        "CREATE UNIQUE INDEX ix ON lines (lower(a)) WHERE b > ':x'",
        "CREATE VIEW v AS SELECT * FROM lines",
        "CREATE TRIGGER t AFTER INSERT ON lines BEGIN\n  DELETE FROM \"it\"\"s\";\nEND",
      ],
      downgrade: ["DROP VIEW v", "DROP TABLE lines", "DROP TABLE \"it\"\"s\""],
      lines: [SQLiteWords().alembicLines, PostgreSQLWords().alembicLines])
    try folder.write(baseline.text, to: "v/c1.py")
    try folder.write(
      AlembicFolderTests.migration("d1", after: "'c1'", body: table("d")), to: "v/d1.py")
    try environment(in: folder)
    return baseline
  }

  /// What `alembic` itself needs, for the database test.db beside it.
  private func environment(in folder: TemporaryFolder) throws {
    try folder.write(
      """
      from alembic import context
      from sqlalchemy import create_engine
      if context.is_offline_mode():
          context.configure(url="sqlite://", literal_binds=True)
          with context.begin_transaction():
              context.run_migrations()
      else:
          with create_engine("sqlite:///\(folder.path)/test.db").connect() as connection:
              context.configure(connection=connection)
              with context.begin_transaction():
                  context.run_migrations()
      """, to: "env.py")
    try folder.write(
      "[alembic]\nscript_location = \(folder.path)\nversion_locations = \(folder.path)/v\n",
      to: "alembic.ini")
  }

  private func alembic(_ folder: TemporaryFolder, _ arguments: String...) throws -> String {
    let result = try output(
      python.executable, ["-m", "alembic", "-c", folder.path + "/alembic.ini"] + arguments)
    #expect(result.code == 0, "\(result.text)")
    return result.text
  }

  private func schema(_ folder: TemporaryFolder) throws -> [String] {
    try DatabaseQueue(path: folder.path + "/test.db").read {
      try String.fetchAll(
        $0,
        sql:
          "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%' ORDER BY rowid"
      )
    }
  }

  @Test(
    "A baseline file run by Alembic gives every statement to the byte, its rows, and takes it all back"
  )
  func baselineRuns() throws {
    let folder = try TemporaryFolder()
    let baseline = try baseline(folder)
    _ = try alembic(folder, "upgrade", "c1")
    #expect(try schema(folder) == baseline.upgrade.filter { !rows.contains($0) })
    let found = try DatabaseQueue(path: folder.path + "/test.db").read {
      try String.fetchAll($0, sql: "SELECT a FROM \"it\"\"s\" UNION ALL SELECT hex(b) FROM lines")
    }
    #expect(found == ["a:b %(c)s\n🙂", "00FF"])
    _ = try alembic(folder, "upgrade", "heads")
    #expect(try schema(folder).count == 6)
    _ = try alembic(folder, "downgrade", "base")
    #expect(try schema(folder).filter { !$0.contains("TABLE d ") } == [])
  }

  @Test("A baseline file printed with --sql holds the same statements")
  func baselineOffline() throws {
    let folder = try TemporaryFolder()
    let baseline = try baseline(folder)
    let text = try alembic(folder, "upgrade", "c1", "--sql")
    for statement in baseline.upgrade {
      // Python writes \r\n as it is told; what reads the pipe may not.
      #expect(text.contains(statement + ";"), "\(statement)")
    }
  }

  @Test("A baseline that fails half-way leaves nothing behind")
  func baselineIsOneTransaction() throws {
    let folder = try TemporaryFolder()
    var baseline = try baseline(folder)
    baseline.upgrade.append("CREATE TABLE lines (again)")
    try folder.write(baseline.text, to: "v/c1.py")
    let result = try output(
      python.executable, ["-m", "alembic", "-c", folder.path + "/alembic.ini", "upgrade", "c1"])
    #expect(result.code != 0)
    #expect(try schema(folder) == [])
  }

  @Test("A baseline file is read back as the revision that it stands for")
  func baselineIsRead() throws {
    let folder = try TemporaryFolder()
    _ = try baseline(folder)
    let read = try AlembicFolder(folder.path)
    let draft = try #require(
      try read.drafts(through: Bridge(python: python)).first { $0.id == "c1" })
    #expect(draft.parents == [])
    #expect(draft.labels == ["side", "core"])
    #expect(draft.message == #"join "the" \ sides"#)
    #expect(draft.authored?.description == "2024-05-01T12:00:00.250Z")
  }
}
