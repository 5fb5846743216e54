import Foundation
import SchemaModel
import DialectPostgreSQL
import Testing

@testable import EnginePostgreSQL

@Suite("A baseline, made in an empty PostgreSQL database")
struct BaselineTests {
  /// Runs each script after the others and returns what a baseline then does not make the same.
  private func walk(_ scripts: [String], from first: Int = 0) throws -> [String] {
    let scratch = try Shared.engine().makeScratch()
    var capture = Capture(schema: Schema())
    var differences: [String] = []
    for (place, script) in scripts.enumerated() {
      capture = try scratch.capture(after: capture, statements: scratch.run(script: script))
      guard place >= first else { continue }
      let found = try BaselineCheck(original: scratch, capture: capture).differences()
      differences += found.map { "after \(script.prefix(80)): \($0)" }
    }
    return differences
  }

  @Test("is the same under pg_dump after each revision, and reads back the same: nearly every kind")
  func everything() throws {
    #expect(
      try walk(ServerTraits.adapted(EverythingHistory.first + EverythingHistory.second)) == [])
  }

  @Test("... and after each change that leaves little trace, the first half")
  func singleOperations() throws {
    let differences = try Shared.renamingRoles.withLock {
      try walk(ServerTraits.adapted(SingleOperations.setup + SingleOperations.first))
    }
    #expect(differences == [])
  }

  @Test("... and after the rest of them")
  func moreSingleOperations() throws {
    let before = ServerTraits.adapted(SingleOperations.setup + SingleOperations.first)
    let differences = try Shared.renamingRoles.withLock {
      try walk(before + ServerTraits.adapted(SingleOperations.second), from: before.count)
    }
    #expect(differences == [])
  }

  private static let everyCase = TableCases.all + ObjectCases.all + RareCases.all

  @Test(
    "... and for what is hard to order or to say",
    arguments: ServerTraits.runnable(everyCase) { $0.script })
  func cases(_ example: BaselineCase) throws {
    let differences = try walk([example.script])
    #expect(differences == [])
  }

  private static let left = everyCase.filter { !ServerTraits.missing(for: $0.script).isEmpty }

  /// Here what is left out is counted, and named.
  @Test(
    "... all of them",
    .enabled(
      if: left.isEmpty,
      "left out: \(left.map { "\($0) (\(ServerTraits.missing(for: $0.script).sorted()))" })"))
  func allCases() { #expect(Self.left.isEmpty) }

  @Test("is the same but for owners and privileges where these are not wanted")
  func portable() throws {
    let scratch = try Shared.engine().makeScratch()
    for script in ServerTraits.adapted(EverythingHistory.first + EverythingHistory.second) {
      _ = try scratch.run(script: script)
    }
    let original = try BaselineCheck.read(scratch).schema
    for options in [
      PostgreSQL.Render.Options(owners: false, grants: false),
      PostgreSQL.Render.Options(owners: true, grants: false),
      PostgreSQL.Render.Options(owners: false, isCommented: true),
    ] {
      let copy = try Shared.engine().makeScratch()
      let version = try copy.open().majorVersion
      try PostgreSQLTarget.create(
        baseline: PostgreSQL.Render.prelude(version: version)
          + PostgreSQL.Render.baseline(original, options: options), into: copy.url)
      let made = try BaselineCheck.read(copy).schema
      #expect(
        BaselineCheck.difference(
          PostgreSQL.Portable.normalized(original), PostgreSQL.Portable.normalized(made)) == [])
      let owners = Set(made.objects.values.compactMap(\.owner))
      #expect(owners == (options.owners ? ["r1", "R 2"] : []))
      #expect(made.objects.values.allSatisfy { $0.grants.isEmpty } == !options.grants)
    }
  }

  @Test("is the same in the portable form as a dump that somebody else restored")
  func restored() throws {
    let scratch = try Shared.engine().makeScratch()
    for script in ServerTraits.adapted(EverythingHistory.first + EverythingHistory.second) {
      _ = try scratch.run(script: script)
    }
    let options = ["--no-owner", "--no-privileges"]
    let dump = try BaselineCheck.dump(scratch.location, options).joined(separator: "\n")
    let copy = try Shared.engine().makeScratch()
    try copy.open().execute(dump)
    #expect(
      BaselineCheck.difference(
        PostgreSQL.Portable.normalized(try BaselineCheck.read(scratch).schema),
        PostgreSQL.Portable.normalized(try BaselineCheck.read(copy).schema)) == [])
  }

  @Test("is told from another: the check finds what differs")
  func canary() throws {
    let scratch = try Shared.engine().makeScratch()
    let first = try scratch.capture(
      after: Capture(schema: Schema()),
      statements: scratch.run(script: "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2)"))
    _ = try scratch.run(script: "ALTER TABLE t DROP COLUMN b; INSERT INTO t VALUES (3)")
    let differences = try BaselineCheck(original: scratch, capture: first).differences()
    #expect(
      differences == [
        "pg_dump of the original:     a integer", "pg_dump of the copy:     a integer,",
      ]
        + ["pg_dump of the copy:     b integer"])
  }

  @Test("names what it leaves out, and makes the rest")
  func unrendered() throws {
    let scratch = try Shared.engine().makeScratch()
    _ = try scratch.run(
      script: """
        CREATE FOREIGN DATA WRAPPER w;
        CREATE SERVER s FOREIGN DATA WRAPPER w;
        CREATE FOREIGN TABLE f (a int) SERVER s;
        CREATE VIEW v AS SELECT * FROM f;
        CREATE OPERATOR FAMILY of USING btree;
        CREATE TABLE t (a int);
        """)
    let schema = try BaselineCheck.read(scratch).schema
    let left = PostgreSQL.Render.unrendered(schema)
    #expect(left.map(\.kind) == [.view, .opaque, .opaque, .opaque, .opaque])
    let copy = try Shared.engine().makeScratch()
    try PostgreSQLTarget.create(baseline: PostgreSQL.Render.baseline(schema), into: copy.url)
    #expect(
      try BaselineCheck.read(copy).schema.paths
        == schema.paths.filter { !left.contains($0) })
  }
}
