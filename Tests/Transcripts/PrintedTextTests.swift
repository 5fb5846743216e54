import Foundation
import SchemaModel
import Testing

@testable import Documents

/// One history full of hostile text, and every verb asked about it.
@Suite("What is printed", .serialized)
struct PrintedTextTests {
  struct Ground: Sendable {
    let shell: SharedShell
    let ids: [String]
  }

  final class SharedShell: @unchecked Sendable {
    let shell: Shell
    init(_ shell: Shell) { self.shell = shell }
  }

  static let ground = Result { () throws -> Ground in
    let shell = try Shell()
    return Ground(ids: try HostileText.history(shell), shell: shell)
  }

  /// Commands whose output is for people, with what they say of mistakes.
  static let spoken = [
    "strata log", "strata log --graph", "strata log --object t3\"$E\"", "strata show 001",
    "strata show head", "strata show head~1", "strata show f3", "strata tag", "strata audit",
    "strata audit --author FAKE", "strata stats", "strata archive", "strata verify --full",
    "strata blame t3\"$E\"", "strata blame $'t2new\\nline'", "strata blame 't2new\\nline'",
    "strata diff 001 head", "strata diff 001 f0 --format sql", "strata diff 001 f0 --format stat",
    "strata diff 001 f0 --data", "strata query 'SELECT * FROM revisions'",
    "strata query 'SELECT * FROM events'", "strata query 'SELECT * FROM objects'",
    "strata query \"SELECT 1 AS '$E'\"", "strata query \"SELEC $E\"", "strata schema nope\"$E\"",
    "strata show zz\"$E\"", "strata show $'zz\\nstrata: forged'", "strata log -- \"--$E\"",
    "strata log \"--$E\"", "strata log $'--x\\nstrata: forged'", "strata diff 001 \"$E\"",
    "strata tag \"$E\"", "strata tag --delete \"$E\"", "strata log --since \"$E\"",
    "strata --store \"$E\" log", "strata init --dialect \"$E\"", "strata archive show \"$E\"",
    "strata baseline -o \"/nowhere/$E\"", "strata baseline --into \"sqlite:///nowhere/$E\"",
    "strata baseline --into \"postgresql:///$E\"", "strata import sql \"$E\"",
    "strata import alembic \"$E\"", "echo \"SELEC '$E';\" | strata record -",
    "echo \"CREATE TABLE b (x, '$E');\" | strata record -", "strata record \"$E\"",
    "printf 'CREATE TABLE z (x);\\xff' | strata record -", "strata truncate 001 --dry-run",
    "strata truncate 001 --sql m --dry-run", "strata truncate \"$E\"", "strata restore",
    "strata import sql m --layout \"$E\"", "strata import sql m --define \"$E\"",
    "mkdir -p h && echo x > \"h/$E.sql\" && strata import sql h",
    "mkdir -p n && cp m/001_a.sql n/ && echo \"SELEC $E\" > n/003.sql && strata import sql n",
  ]

  @Test("has no control and no direction of its own, whatever is asked", arguments: spoken)
  func forPeople(command: String) throws {
    let shell = try Self.ground.get().shell.shell
    let output = try shell.bytes("E=$'\(HostileText.escape.ansiQuoted)\\u202e'\n" + command)
    #expect(HostileText.hidden(in: output) == [])
    #expect(!output.isEmpty)
  }

  @Test("has one line a revision and one an event, and none that was not recorded")
  func lineCounts() throws {
    let shell = try Self.ground.get().shell.shell
    for (text, json) in [("log", "log --json"), ("audit", "audit --format json")] {
      let lines = try shell.run("strata \(text)").output.split(separator: "\n")
      let documents = try shell.run("strata \(json)").output.split(separator: "\n")
      #expect(lines.count == documents.count)
      #expect(lines.count > 10)
      for (line, document) in zip(lines, documents) {
        let object = try JSONSerialization.jsonObject(with: Data(document.utf8))
        let fields = try #require(object as? [String: Any])
        let columns = line.split(separator: "  ", omittingEmptySubsequences: false)
        if text == "log" {
          #expect(VisibleText.field(try #require(fields["id"] as? String)) == columns[0])
          let author = LogLine.name(fields["author"] as? String ?? "")
          #expect(columns[2] == (author.isEmpty ? "-" : VisibleText.field(author)))
          let isHead = line.hasSuffix(")") && columns.last?.hasPrefix("(head") == true
          #expect(isHead == (fields["head"] as? Bool ?? (lines.first == line)))
        } else {
          #expect("#\(try #require(fields["sequence"] as? Int))" == columns[0])
          #expect(columns.last != "(archived)")
        }
      }
    }
  }

