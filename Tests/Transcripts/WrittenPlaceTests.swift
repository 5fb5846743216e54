import Foundation
import Testing

/// What the command line writes to, and reads from, is what was named, by whatever it is.
@Suite("A place that is named")
struct WrittenPlaceTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    let made = try shell.run(
      "strata init && echo 'CREATE TABLE a (x);' | strata record -m a --id 1 -")
    #expect(made.code == 0, "\(made.output)")
  }

  @Test("a link, a pipe and a device stay what they are when a baseline goes there")
  func written() throws {
    let result = try shell.run(
      """
      ln -s real.sql link && ln -s nowhere.sql dangling && mkfifo pipe && (timeout 60 cat pipe > got &) \
      && strata baseline -o link && strata baseline -o pipe && sleep 1 \
      && strata baseline -o /dev/stdout | grep -c 'CREATE TABLE a' \
      && test -L link && test -p pipe && test ! -f link.partial && cmp real.sql got && echo same
      """)
    #expect(result.code == 0, "\(result.output)")
    let kinds = try shell.run("stat -c %F link pipe /dev/stdout /dev/null; cat real.sql got")
    #expect(kinds.output.contains("symbolic link\nfifo"), "\(result.output) \(kinds.output)")
    #expect(
      kinds.output.components(separatedBy: "CREATE TABLE a").count == 3,
      "\(result.output) \(kinds.output)")
  }

  @Test("a migration whose name is no text is an error that says so")
  func unreadableName() throws {
    let result = try shell.run(
      """
      mkdir m && echo 'CREATE TABLE b (x);' > m/002_b.sql \
      && echo 'CREATE TABLE c (x);' > "$(printf 'm/003_caf\\351.sql')" && strata import sql m
      """)
    #expect(result.code == 2)
    #expect(result.output.contains("its name is no UTF-8; rename it"), "\(result.output)")
  }

  @Test(
    "what --allow names is a file or a server", arguments: ["", "host:abc", "a:99999", "/", "*:80"])
  func allowed(text: String) throws {
    let result = try shell.run("mkdir -p v && strata import alembic v --allow '\(text)'")
    #expect(result.code == 2)
    #expect(
      result.output.contains("expected a FILE or HOST:PORT after --allow"), "\(result.output)")
  }
}
