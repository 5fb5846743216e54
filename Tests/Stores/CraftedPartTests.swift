import Foundation
import GRDB
import SchemaHistory
import SchemaModel
import Storage
import StoreFormat
import Testing

extension CraftedStoreTests {
  fileprivate static let evil = Array("evil\n".utf8)

  private func files(_ bed: StoreBed) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: bed.migrations).sorted()
  }

  @Test("is finished in the folder that is named, and only there")
  func finishing() throws {
    for words in [["restore", "--finish", "m"], ["import", "sql", "m"]] {
      let bed = try StoreBed()
      try bed.withState {
        $0.pending = PendingFolder(
          directory: bed.migrations, writes: ["sub/006_t.sql": Self.evil],
          removes: ["001_t.sql"])
      }
      let elsewhere = bed.victim
      let before = try bed.outside()
      for other in [
        ["query", "SELECT 1"], ["tag", "v1"], ["restore"], ["truncate", "003"],
        ["restore", "--finish", elsewhere], ["restore", "--folder", elsewhere],
        ["import", "sql", elsewhere], ["rebuild"], ["compact"],
      ] {
        _ = try bed.run(other)
        #expect(try bed.outside() == before, "\(other)")
      }
      #expect(try bed.run(["tag", "v2"]).errors.contains("strata restore --finish DIR"))
      #expect(try bed.run(["truncate", "003"]).code == 4)
      let verified = try bed.run(["verify"])
      // No cut and no restoration of this history asks for it.
      #expect(verified.code == 3 && verified.output.contains("no event says that a folder"))
      #expect(verified.output.contains("strata restore --finish DIR"))
      _ = try bed.run(words)
      #expect(try !files(bed).contains("001_t.sql"), "\(words)")
      #expect(
        FileManager.default.contents(atPath: bed.migrations + "/sub/006_t.sql") == Data(Self.evil))
      #expect(try History.open(at: bed.store, readOnly: true).interruptedFolder() == nil)
      #expect(try bed.run(["restore", "--finish", "m"]).output == "Nothing was interrupted\n")
    }
  }

  @Test("whose cut rewrote a folder is restored where its user names that, now or before")
  func restoring() throws {
    let bed = try StoreBed()
    let before = try bed.outside()
    #expect(try bed.run(["truncate", "003", "--sql", "m"]).code == 0)
    let cut = try bed.outside()
    // What was remembered is somebody else's, as for a store that was cloned.
    try FileManager.default.removeItem(atPath: bed.home + "/.local")
    let refused = try bed.run(["restore"])
    #expect(refused.code == 4 && refused.errors.contains("--folder DIR"))
    #expect(try bed.outside() == cut)
    #expect(try bed.run(["restore", "--folder", "m"]).code == 0)
    #expect(try bed.outside() == before)
    #expect(try bed.run(["truncate", "003", "--sql", "m"]).code == 0)
    #expect(try bed.run(["restore"]).code == 0)
    #expect(try bed.outside() == before)
  }

  @Test("that names an interpreter does not get it started")
  func interpreter() throws {
    let bed = try StoreBed()
    try FileManager.default.createDirectory(
      atPath: bed.project + "/a/versions", withIntermediateDirectories: true)
    try bed.write(
      "revision = 'a1'\ndown_revision = None\ndef upgrade():\n  pass\n",
      bed.project + "/a/versions/a1.py")
    try bed.write("", bed.project + "/a/env.py")
    for named in ["\(bed.victim)/evil", "../victim/evil", "evil"] {
      try bed.write(
        """
        [import]
        alembic = "a"
        python = "\(named)"
        path = ["\(bed.victim)"]
        env = true
        """, bed.store + "/settings.toml")
      for words in [
        [], ["import"], ["import", "alembic", "a"], ["truncate", "003", "--alembic", "a"],
      ] {
        _ = try bed.run(words)
      }
      #expect(!FileManager.default.fileExists(atPath: bed.victim + "/ran"), "\(named)")
    }
    try FileManager.default.removeItem(atPath: bed.store + "/settings.toml")
    // A canary: where the user names it, it is started.
    _ = try bed.run(["import", "alembic", "a", "--python", "\(bed.victim)/evil"])
    #expect(FileManager.default.fileExists(atPath: bed.victim + "/ran"))
  }

  @Test("has its projection made anew where its schema is not ours")
  func projection() throws {
    for sql in [
      "CREATE TRIGGER evil AFTER INSERT ON events BEGIN DELETE FROM tags; END",
      "CREATE VIEW evil AS SELECT 1 AS a", "CREATE INDEX evil ON events (upper(kind))",
      "DROP VIEW objects_at; CREATE VIEW objects_at AS SELECT 'evil' AS kind",
    ] {
      let bed = try StoreBed()
      let asked = "SELECT count(*) FROM objects_at WHERE is_head"
      let good = try bed.run(["query", asked])
      let queue = try DatabaseQueue(path: bed.store + "/projection.sqlite")
      try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
      try queue.close()
      #expect(try bed.run(["verify"]).code == 1, "\(sql)")
      let ending = try bed.run(["query", asked])
      #expect(ending.code == 0 && ending.output == good.output, "\(sql): \(ending.errors)")
      let names = try bed.run(["query", "SELECT name FROM sqlite_schema"])
      #expect(!names.output.contains("evil"), "\(sql)")
      #expect(try bed.run(["verify"]).code == 0)
    }
  }

  @Test("has a scratch database made anew where one row is not as recorded")
  func scratchRows() throws {
    for sql in [
      "UPDATE t3 SET b = 'y'", "DELETE FROM t1", "INSERT INTO t5 VALUES (2, NULL)",
      "UPDATE t2 SET a = '1'", "CREATE TRIGGER e AFTER INSERT ON t1 BEGIN DELETE FROM t2; END",
    ] {
      let bed = try StoreBed()
      let name = try #require(
        try FileManager.default.contentsOfDirectory(atPath: bed.store + "/scratch").first)
      let queue = try DatabaseQueue(path: bed.store + "/scratch/" + name)
      try queue.write { try $0.execute(sql: sql) }
      try queue.close()
      let ending = try bed.run(
        ["record", "-m", "x", "--id", "006", "-"], input: "INSERT INTO t1 VALUES (7, 'z');")
      #expect(ending.code == 0, "\(ending.errors)")
      let history = try History.open(at: bed.store, readOnly: true)
      let changed = try RowDiff.differences(history.rows(at: "005"), history.rows(at: "006"))
      #expect(changed == ["t1"], "\(sql)")
      #expect(try history.diff(from: "005", to: "006").isEmpty)
    }
  }

  private enum RowDiff {
    static func differences(_ old: SeedRows, _ new: SeedRows) -> [String] {
      Set(old.tables.keys).union(new.tables.keys).filter { old.tables[$0] != new.tables[$0] }
        .map(\.name).sorted()
    }
  }

  @Test("that refers to itself is damaged, for every verb that reads it")
  func circles() throws {
    let ring = try StoreBed()
    try CraftedStore.nodes.last?.craft(ring)
    for words in [
      ["log", "--graph"], ["stats"], ["show", "ring1"], ["diff", "005", "ring2"],
      ["diff", "ring2", "ring1"], ["blame", "t1", "--at", "ring2"], ["audit"],
      ["query", "SELECT count(*) FROM tables_at"], ["rebuild"], ["truncate", "ring2", "--dry-run"],
    ] {
      let ending = try ring.run(words)
      #expect(ending.code != nil, "\(words): it hung or died")
    }
    for crafted in CraftedStore.nodes {
      let bed = try StoreBed()
      try crafted.craft(bed)
      #expect(try bed.run(["verify"]).code == 3, "\(crafted.name)")
      #expect(try bed.run(["verify", "--full"]).code == 3, "\(crafted.name)")
      let isAboutSchema = !crafted.name.hasPrefix("rows") && !crafted.name.hasPrefix("revision")
      let verbs: [[String]] =
        isAboutSchema
        ? [
          ["schema"], ["diff", "005", "evil"], ["baseline"], ["record", "-"],
          ["query", "SELECT 1"],
        ]
        : crafted.name.hasPrefix("rows")
          ? [["baseline", "--data"], ["record", "-"]] : [["schema", "--at", "ring2~1000000000"]]
      for words in verbs {
        let ending = try bed.run(words, input: "CREATE TABLE n (a);")
        #expect(ending.code == 3, "\(crafted.name), \(words): \(ending)")
      }
    }
  }
}
