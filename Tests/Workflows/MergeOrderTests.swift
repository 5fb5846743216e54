import DialectRegistry
import EnginePostgreSQL
import Foundation
import RandomSchemas
import SchemaHistory
import SchemaModel
import Testing

@testable import Workflows

/// Each revision puts a row into one table with a counter, so that the rows tell in which order the
/// revisions ran. STRATA_SEED repeats a run, STRATA_GRAPHS=50 is a longer one.
@Suite(
  "The order in which merges run what they need",
  .enabled(if: AlembicPython.path != nil, "no Python with Alembic"))
struct MergeOrderTests {
  struct Node {
    var id: String
    var parents: [String] = []
    var dependsOn: [String] = []

    var isMerge: Bool { Set(parents + dependsOn).count > 1 }
  }

  struct Way: CustomTestStringConvertible, Sendable {
    var dialect: Dialect
    var usesEnv: Bool
    var testDescription: String { "\(dialect), \(usesEnv ? "env.py" : "without env.py")" }
  }

  private static let ways = [Dialects.usual, Dialect("postgresql")].flatMap { dialect in
    [true, false].map { Way(dialect: dialect, usesEnv: $0) }
  }

  nonisolated(unsafe) private static let cluster = Result { try PostgreSQLCluster() }

  /// Forks, merges of merges, dependencies across the branches, several bases; at last all heads are one.
  static func graph(_ random: inout SeededGenerator, count: Int) -> [Node] {
    var nodes: [Node] = []
    func heads() -> [String] {
      let parents = Set(nodes.flatMap(\.parents))
      return nodes.map(\.id).filter { !parents.contains($0) }
    }
    for number in 0..<count {
      var node = Node(id: String(UInt32.random(in: 0...UInt32.max, using: &random), radix: 16))
      node.id = "r\(number)" + node.id
      let earlier = nodes.map(\.id)
      if !earlier.isEmpty, random.chance(92) {
        let open = heads()
        if open.count > 1, random.chance(45) {
          node.parents = Array(open.shuffled(using: &random).prefix(random.chance(20) ? 3 : 2))
        } else {
          node.parents = [random.pick(random.chance(50) ? open : earlier)]
        }
      }
      if !earlier.isEmpty, random.chance(20) {
        let needed = Set((0..<(random.chance(30) ? 2 : 1)).map { _ in random.pick(earlier) })
        node.dependsOn = needed.subtracting(node.parents).sorted()
      }
      nodes.append(node)
    }
    nodes.append(Node(id: "last", parents: heads().shuffled(using: &random)))
    return nodes
  }

  private static func file(_ node: Node, _ dialect: Dialect) -> String {
    func names(_ ids: [String]) -> String {
      ids.isEmpty ? "None" : "(" + ids.map { "'\($0)', " }.joined() + ")"
    }
    let counter =
      dialect == Dialects.usual ? "integer PRIMARY KEY AUTOINCREMENT" : "serial PRIMARY KEY"
    return """
      from alembic import op
      revision = '\(node.id)'
      down_revision = \(names(node.parents))
      depends_on = \(names(node.dependsOn))

      def upgrade():
          op.execute("CREATE TABLE IF NOT EXISTS log (n \(counter), id text)")
          op.execute("INSERT INTO log (id) VALUES ('\(node.id)')")

      """
  }

  private static let envFile = """
    import os
    from alembic import context
    from sqlalchemy import create_engine
    url = os.environ.get("JUDGED_URL") or context.config.get_main_option("sqlalchemy.url")
    with create_engine(url).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()

    """

  /// Alembic's own upgrade to each revision, from empty. A set of dependencies comes in the order of
  /// its hashes, so these are the bridge's.
  private static let judge = """
    import os, sys
    import sqlalchemy as sa
    from alembic import command
    from alembic.config import Config
    config, url = Config(sys.argv[1]), os.environ["JUDGED_URL"]
    engine = sa.create_engine(url)
    for revision in sys.argv[2:]:
        if engine.dialect.name == "sqlite":
            if os.path.exists(engine.url.database):
                os.remove(engine.url.database)
        else:
            with engine.begin() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
        command.upgrade(config, revision)
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT n, id FROM log ORDER BY n")).fetchall()
        engine.dispose()
        print(revision, *("%d=%s" % tuple(row) for row in rows))
    """

  private struct Bed {
    var folder: TestFolder
    var history: History
    var way: Way
    var context: WorkflowContext
    var listener: Listening

    var settings: AlembicSettings {
      AlembicSettings(python: AlembicPython.path, usesEnv: way.usesEnv)
    }
    var source: MigrationsSource { .alembic(folder.path + "/alembic.ini", settings) }

