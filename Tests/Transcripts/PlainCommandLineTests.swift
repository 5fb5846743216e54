import ArgumentParser
import Testing

@testable import StrataCLI

@Suite("Plain command lines")
struct PlainCommandLineTests {
  @Test(
    "mean what ArgumentParser makes of them",
    arguments: [
      "schema", "schema users", "schema users --at head~3", "schema --at v1.0 --format mermaid",
      "schema --format json --store dir users.email", "schema --format sql", "schema help",
      "log", "log head --graph", "log help", "log --json --grep text -n 3 --since 2024-01-01",
      "log --object users --author anna --until 2024-05-01 --store dir -n 0", "log -n +4 v1.0",
      "show head", "show --json 1975ea", "show 1975ea --store dir",
      "diff a", "diff a b --exit-code", "diff --format stat a --object users b",
      "diff a --format text --store dir", "diff a b --format json", "diff a b --format sql",
      "blame users", "blame users.email --at v1.0 --json", "blame --store dir users",
      "audit", "audit --kind truncated --format json", "audit --format csv --author anna",
      "audit --object users --since 2024-01-01 --until 2024-02-01 --store dir",
      "query x", "query --csv x", "query x --json --store dir",
      "stats", "stats --json --store dir",
      "baseline", "baseline v1.0 -o file", "baseline head --data --into sqlite:///app.db",
      "baseline --format alembic --output file --no-stamp", "baseline --store dir --format sql",
      "baseline --data --copy --no-owner --no-grants",
    ])
  func sameMeaning(line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let plain = try #require(Strata.parsePlainly(words))
    let parsed = try Strata.parseAsRoot(words)
    #expect(String(reflecting: plain) == String(reflecting: parsed))
  }

  @Test(
    "are not those that leave a question",
    arguments: [
      "", "init", "help schema", "--version", "schema --help", "schema -h", "schema a b",
      "schema --at", "schema --at --format sql", "schema --at=head", "schema --format xml",
      "schema --at a --at b", "schema -- users", "schema --unknown", "log -n", "log -n x",
      "log -n -1", "log --graph --json", "log --graph --graph", "log -n3", "show", "show a b",
      "diff", "diff a b c", "blame", "audit text", "query", "query x --json --csv", "stats text",
      "baseline -o a --output b", "baseline --into a -o b", "baseline --format alembic --into a",
      "baseline --into --data", "record file", "verify",
    ])
  func questions(line: String) {
    #expect(Strata.parsePlainly(line.split(separator: " ").map(String.init)) == nil)
  }

  @Test("have no empty words")
  func emptyWords() {
    #expect(Strata.parsePlainly(["schema", ""]) == nil)
    #expect(Strata.parsePlainly(["schema", "--at", ""]) == nil)
  }
}
