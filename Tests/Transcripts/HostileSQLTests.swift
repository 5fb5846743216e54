import Foundation
import Testing

/// What a statement of somebody else's did, by the binary itself: nothing outside the store.
@Suite("Hostile SQL on SQLite")
struct HostileSQLTests {
  private let shell: Shell
  private var files: FileManager { .default }
  private var place: String { shell.work.path }

  init() throws {
    shell = try Shell()
    let victim = place + "/victim.db"
    try SQLiteFile.run("CREATE TABLE v (x); INSERT INTO v VALUES ('what nobody reads')", in: victim)
    let result = try shell.run(
      """
      mkdir -p base/mig && cd base && strata init && echo 'CREATE TABLE own (x);' > mig/001_own.sql \
      && strata import sql mig
      """)
    #expect(result.code == 0, "\(result.output)")
  }

  /// Every file around the store, with its bytes.
  private func listing() throws -> [String: Data?] {
    var found: [String: Data?] = [:]
    let names = try files.subpathsOfDirectory(atPath: shell.folder.path)
    // What Strata remembers for this user of the folders that were named is its own.
    for name in names where !name.contains("/.strata") && !name.contains(".local") {
      found[name] = files.contents(atPath: shell.folder.path + "/" + name)
    }
    return found
  }

  private func holdsSecret() throws -> Bool {
    let store = place + "/case/.strata"
    let secret = Data("what nobody reads".utf8)
    return try files.subpathsOfDirectory(atPath: store).contains {
      files.contents(atPath: store + "/" + $0)?.range(of: secret) != nil
    }
  }

  /// One statement's outcome; effects outside are issues.
  private func outcome(_ sql: String, _ command: String) throws -> String {
    let setUp = try shell.run("rm -rf case && cp -r base case")
    #expect(setUp.code == 0, "\(setUp.output)")
    let text = sql.replacing("@D", with: place)
    try Data("-- line 1\n\(text);\n".utf8).write(to: URL(filePath: place + "/case/mig/002_x.sql"))
    try Data(text.utf8).write(to: URL(filePath: place + "/case/query.sql"))
    let before = try listing()
    let result = try shell.run("cd case && timeout 60 \(command)")
    #expect(try listing() == before, "\(sql) has an effect outside the store: \(result.output)")
    #expect(try !holdsSecret(), "\(sql) read another database: \(result.output)")
    #expect(result.code < 100, "\(sql) ended with \(result.code): \(result.output)")
    if result.code == 0 { return "harmless" }
    if let place = result.output.firstMatch(of: /refused line (\d+): expected SQL that stays/) {
      return "refused, line \(place.1)"
    }
    if result.output.contains("expected SQL that stays inside") { return "refused" }
    return result.output.contains("expected one query that only reads")
      ? "refused: no query" : "an error"
  }

  @Test("40 and more migrations and queries have no effect outside the store: docs/SECURITY.md")
  func matrix() throws {
    #expect(HostileStatements.all.count >= 40)
    var lines = ["| statement | as a migration | as a query |", "| --- | --- | --- |"]
    for sql in HostileStatements.all {
      let migration = try outcome(sql, "strata import sql mig")
      let query = try outcome(sql, #"strata query "$(cat query.sql)""#)
      let shown = sql.replacing("\n", with: "⏎").replacing("|", with: "\\|")
      lines.append("| `\(shown)` | \(migration) | \(query) |")
    }
    try DocumentBlock(name: "HostileSQLTests").hold(lines)
  }

  @Test("record reads a pipe to its end, and gives up a device that has none")
  func streams() throws {
    let result = try shell.run(
      """
      cd base && strata record --id 2 -m x <(echo 'CREATE TABLE piped (x)') \
      && timeout 100 strata record --id 3 -m x /dev/zero; echo $?; strata log | wc -l
      """)
    #expect(
      result.output == """
        Recorded 2 on 001
          + create table piped (x)
        strata: expected at most 256 MiB in /dev/zero, found more; is it a device?
        2
        2

        """)
  }

  @Test("a refusal names the line, what was found and what to do, and changes nothing")
  func message() throws {
    let setUp = try shell.run("cp -r base case")
    #expect(setUp.code == 0)
    let sql = "CREATE TABLE b (x);\n\nATTACH 'o.db' AS o;\nCREATE TABLE o.t (x);\n"
    try Data(sql.utf8).write(to: URL(filePath: place + "/case/mig/002_b.sql"))
    let result = try shell.run("cd case && strata import sql mig; strata schema; ls -A")
    #expect(
      shell.masked(result) == [
        "strata: revision 002 (002_b.sql) failed: refused line 3: expected SQL that stays inside "
          + "its own database, found ATTACH of 'o.db', which opens another database; take it out "
          + "of the SQL, and do it by hand where it is needed",
        "  ATTACH 'o.db' AS o",
        "next: correct the migration",
        "all revisions before it are recorded; run the same command again to go on from there",
        "CREATE TABLE own (x);", ".strata", "mig",
      ])
  }
}
