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
      "schema --at a --at b", "schema -- users", "schema --unknown",
      "log head", "diff a b",
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
