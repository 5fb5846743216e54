import Foundation
import SchemaHistory
import SchemaModel
import Storage
import Testing

@testable import SchemaHistory

/// Text that lies where it is printed as it is, and a history in which all of it stands.
enum HostileText {
  static let escape = "\u{1b}[2J\u{1b}[1;31mFAKE\u{1b}]0;title\u{7}\u{1b}[0m"

  static let names = [
    "q\"uote", "a;b", "new\nline", escape, "rtl\u{202e}evil\u{2066}x", "%s%n{0}",
    "=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(1)", "back\\slash", "tri\"\"\"ple", ":name", "{b}",
    "tab\tx", "cr\rx", "\u{85}nel", "\u{2028}ls\u{2029}", String(repeating: "L", count: 10_000),
    "`tick`", "<b>&amp;", "|pipe|", "\u{200b}zw", "e" + String(repeating: "\u{301}", count: 50),
    "c1\u{9b}31m", "\u{7f}del", "\u{feff}bom", "\u{e0041}tag", "$(touch x)", "end\\", "two  blanks",
    "\u{3164}", "#35;", "a.b", "title", "PK", "", "a'b", "a\"b", "crlf\r\n(head)",
  ]

  /// Authors and messages that would make a line, or a mark, of their own.
  static let forgeries = [
    "x\n003  2020-01-01  Eve  forged  (head)", "x\r\n#9  2020-01-01T00:00:00Z  001  Eve  forged",
    "Eve  2020-01-01  forged", "(head, tag: v9)", "x  (archived)", "\u{2028}003  2020-01-01  Eve",
    "\u{85}forged", "\u{b}forged\u{c}", "", " ", escape,
  ]

  static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

  /// Tables, columns, constraints, indexes, views, defaults and rows of every hostile name.
  static var script: String {
    names.enumerated().map { number, name in
      let (table, column) = (quoted("t\(number)\(name)"), quoted(name))
      return """
        CREATE TABLE \(table) (\(column) TEXT DEFAULT \(literal(name)), \(quoted("x" + name)) INTEGER \
        REFERENCES later (a), CHECK (\(quoted("x" + name)) <> 5), \
        CONSTRAINT \(quoted("c" + name)) UNIQUE (\(column)));
        INSERT INTO \(table) VALUES (\(literal(name)), NULL);
        CREATE INDEX \(quoted("i\(number)\(name)")) ON \(table) (\(column));
        CREATE VIEW \(quoted("v\(number)\(name)")) AS SELECT \(column) FROM \(table);

        """
    }.joined()
  }

  /// A history with all of it: imported, recorded, and ids and tags as an earlier version let in.
  static func history(_ shell: Shell) throws -> [String] {
    let folder = shell.work.appending(path: "m")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try ("CREATE TABLE later (a INTEGER PRIMARY KEY);\n" + script).write(
      to: folder.appending(path: "001_a.sql"), atomically: true, encoding: .utf8)
    try "CREATE TABLE b (x);".write(
      to: folder.appending(path: "002_b.sql"), atomically: true, encoding: .utf8)
    try #require(shell.run("strata init && strata import sql m").code == 0)
    for (number, text) in forgeries.enumerated() {
      let command =
        "echo 'CREATE TABLE f\(number) (x);' | strata record --id f\(number) -m \"$T\" --author \"$T\" -"
      try #require(shell.run("T=\(literal(text).bashQuoted)\n\(command)").code == 0)
    }
    let history = try History.open(at: shell.work.appending(path: ".strata").path)
    let ids = ["old\(escape)", "old\n005  2020-01-01  Eve  forged", "old\u{202e}x"]
    for id in ids {
      let head = try history.revision(history.head()).revision
      let draft = RevisionDraft(
        id: RevisionID(id), parents: [head.id], labels: [escape, "x, head"], author: escape,
        message: "old")
      let revision = Revision(
        draft: draft, source: nil, snapshot: head.snapshot, rows: head.rows, operationCount: 0,
        engine: nil)
      try history.write { log in
        _ = try log.append(revision, operations: [], at: Timestamp.now, by: escape)
        let tag = "tag\(escape), \(id.count)"
        _ = try log.append(
          .tagged(name: tag, revision: revision.id), at: Timestamp.now, by: "x\n#1  forged")
        try log.setTag(tag, revision.id)
      }
    }
    return ids
  }

  /// What no terminal should get, but for line ends.
  static func hidden(in bytes: Data) -> [Unicode.Scalar] {
    guard let text = String(validating: bytes, as: UTF8.self) else { return ["\u{fffd}"] }
    return text.unicodeScalars.filter { $0 != "\n" && VisibleText.isHidden($0) }
  }
}

extension String {
  /// As a word of bash that holds any text: what stands between the quotes of a literal.
  var bashQuoted: String {
    let text = String(dropFirst().dropLast()).replacing("''", with: "'")
    return "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