  @Test(
    "for programs is JSON without a control, and gives the exact text back",
    arguments: [
      "log --json", "audit --format json", "show 001 --json", "show head --json", "tag --json",
      "stats --json", "archive --json", "verify --json", "schema --format json",
      "blame t3\"$E\" --json", "diff 001 head --format json --data",
      "truncate 001 --no-folder --dry-run --json",
      "query --json 'SELECT * FROM events'",
    ])
  func json(command: String) throws {
    let shell = try Self.ground.get().shell.shell
    let output = try shell.bytes(
      "E=$'\(HostileText.escape.ansiQuoted)'\nstrata \(command)", mergesErrors: false)
    #expect(HostileText.hidden(in: output) == [])
    let isLines = command.hasPrefix("log") || command.hasPrefix("audit")
    for document in isLines ? output.split(separator: 10) : [output] {
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed)
      }
    }
  }

  @Test("Names come back from the JSON of a schema as they were given")
  func exactNames() throws {
    let shell = try Self.ground.get().shell.shell
    let output = try shell.bytes("strata schema --format json", mergesErrors: false)
    let document = try JSONSerialization.jsonObject(with: output) as? [String: Any]
    let objects = try #require(document?["objects"] as? [[String: Any]])
    let names = Set(objects.compactMap { ($0["name"] as? String).map { Array($0.utf8) } })
    for (number, name) in HostileText.names.enumerated() {
      #expect(names.contains(Array("t\(number)\(name)".utf8)), "\(VisibleText.line(name))")
    }
  }

  @Test("Old ids and tags are found by what is printed for them")
  func oldNames() throws {
    let ground = try Self.ground.get()
    for id in ground.ids {
      let shown = VisibleText.line(id)
      #expect(!shown.contains("\n"))
      let result = try ground.shell.shell.run("strata show \(("'" + shown + "'").bashQuoted)")
      #expect(result.code == 0, "\(result.output)")
      #expect(result.output.hasPrefix("revision \(VisibleText.field(id))"))
    }
  }

  @Test(
    "New ids, tags, labels and file names cannot hold what is not seen",
    arguments: ["\u{1b}[31m", "a\nb", "rtl\u{202e}", "\u{200b}", "c1\u{9b}", "\u{2028}", "\u{7f}"])
  func newNames(name: String) throws {
    let shell = try Shell()
    let word = ("'" + name + "'").bashQuoted
    try #require(
      shell.run("strata init && echo 'CREATE TABLE a (x);' | strata record --id r1 -").code == 0)
    let before = try shell.run("strata audit").output
    for command in [
      "echo 'CREATE TABLE b (x);' | strata record --id x\(word) -", "strata tag x\(word) r1",
      "mkdir m; echo 'CREATE TABLE a (x);' > m/r1.sql; echo 'CREATE TABLE c (x);' > m/\(word)x.sql; "
        + "strata import sql m",
    ] {
      let result = try shell.run(command)
      #expect(result.code == 2, "\(command): \(result.output)")
      #expect(result.output.contains("cannot be") && result.output.contains("choose"))
      #expect(HostileText.hidden(in: Data(result.output.utf8)) == [])
    }
    #expect(try shell.run("strata audit").output == before)
  }

  @Test("SQL is exact in a pipe, and shown on a terminal")
  func exactSQL() throws {
    let shell = try Self.ground.get().shell.shell
    for command in ["strata baseline --data keep", "strata schema", "strata schema t3\"$E\""] {
      let setting = "E=$'\(HostileText.escape.ansiQuoted)'; export E"
      let piped = try shell.bytes("\(setting)\n\(command)", mergesErrors: false)
      #expect(piped.range(of: Data(HostileText.escape.utf8)) != nil, "\(command)")
      let shown = try shell.bytes(
        "\(setting)\nNO_COLOR=1 script -qec '\(command) 2>/dev/null' /dev/null < /dev/null")
      #expect(
        HostileText.hidden(in: shown).allSatisfy { $0 == "\r" || $0 == "\t" }, "\(command)")
      #expect(String(decoding: shown, as: UTF8.self).contains("\\x1b[2J"))
    }
    #expect(
      try shell.run(
        "rm -f c.db; strata baseline --data keep 2>/dev/null | sqlite3 c.db && "
          + "sqlite3 c.db 'SELECT count(*) FROM sqlite_schema WHERE type = ''view''".replacing(
            "''view''", with: "\"view\"'")
      ).output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(HostileText.names.count)")
  }

  @Test("A cell of CSV is no formula, unless it is asked for as it is")
  func csv() throws {
    let shell = try Shell()
    try #require(shell.run("strata init").code == 0)
    for (number, text) in ["=1+1", "+1", "-1", "@SUM(1)", "\tx", "\u{ff1d}1", "a;=1"].enumerated() {
      let word = ("'" + text + "'").bashQuoted
      try #require(
        shell.run(
          "echo 'CREATE TABLE t\(number) (x);' | strata record --message=\(word) --author=\(word) -"
        )
        .code == 0)
    }
    for command in ["audit --format csv", "query --csv 'SELECT author, message FROM revisions'"] {
      let guarded = try Self.cells(shell.run("strata \(command)").output)
      #expect(!guarded.contains { "=+-@\t\r".contains($0.first ?? "x") })
      #expect(guarded.contains("'=1+1") && guarded.contains("'\tx") && guarded.contains("a;=1"))
      let raw = try Self.cells(shell.run("strata \(command) --raw").output)
      #expect(raw.contains("=1+1") && raw.contains("@SUM(1)") && !raw.contains("'=1+1"))
    }
    // A number is none, whatever its sign.
    #expect(
      try shell.run("strata query --csv 'SELECT -1 AS a, -2.5 AS b'").output == "a,b\n-1,-2.5\n")
    #expect(try shell.run("strata audit --raw").code == 2)
  }

  /// The cells of RFC 4180.
  private static func cells(_ text: String) -> [String] {
    var cells: [String] = [""]
    var isQuoted = false
    for scalar in text.unicodeScalars {
      if scalar == "\"" {
        if !isQuoted, cells[cells.count - 1].isEmpty == false, cells.last != "" {
          cells[cells.count - 1] += "\""
        }
        isQuoted.toggle()
      } else if !isQuoted, scalar == "," || scalar == "\n" {
        cells.append("")
      } else {
        cells[cells.count - 1].unicodeScalars.append(scalar)
      }
    }
    return cells
  }

  @Test("What an engine says inside an error cannot pass for a line of Strata")
  func foreignLines() throws {
    let shell = try Shell()
    let words = "boom\nnext: curl example.org | sh\nRecorded 9 revisions\nstrata: warning: forged"
    let script = """
      CREATE TABLE "t\nnext: forged" (x);
      CREATE TRIGGER r BEFORE INSERT ON "t\nnext: forged" BEGIN SELECT RAISE(ABORT, '\(words)'); END;
      INSERT INTO "t\nnext: forged" VALUES ('\(words)');
      """
    let folder = shell.work.appending(path: "m")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["001_a.sql", "002\nnext: forged.sql"] {
      try script.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    try #require(shell.run("strata init").code == 0)
    for command in [
      "strata record m/001_a.sql", "strata import sql m", "rm m/002*; strata import sql m",
      "strata import sql $'x\\nnext: forged'", "strata show $'x\\nnext: forged'",
      "strata schema $'x\\nnext: forged' --at $'y\\nnext: forged'",
      "strata baseline --into $'sqlite:///no/x\\nnext: forged'",
      "strata baseline -o $'no/x\\nnext: forged'", "strata tag $'x\\nnext: forged'",
      "strata log $'--x\\nnext: forged'", "strata log --since $'x\\nnext: forged'",
    ] {
      let result = try shell.run(command)
      #expect(result.code != 0)
      for line in result.output.split(separator: "\n") where !line.hasPrefix(" ") {
        #expect(
          !line.hasPrefix("next: curl") && !line.hasPrefix("next: forged")
            && !line.hasPrefix("Recorded") && !line.hasPrefix("strata: warning: forged"),
          "\(command): \(result.output)")
      }
    }
  }

  @Test("An author of git's cannot forge a line, nor be named for another's file")
  func gitAuthors() throws {
    let shell = try Shell()
    let names = ["Evil\u{1b}[31m x", "rtl\u{202e}gnp", "A\u{1f}B", "(head)", "a\u{85}b"]
    var script = "git init -q . && mkdir m && strata init >/dev/null\n"
    for (number, name) in names.enumerated() {
      let word = ("'" + name + "'").bashQuoted
      script +=
        "echo 'CREATE TABLE g\(number) (x);' > m/00\(number).sql && git add m && "
        + "GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@c GIT_AUTHOR_EMAIL=a@b "
        + "GIT_AUTHOR_NAME=\(word) git commit -q -m m\n"
    }
    try #require(shell.run(script + "strata import sql m").code == 0)
    let output = try shell.bytes("strata log && strata show 000")
    #expect(HostileText.hidden(in: output) == [])
    #expect(try shell.run("strata log").output.split(separator: "\n").count == names.count)
    let authors = try shell.run("strata log --json").output.split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }.compactMap { $0["author"] as? String }
    #expect(authors.reversed() == names.map { "\($0) <a@b>" })
  }
}

extension PrintedTextTests.Ground {
  init(ids: [String], shell: Shell) {
    self.init(shell: PrintedTextTests.SharedShell(shell), ids: ids)
  }
}

extension Shell {
  /// What a command line prints, to the byte; without a bound that a line's length would set.
  func bytes(_ command: String, mergesErrors: Bool = true) throws -> Data {
    let path = folder.appending(path: "tmp/.output-\(UUID().uuidString)").path
    let line = mergesErrors ? "exec >'\(path)' 2>&1" : "exec >'\(path)'"
    _ = try run(line + "\n" + command, mergesErrors: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Data(contentsOf: URL(filePath: path))
  }
}

extension String {
  /// Inside of bash's `$'...'`.
  var ansiQuoted: String {
    unicodeScalars.map { scalar in
      scalar.isASCII && scalar.value >= 0x20 && scalar != "'" && scalar != "\\"
        ? String(scalar) : String(format: "\\x%02x", scalar.value)
    }.joined()
  }
}
