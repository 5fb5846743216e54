import EnginePostgreSQL
import Foundation
import HistoryGenerator
import SchemaHistory
import SchemaModel

extension Rows {
  /// The same scripts, run plainly in one scratch database and recorded through another, in turn.
  func recordPostgreSQL() throws -> [Row] {
    let engine = PostgreSQLEngine()
    let plain = try engine.makeScratch()
    let judged = try engine.makeScratch()
    defer {
      plain.discard()
      judged.discard()
    }
    let history = try History.create(
      at: histories.directory + "/postgresql", dialect: Dialect("postgresql"), by: "benchmark")
    // As an import records: while some revisions become durable, the next ones run.
    let queue = RecordingQueue(history, by: "benchmark")
    var capture = Capture(schema: Schema())
    var parents: [RevisionID] = []
    var random = SeededRandom(seed: 61)
    var ours = 0.0
    var theirs = 0.0
    let scripts = PostgreSQLScripts(tables: 500)
    // Who comes first in a new cluster pays for the growth of its files; a file system takes its time
    // after many were deleted, so nothing is.
    let warmUp = try engine.makeScratch()
    _ = try warmUp.run(script: scripts.first)
    defer { warmUp.discard() }
    let all = (0...1000).map { $0 == 0 ? scripts.first : scripts.next($0, &random) }
    // In blocks, each with all that it begins: what is under way at its end is waited for.
    for start in stride(from: 0, to: all.count, by: 250) {
      let block = start..<min(start + 250, all.count)
      func record() throws {
        ours +=
          try time {
            for number in block {
              let statements = try judged.run(script: all[number])
              capture = try judged.capture(after: capture, statements: statements)
              let id = RevisionID("r\(number)")
              let draft = RevisionDraft(id: id, parents: parents)
              try queue.record(Recording(draft: draft, change: .capture(capture)))
              parents = [id]
            }
            try queue.wait()
          }.nanoseconds
      }
      func run() throws {
        theirs += try time { for number in block { _ = try plain.run(script: all[number]) } }
          .nanoseconds
      }
      if start % 500 == 0 { try record(); try run() } else { try run(); try record() }
      report("  \(block.upperBound) revisions, \(ours / theirs) times")
    }
    return [
      Row(
        what:
          "PostgreSQL: record 1,000 revisions over 500 tables, as an import does; the same scripts "
          + "run plainly", ours: duration(ours), theirs: duration(theirs),
        ratio: ours / theirs, bar: 2.5)
    ]
  }

  /// langflow over PostgreSQL: recorded beside plain Alembic, and its head beside psql.
  func langflowPostgreSQL() throws -> [Row] {
    let strata = try Self.commandLine()
    let corpus = try Corpus.langflow()
    let (serverStart, cluster) = try time { try PostgreSQLCluster() }
    defer { cluster.stop() }
    let server = try PostgreSQLConnection(cluster.location)
    let directory = histories.directory + "/langflow-postgresql"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var count = 0
    func fresh() throws -> String {
      try server.execute("DROP DATABASE IF EXISTS langflow\(count) WITH (FORCE)")
      count += 1
      try server.execute("CREATE DATABASE langflow\(count) TEMPLATE template0")
      return cluster.location.with(database: "langflow\(count)").url
    }
    let store = directory + "/store"
    let taken = try langflowImports(corpus, strata, store, fresh)
    let baselines = try langflowBaselines(directory, strata, store, fresh)
    let (a, b) = (median(baselines.ours), median(baselines.theirs))
    let whole = median(taken.recorded)
    let (plain, start) = (median(taken.alembic), median(taken.alembicStart))
    return [
      Row(
        what: "PostgreSQL: `strata import` of langflow, whole process with its server; `alembic "
          + "upgrade heads` on a running one", ours: duration(whole), theirs: duration(plain),
        ratio: whole / plain, bar: nil),
      Row(
        what: "the same without what starting Python and Alembic takes, and the server",
        ours: duration(whole - start - serverStart), theirs: duration(plain - start),
        ratio: (whole - start - serverStart) / (plain - start), bar: 2.5),
      Row(
        what:
          "PostgreSQL: `strata baseline --into` (langflow head), whole process; `psql -1 -f` of "
          + "the same script", ours: duration(a), theirs: duration(b), ratio: a / b, bar: 1.15),
      Row(
        what:
          "PostgreSQL: `strata baseline --into` (langflow head); `alembic upgrade heads`, times "
          + "faster", ours: duration(a), theirs: duration(plain), ratio: plain / a, bar: 15,
        isAtLeast: true),
    ]
  }

