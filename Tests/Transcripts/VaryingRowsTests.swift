import Foundation
import Testing

/// Rows that the migrations make anew each time they run, on both products.
@Suite("Rows that vary")
struct VaryingRowsTests {
  /// One way in which a row comes from chance or from the clock, and the same without.
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var dialect = "sqlite"
    var sql: String
  }

  static let varying = [
    Case(description: "a random blob", sql: "INSERT INTO t VALUES (hex(randomblob(16)))"),
    Case(description: "a random number", sql: "INSERT INTO t VALUES (random())"),
    Case(description: "the second", sql: "INSERT INTO t VALUES (CURRENT_TIMESTAMP)"),
    Case(description: "the day alone", sql: "INSERT INTO t VALUES (CURRENT_DATE)"),
    Case(
      description: "the day in words", sql: "INSERT INTO t VALUES ('on ' || strftime('%Y%m%d'))"),
    Case(description: "the time alone", sql: "INSERT INTO t VALUES (time('now'))"),
    Case(description: "the epoch", sql: "INSERT INTO t VALUES (strftime('%s', 'now') + 0)"),
    Case(
      description: "midnight as a number",
      sql: "INSERT INTO t VALUES (strftime('%s', 'now', 'start of day') + 0)"),
    Case(
      description: "a default",
      sql: "CREATE TABLE d (a, b DEFAULT CURRENT_TIMESTAMP); "
        + "INSERT INTO d (a) VALUES (1); INSERT INTO t SELECT b FROM d"),
    Case(
      description: "a trigger",
      sql: "CREATE TABLE d (a); CREATE TRIGGER r AFTER INSERT ON d BEGIN "
        + "INSERT INTO t VALUES (hex(randomblob(8))); END; INSERT INTO d VALUES (1)"),
    Case(
      description: "a random uuid", dialect: "postgresql",
      sql: "INSERT INTO t SELECT gen_random_uuid()::text"),
    Case(description: "now()", dialect: "postgresql", sql: "INSERT INTO t VALUES (now()::text)"),
    Case(
      description: "the day alone", dialect: "postgresql",
      sql: "INSERT INTO t VALUES (CURRENT_DATE::text)"),
    Case(
      description: "a DO block", dialect: "postgresql",
      sql: "DO $$ BEGIN EXECUTE 'INSERT INTO t VALUES (md5(random()::text))'; END $$"),
  ]

  static let steady = [
    Case(
      description: "a literal", sql: "INSERT INTO t VALUES ('4f1c2a9b8e7d6c5b4a39281706f5e4d3')"),
    Case(
      description: "a literal day", sql: "INSERT INTO t VALUES ('@TODAY@')"),
    Case(description: "numbers", sql: "INSERT INTO t VALUES (1), (1700000000), (-2.5), (NULL)"),
    Case(
      description: "a column that would be random, without rows",
      sql: "CREATE TABLE d (a DEFAULT (hex(randomblob(16)))); INSERT INTO t VALUES (1)"),
    Case(
      description: "a literal", dialect: "postgresql",
      sql: "INSERT INTO t VALUES ('018f3c9e-7b1a-7c3d-8e5f-0123456789ab')"),
  ]

  private func shell(_ test: Case) throws -> Shell {
    let shell = try Shell()
    let today = Date.now.formatted(.iso8601.year().month().day())
    let folder = shell.work.appending(path: "m")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in [
      ("001_t.sql", "CREATE TABLE t (a \(test.dialect == "sqlite" ? "" : "text"));"),
      ("002_rows.sql", test.sql.replacing("@TODAY@", with: today) + ";"),
      ("003_later.sql", "CREATE TABLE later (a \(test.dialect == "sqlite" ? "" : "text"));"),
    ] {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let result = try shell.run(
      "strata init --dialect \(test.dialect) && strata import sql m && cp -r m was")
    try #require(result.code == 0, "\(result.output)")
    return shell
  }

  @Test("A cut names their tables and changes nothing until it is told", arguments: varying)
  func cutIsRefused(_ test: Case) throws {
    let shell = try shell(test)
    let before = try shell.run("strata audit").output
    for choice in ["", " --data ask"] {
      let result = try shell.run("strata truncate 002 --sql m\(choice)")
      #expect(result.code == 4, "\(result.output)")
      #expect(
        result.output.contains(" in t ") || result.output.contains("d, t")
          || result.output.contains(" in public.t "))
      #expect(result.output.contains("--data keep") && result.output.contains("--data skip"))
    }
    #expect(try shell.run("diff -r m was && strata audit").output == before)
  }

  @Test(
    "A cut keeps or leaves out what it is told to, and says so in its proof", arguments: varying)
  func cutIsTold(_ test: Case) throws {
    for (choice, words, rows) in [
      ("keep", "as recorded although", true), ("skip", "without those", false),
    ] {
      let shell = try shell(test)
      let result = try shell.run("strata truncate 002 --sql m --data \(choice)")
      #expect(result.code == 0, "\(result.output)")
      #expect(
        result.output.split(separator: "\n").contains {
          $0.hasPrefix("proved: ") && $0.contains(words)
        }, "\(result.output)")
      #expect(try shell.run("strata archive show").output.contains(words))
      let baseline = try String(
        contentsOf: shell.work.appending(path: "m/002_rows.sql"), encoding: .utf8)
      #expect(
        baseline.contains("INSERT INTO \(test.dialect == "sqlite" ? "\"t\"" : "public.t")") == rows,
        "\(baseline)")
      #expect(try shell.run("strata verify --full").code == 0)
    }
  }

  @Test("Rows that stay the same are cut without a question", arguments: steady)
  func steadyCut(_ test: Case) throws {
    let shell = try shell(test)
    let result = try shell.run("strata baseline --data -o b.sql && strata truncate 002 --sql m")
    #expect(result.code == 0, "\(result.output)")
    #expect(!result.output.contains("warning"))
  }

  @Test("A baseline with data is refused until it is told, with a folder to run or without")
  func baseline() throws {
    for test in Self.varying where test.description != "the time alone" {
      let shell = try shell(test)
      // A number that is midnight looks like any other; the run tells it.
      for folder in ["", " --sql m"]
      where folder != "" || test.description != "midnight as a number" {
        let refused = try shell.run("strata baseline head --data\(folder) -o b.sql")
        #expect(refused.code == 4, "\(test): \(refused.output)")
        #expect(refused.output.contains("--data keep") && refused.output.contains("t"))
        #expect(!FileManager.default.fileExists(atPath: shell.work.appending(path: "b.sql").path))
        for (choice, rows) in [("keep", true), ("skip", false)] {
          let told = try shell.run(
            "strata baseline head --data \(choice)\(folder) -o \(choice).sql")
          #expect(told.code == 0, "\(told.output)")
          let text = try String(
            contentsOf: shell.work.appending(path: "\(choice).sql"), encoding: .utf8)
          #expect(
            text.contains("INSERT INTO \(test.dialect == "sqlite" ? "\"t\"" : "public.t")") == rows)
        }
      }
    }
  }

  @Test("A secret of a cut that kept it is not taken into a baseline unasked either")
  func baselineAfterCut() throws {
    let shell = try shell(Self.varying[0])
    try #require(shell.run("strata truncate 002 --sql m --data keep").code == 0)
    #expect(try shell.run("strata baseline --data").code == 4)
    #expect(try shell.run("mv .strata/archive gone; strata baseline --data").code == 4)
  }

  @Test("A folder that lacks migrations is no answer")
  func otherFolder() throws {
    let shell = try shell(Self.varying[0])
    let result = try shell.run("rm m/002_rows.sql; strata baseline --data --sql m")
    #expect(result.code == 2)
    #expect(result.output.contains("expected all migrations of 003"))
  }

  @Test(
    "On a terminal y keeps, n leaves out, all else is asked again, and no answer changes nothing",
    arguments: [
      ("y\n", true, true), ("n\n", true, false), ("YES\n", true, true), ("", false, false),
      ("maybe\n", false, false), ("\n", false, false), ("q\n", false, false),
      ("yn\n\n no \n", true, false), ("maybe\ny\n", true, true),
    ])
  func prompt(typed: String, isCut: Bool, isKept: Bool) throws {
    let shell = try shell(Self.varying[0])
    let before = try shell.run("strata audit").output
    let result = try shell.run(
      "printf '\(typed.replacing("\n", with: "\\n"))' | "
        + "script -qec 'strata truncate 002 --sql m' /dev/null 2>&1; exit ${PIPESTATUS[1]}")
    #expect(result.code == (isCut ? 0 : 4), "\(result.output)")
    #expect(result.output.contains("[y/n]"))
    let questions = result.output.ranges(of: "[y/n]").count
    let answers = typed.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    #expect(questions == (isCut ? answers : answers + 1), "\(result.output)")
    if isCut {
      let text = try String(
        contentsOf: shell.work.appending(path: "m/002_rows.sql"), encoding: .utf8)
      #expect(text.contains("INSERT INTO \"t\"") == isKept)
    } else {
      #expect(try shell.run("diff -r m was && strata audit").output == before)
    }
  }
}
