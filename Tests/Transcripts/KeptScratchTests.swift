import Foundation
import Testing

/// A scratch database that somebody changed between two commands: never an error, and never a part
/// of what is recorded next.
@Suite("Kept scratch databases")
struct KeptScratchTests {
  private let shell: Shell
  private var files: FileManager { .default }
  private var store: String { shell.work.path + "/case/.strata" }
  private var outside: String { shell.work.path + "/outside" }

  private static let first = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n REAL);
    INSERT INTO t (a, n) WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 300)
      SELECT 'row ' || i, i / 7.0 FROM c;
    CREATE INDEX t_a ON t (a);
    CREATE TABLE log (x);
    CREATE VIEW named AS SELECT a FROM t;
    """
  /// Reads by the index, and would run what lies about.
  private static let second = """
    CREATE TABLE copy AS SELECT id, a, n FROM t WHERE a >= 'row 2' ORDER BY a;
    UPDATE t SET n = n + 1 WHERE a = 'row 17';
    """

  init() throws {
    shell = try Shell()
    for (name, sql) in [("1.sql", Self.first), ("2.sql", Self.second)] {
      try Data(sql.utf8).write(to: shell.work.appending(path: name))
    }
    let result = try shell.run(
      """
      mkdir -p outside base/mig && echo precious > outside/file && cd base && strata init \
      && cp ../1.sql mig/1.sql && strata import sql mig && ls .strata/scratch
      """)
    #expect(result.code == 0, "\(result.output)")
  }

  private enum Way: String, CaseIterable {
    case record = "strata record -m x --id 2 ../2.sql"
    case importing = "cp ../2.sql mig && strata import sql mig"
  }

  /// What is recorded after `harm` was done to the kept file.
  private func recorded(_ way: Way, _ harm: (String) throws -> Void) throws -> String {
    let setUp = try shell.run("rm -rf case && cp -a base case && ls case/.strata/scratch")
    let name = setUp.output.split(separator: "\n").first.map(String.init) ?? "none"
    try harm("\(store)/scratch/\(name)")
    let result = try shell.run(
      """
      cd case && timeout 60 \(way.rawValue) > ../output; echo $?
      strata schema; strata diff 1 2 --data; strata baseline 2 --data | grep -v '^--'
      strata verify --full > /dev/null; echo $?
      """)
    #expect(shell.leftovers.isEmpty)
    return result.output
  }

  private func sql(_ statements: String) -> (String) throws -> Void {
    { try SQLiteFile.run(statements, in: $0) }
  }

  private var harms: [(String, (String) throws -> Void)] {
    [
      ("gone", { try files.removeItem(atPath: $0) }),
      ("a row changed", sql("UPDATE t SET a = 'row 200!' WHERE id = 200")),
      ("a real changed by a bit", sql("UPDATE t SET n = n + 1e-15 WHERE id = 3")),
      ("a row more", sql("INSERT INTO t VALUES (999, 'row 9', 0)")),
      ("a row less", sql("DELETE FROM t WHERE id = 250")),
      ("a row in an empty table", sql("INSERT INTO log VALUES (1)")),
      ("another type", sql("UPDATE t SET a = CAST(a AS BLOB) WHERE id = 222")),
      (
        "a trigger",
        sql("CREATE TRIGGER g AFTER INSERT ON log BEGIN DELETE FROM t; END")
      ),
      ("a view", sql("CREATE VIEW other AS SELECT 1")),
      ("a table", sql("CREATE TABLE copy2 (x)")),
      ("a tool's table", sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")),
      (
        "a tool's table with a trigger",
        sql(
          """
          CREATE TABLE schema_migrations (version);
          CREATE TRIGGER g AFTER UPDATE ON schema_migrations BEGIN DELETE FROM t; END;
          """)
      ),
      ("statistics", sql("ANALYZE")),
      ("a version of its own", sql("PRAGMA user_version = 7")),
      (
        "another text of a table",
        sql("PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = sql || ' -- x'")
      ),
      (
        "an index that is not its table's",
        sql(
          """
          PRAGMA writable_schema = 1;
          UPDATE sqlite_schema SET sql = replace(sql, '(a)', '(a DESC)') WHERE name = 't_a';
          """)
      ),
      ("empty", { try Data().write(to: URL(filePath: $0)) }),
      ("no database", { try Data("hello\n".utf8).write(to: URL(filePath: $0)) }),
      (
        "cut off",
        { try #require(files.contents(atPath: $0)).prefix(5000).write(to: URL(filePath: $0)) }
      ),
      (
        "a FIFO",
        {
          try files.removeItem(atPath: $0); #expect(mkfifo($0, 0o600) == 0)
        }
      ),
      (
        "a folder",
        {
          try files.removeItem(atPath: $0);
          try files.createDirectory(atPath: $0 + "/x", withIntermediateDirectories: true)
        }
      ),
      (
        "a link to nothing",
        {
          try files.removeItem(atPath: $0);
          try files.createSymbolicLink(atPath: $0, withDestinationPath: "/nowhere/x")
        }
      ),
      (
        "a link to itself",
        {
          try files.removeItem(atPath: $0);
          try files.createSymbolicLink(atPath: $0, withDestinationPath: $0)
        }
      ),
      (
        "a link out to a good database",
        { path in
          try files.moveItem(atPath: path, toPath: outside + "/good.db")
          try files.createSymbolicLink(atPath: path, withDestinationPath: outside + "/good.db")
        }
      ),
      (
        "the folder a link out",
        { path in
          let folder = (path as NSString).deletingLastPathComponent
          try files.removeItem(atPath: folder)
          try files.createSymbolicLink(atPath: folder, withDestinationPath: outside)
        }
      ),
      (
        "the folder a file",
        { path in
          let folder = (path as NSString).deletingLastPathComponent
          try files.removeItem(atPath: folder)
          try Data().write(to: URL(filePath: folder))
        }
      ),
    ]
  }

  private func outsideListing() throws -> [String: Data?] {
    var found: [String: Data?] = [:]
    for name in try files.subpathsOfDirectory(atPath: outside) {
      found[name] = files.contents(atPath: outside + "/" + name)
    }
    return found
  }

  @Test("whatever was done to the file, what is recorded next is the same")
  func harmed() throws {
    for way in Way.allCases {
      let expected = try recorded(way) { _ in }
      #expect(expected.hasPrefix("0\n") && expected.hasSuffix("0\n"), "\(expected)")
      for (name, harm) in harms {
        let result = try recorded(way) { path in
          try? files.removeItem(atPath: outside + "/good.db")
          try harm(path)
          try Data("precious\n".utf8).write(to: URL(filePath: outside + "/file"))
        }
        #expect(result == expected, "\(name), \(way): \(result)")
        var left = try outsideListing()
        left["good.db"] = nil
        #expect(left == ["file": Data("precious\n".utf8)], "\(name), \(way)")
      }
    }
  }

  @Test("no flipped bit of the file comes into what is recorded next")
  func flipped() throws {
    let expected = try recorded(.record) { _ in }
    var state: UInt64 = 20_261_126
    for _ in 0..<40 {
      var place = 0
      let result = try recorded(.record) { path in
        var bytes = try #require(files.contents(atPath: path))
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        place = Int(state >> 33) % (bytes.count * 8)
        bytes[place / 8] ^= 1 << (place % 8)
        try bytes.write(to: URL(filePath: path))
      }
      #expect(result == expected, "bit \(place): \(result)")
    }
  }
}