  /// Nanoseconds of whole imports into `store`, of plain Alembic, and of Alembic with nothing to do.
  private func langflowImports(
    _ corpus: Corpus, _ strata: String, _ store: String, _ fresh: () throws -> String
  ) throws -> (recorded: [Double], alembic: [Double], alembicStart: [Double]) {
    var recorded: [Double] = []
    var alembic: [Double] = []
    var alembicStart: [Double] = []
    for _ in 0..<3 {
      try? FileManager.default.removeItem(atPath: store)
      try spawn([strata, "--store", store, "init", "--dialect", "postgresql"])
      recorded.append(
        try time {
          try spawn([
            strata, "--store", store, "import", "alembic", corpus.versions, "--python",
            corpus.python, "--path", corpus.path,
          ])
        }.nanoseconds)
      let url = try fresh()
      func upgrade() throws {
        try spawn([
          corpus.python, corpus.upgrade, "--versions", corpus.versions, "--url", url, "--path",
          corpus.path, "--transaction-per-migration",
        ])
      }
      alembic.append(try time(upgrade).nanoseconds)
      // What is left where nothing is to be done.
      alembicStart.append(try time(upgrade).nanoseconds)
    }
    return (recorded, alembic, alembicStart)
  }

  /// Nanoseconds of a baseline put into a database, and of psql with the same script.
  private func langflowBaselines(
    _ directory: String, _ strata: String, _ store: String, _ fresh: () throws -> String
  ) throws -> (ours: [Double], theirs: [Double]) {
    let script = directory + "/baseline.sql"
    try spawn([strata, "--store", store, "baseline", "-o", script])
    // psql has a transaction of its own around it.
    let lines = try String(contentsOfFile: script, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0 != "BEGIN;" && $0 != "COMMIT;" }
    try lines.joined(separator: "\n").write(toFile: script, atomically: true, encoding: .utf8)
    var ours: [Double] = []
    var theirs: [Double] = []
    for round in 0..<30 {
      func created() throws {
        let url = try fresh()
        ours.append(
          try time { try spawn([strata, "--store", store, "baseline", "--into", url]) }.nanoseconds)
      }
      func restored() throws {
        let url = try fresh()
        theirs.append(
          try time {
            try spawn(["/usr/bin/psql", "-X", "-q", "-1", "-f", script, url])
          }.nanoseconds)
      }
      if round % 2 == 0 { try created(); try restored() } else { try restored(); try created() }
    }
    return (ours, theirs)
  }
}

/// What migrations do to a database with many tables, one change a revision.
struct PostgreSQLScripts {
  let tables: Int

  /// Every table, with a key, a few columns, an index and a foreign key.
  var first: String {
    (0..<tables).map { number in
      """
      CREATE TABLE t\(number) (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(100) NOT NULL,
        state text DEFAULT 'new' CHECK (state IN ('new', 'old')), made timestamptz DEFAULT now(),
        other bigint\(number > 0 ? " REFERENCES t\(number - 1) ON DELETE CASCADE" : ""), note text
      );
      CREATE INDEX t\(number)_name ON t\(number) (lower(name)) WHERE state <> 'old';
      """
    }.joined(separator: "\n")
  }

  func next(_ number: Int, _ random: inout SeededRandom) -> String {
    let table = "t\(random.below(tables))"
    return switch number % 10 {
    case 0: "CREATE TABLE n\(number) (id serial PRIMARY KEY, t bigint REFERENCES \(table), x text)"
    case 1: "CREATE INDEX i\(number) ON \(table) (state, made DESC)"
    case 2: "ALTER TABLE \(table) ADD CONSTRAINT c\(number) CHECK (length(name) > 0)"
    case 3: "COMMENT ON TABLE \(table) IS 'revision \(number)'"
    case 4: "INSERT INTO \(table) (name) VALUES ('row of \(number)')"
    case 5: "CREATE VIEW v\(number) AS SELECT id, name FROM \(table) WHERE state = 'new'"
    case 6: "ALTER TABLE \(table) ALTER COLUMN note SET DEFAULT '\(number)'"
    case 7: "CREATE FUNCTION f\(number)(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1 + 1'"
    default: "ALTER TABLE \(table) ADD COLUMN c\(number) integer NOT NULL DEFAULT 0"
    }
  }
}