    init(_ way: Way) throws {
      self.way = way
      folder = try TestFolder()
      history = try History.create(at: folder.path + "/store", dialect: way.dialect, by: "Ada")
      listener = Listening()
      var scratch = ScratchOptions()
      if way.dialect != Dialects.usual {
        scratch = ScratchOptions(url: try cluster.get().location.url, trustsMigrations: true)
      }
      context = WorkflowContext(scratch: scratch, listener: listener)
      try folder.write("[alembic]\nscript_location = %(here)s/s\n", to: "alembic.ini")
      try folder.write(MergeOrderTests.envFile, to: "s/env.py")
    }

    func write(_ nodes: some Sequence<Node>) throws {
      for node in nodes {
        try folder.write(MergeOrderTests.file(node, way.dialect), to: "s/versions/\(node.id).py")
      }
    }

    @discardableResult
    func take() throws -> ImportResult {
      try AlembicImport(folder: folder.path + "/alembic.ini", settings: settings)
        .run(in: history, by: "Ada", context)
    }

    /// `n=id` of every row, by the revision.
    func recorded(_ nodes: [Node]) throws -> [String: [String]] {
      var found: [String: [String]] = [:]
      for node in nodes {
        let rows = try history.rows(at: RevisionID(node.id)).tables
        found[node.id] = rows.filter { $0.key.name == "log" }.values.flatMap(\.rows).map { row in
          row.map {
            switch $0 {
            case .integer(let number): "\(number)"
            case .text(let text): text
            default: "?"
            }
          }.joined(separator: "=")
        }
      }
      return found
    }

    /// Nil for a graph that Alembic itself trips over: one that merges a head with another that depends
    /// on it.
    func judged(_ nodes: [Node]) throws -> [String: [String]]? {
      var url = "sqlite:///\(folder.path)/judged.db"
      if way.dialect != Dialects.usual {
        let name = "judged_\(UInt32.random(in: 0...UInt32.max))"
        let location = try cluster.get().location
        try PostgreSQLConnection(location).execute("CREATE DATABASE \(name)")
        url = location.with(database: name).url
      }
      let ran = try running(
        try #require(AlembicPython.path),
        ["-B", "-c", MergeOrderTests.judge, folder.path + "/alembic.ini"] + nodes.map(\.id),
        environment: ["JUDGED_URL": url, "PYTHONHASHSEED": "0"])
      if ran.code != 0, ran.text.contains("KeyError") { return nil }
      try #require(ran.code == 0, "\(ran.text)")
      var found: [String: [String]] = [:]
      for line in ran.text.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        found[words[0]] = Array(words.dropFirst())
      }
      return found
    }
  }

  /// Takes the folder in, whole or in two parts, holds each revision's rows against Alembic's, and cuts.
  /// - Returns: false for a graph that Alembic itself trips over.
  private func look(
    _ way: Way, _ nodes: [Node], first count: Int, _ comment: Comment
  ) throws -> Bool {
    let bed = try Bed(way)
    try bed.write(nodes)
    guard let judged = try bed.judged(nodes) else { return false }
    for node in nodes[count...] { try bed.folder.remove("s/versions/\(node.id).py") }
    if count > 0 { try bed.take() }
    try bed.write(nodes)
    try bed.take()
    let recorded = try bed.recorded(nodes)
    for node in nodes {
      #expect(recorded[node.id] == judged[node.id], "at \(node.id), \(comment)")
    }
    #expect(try bed.history.verify(full: true).findings.isEmpty, comment)
    _ = try HistoryTruncation(at: "last", source: bed.source)
      .run(in: bed.history, by: "Ada", bed.context)
    let warnings = bed.listener.heard.filter {
      $0.hasPrefix("warning") && !$0.contains("was left out: what it sets")
    }
    #expect(warnings == [], comment)
    return true
  }

  @Test("random graphs leave the rows that `alembic upgrade` leaves, and are cut", arguments: ways)
  func random(way: Way) throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["STRATA_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 32)
    var random = SeededGenerator(seed: seed)
    let wanted = environment["STRATA_GRAPHS"].flatMap { Int($0) } ?? 2
    var (turn, seen) = (0, 0)
    while seen < wanted, turn < 20 * wanted {
      let nodes = Self.graph(&random, count: Int.random(in: 5...14, using: &random))
      // Some come to a history that is there already.
      let first = random.chance(50) ? Int.random(in: 0..<nodes.count, using: &random) : 0
      if try look(way, nodes, first: first, "seed \(seed), turn \(turn): \(nodes)") { seen += 1 }
      turn += 1
    }
    #expect(seen == wanted)
  }
}
