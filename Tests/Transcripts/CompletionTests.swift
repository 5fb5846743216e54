import ArgumentParser
import Foundation
import Testing

@testable import StrataCLI

/// A folder with a store, another store, and files of hard names.
private func place() throws -> Shell {
  let shell = try Shell()
  let result = try shell.run(
    #"""
    set -e
    strata init
    echo 'CREATE TABLE users (id INTEGER, email TEXT, role TEXT); CREATE INDEX ix_mail ON users (email);' >one.sql
    echo 'CREATE TABLE orders (number INTEGER);' >two.sql
    strata record one.sql --id 1aa0b1 -m first
    strata record two.sql --id 2bb0c2 -m second
    strata tag release-1 1aa0b1
    mkdir -p 'my folder/sub' ~/'da ta'
    strata init --store other
    strata record two.sql --store other --id only
    strata init --store 'my folder/st'
    strata record two.sql --store 'my folder/st' --id hidden
    """#)
  #expect(result.code == 0, "\(result.output)")
  return shell
}

@Suite("Completion on the command line")
struct CompletionTests {
  /// Typed, with a tab at its end, and the line that comes of it.
  static let cases: [(typed: String, line: String)] = [
    ("strata sche", "strata schema "),
    ("strata archive li", "strata archive list "),
    ("strata help arch", "strata help archive "),
    ("strata log --gra", "strata log --graph "),
    ("strata schema --format me", "strata schema --format mermaid "),
    ("strata schema --format=me", "strata schema --format=mermaid "),
    ("strata import sql . --layout gol", "strata import sql . --layout golang-migrate "),
    ("strata show 1a", "strata show 1aa0b1 "),
    ("strata show he", "strata show head "),
    ("strata show rel", "strata show release-1 "),
    ("strata tag --delete rel", "strata tag --delete release-1 "),
    ("strata log --json 2b", "strata log --json 2bb0c2 "),
    ("strata schema use", "strata schema users "),
    ("strata schema --at release-1 o", "strata schema --at release-1 o"),
    ("strata schema --at head o", "strata schema --at head orders "),
    ("strata blame users.em", "strata blame users.email "),
    ("strata prove --object users --column ro", "strata prove --object users --column role "),
    ("strata init --dia", "strata init --dialect "),
    ("strata init --dialect pos", "strata init --dialect postgresql "),
    ("strata truncate head --data k", "strata truncate head --data keep "),
    ("strata baseline --data sk", "strata baseline --data skip "),
    ("strata man archive ex", "strata man archive export "),
    ("strata log --object index:i", "strata log --object index:ix_mail "),
    ("strata log --object=users.ro", "strata log --object=users.ro".appending("le ")),
    ("strata show --store other o", "strata show --store other only "),
    ("strata --store other show o", "strata --store other show only "),
    ("strata --store=other show o", "strata --store=other show only "),
    ("strata --store 'my folder/st' show h", "strata --store 'my folder/st' show h"),
    ("strata --store 'my folder/st' show hi", "strata --store 'my folder/st' show hidden "),
    (#"strata --store my\ folder/st show hi"#, #"strata --store my\ folder/st show hidden "#),
    ("strata diff 1a", "strata diff 1aa0b1 "),
    ("strata diff other:o", "strata diff other:only "),
    ("strata record tw", "strata record two.sql "),
    ("strata import sql my", #"strata import sql my\ folder/"#),
    (#"strata import sql my\ folder/su"#, #"strata import sql my\ folder/sub/"#),
    ("strata import sql ~/da", #"strata import sql ~/da\ ta/"#),
    ("strata import sql $HOME/da", #"strata import sql $HOME/da\ ta/"#),
    ("strata show --store my", #"strata show --store my\ folder/"#),
    ("strata show --store=my", #"strata show --store=my\ folder/"#),
    ("strata baseline -o tw", "strata baseline -o two.sql "),
    ("strata verify --salvage my", #"strata verify --salvage my\ folder/"#),
  ]

  @Test(
    "A shell completes verbs, options, their values, files, and what a store holds",
    arguments: Terminal.there)
  func completes(_ terminal: Terminal) throws {
    let shell = try place()
    let typed = try terminal.type(Self.cases.map { $0.typed + "\t" }, in: shell)
    for (wanted, found) in zip(Self.cases, typed) {
      // `head` and `hidden` begin alike: nothing but the bell.
      #expect(found.line == wanted.line, "\(terminal): \(wanted.typed)")
      #expect(!found.shown.contains("strata: "), "\(found.shown)")
    }
  }

  @Test("A folder's name may be completed in quotes", arguments: Terminal.there)
  func quotes(_ terminal: Terminal) throws {
    let shell = try place()
    let line = try terminal.type(["strata import sql \"my\t"], in: shell)[0].line
    // bash closes the quote before the slash.
    #expect(
      line
        == (terminal.shell == "bash"
          ? "strata import sql \"my folder\"/" : "strata import sql \"my folder/"))
  }

  @Test(
    "Names of which a shell would make something else are quoted, or left out, and never run",
    arguments: Terminal.there)
  func hostile(_ terminal: Terminal) throws {
    let shell = try place()
    let names = [
      "q1 $(touch pwned)", "q2`touch pwned`", "q3;touch pwned", "q4'a\"b\\c", "q5*?[a]{b,c}",
      "q6 <a >b |c &d #e", "q7$HOME${HOME}", "q8\\n", "--q9",
    ]
    for name in names {
      let word = Terminal.quoted(name)
      let result = try shell.run("echo '-- \(names.count)' | strata record - --id=\(word) --branch")
      #expect(result.code == 0, "\(result.output)")
    }
    let tables = try shell.run(
      #"printf 'CREATE TABLE "t1\n$(touch pwned)" (a); CREATE TABLE "t2\033[31m" (a); CREATE TABLE "t3 $(touch pwned)" (a);' | strata record - --id tables --branch --parent 2bb0c2"#
    )
    #expect(tables.code == 0, "\(tables.output)")
    let named = names.filter { $0.hasPrefix("q") }
    for quote in ["", "'", "\""] {
      let typed = named.map { "strata show \(quote)\($0.prefix(2))\t" }
      for (name, found) in zip(named, try terminal.type(typed, in: shell)) {
        let rest = String(found.line.dropFirst("strata show ".count))
        let words = try terminal.words(rest, in: shell)
        #expect(words == "<\(name)>", "\(terminal), \(quote): \(found.line)")
      }
    }
    #expect(try !shell.run("strata complete zsh show ''").output.contains("--q9"))
    let objects = try terminal.type(
      ["t1\t", "t2\t", "t3\t", "table:t3\t"].map { "strata schema --at tables \($0)" }, in: shell)
    #expect(objects[0].line == "strata schema --at tables t1")
    #expect(objects[1].line == "strata schema --at tables t2")
    for (found, prefix) in zip(objects[2...], ["", "table:"]) {
      let words = try terminal.words(String(found.line.dropFirst("strata ".count)), in: shell)
      #expect(words == "<schema><--at><tables><\(prefix)t3 $(touch pwned)>", "\(found.line)")
    }
    #expect(!FileManager.default.fileExists(atPath: shell.work.appending(path: "pwned").path))
  }

  @Test("Where there is no store, or a damaged one, nothing is said", arguments: Terminal.there)
  func silence(_ terminal: Terminal) throws {
    let shell = try Shell()
    let made = try shell.run(
      "mkdir nothing file-here; strata init --store bad && for f in bad/log/* bad/*; do "
        + "[ -f $f ] && head -c 9000 /dev/zero | tr '\\0' x >$f; done; strata log --store bad")
    #expect(made.code != 0, "the store is not damaged: \(made.output)")
    let lines = [
      "strata show ", "strata show --store nothing ", "strata show --store gone f",
      "strata schema --store bad f", "strata tag --store bad --delete ", "strata show --store bad ",
      "strata blame --store bad users.",
    ]
    let typed = try terminal.type(lines.map { $0 + "\t" }, in: shell)
    for (line, found) in zip(lines, typed) {
      #expect(found.line == line)
      #expect(!found.shown.contains("strata: ") && !found.shown.contains("file-here"))
    }
  }

  /// bash does not show a function what stands before the command.
  @Test(
    "The store that STRATA_STORE names is asked, also where it is set for the one command",
    arguments: Terminal.there)
  func environment(_ terminal: Terminal) throws {
    let shell = try place()
    let before = "true; STRATA_STORE='my folder/st' LANG=C strata show "
    let export = "export STRATA_STORE=other"
    let typed = try terminal.type(
      [before + "hid\t", export + "\r", "strata show on\t", before + "\t"], in: shell)
    if terminal.shell != "bash" { #expect(typed[0].line == before + "hidden ") }
    #expect(typed[2].line == "strata show only ")
    #expect(!typed[3].shown.contains("strata: "))
  }

  @Test("Where strata is gone, the shell's own files are completed", arguments: Terminal.there)
  func gone(_ terminal: Terminal) throws {
    let shell = try place()
    let keys = ["PATH=/usr/bin:/bin\r", "strata show two\t"]
    let fish = ["set PATH /usr/bin /bin\r", "strata show two\t"]
    let found = try terminal.type(terminal == .fish ? fish : keys, in: shell)
    #expect(found.last?.line == "strata show two.sql ")
  }

  @Test("Completing writes nothing into a store, and makes no projection")
  func writesNothing() throws {
    let shell = try place()
    // The table of readers is for readers to write.
    let sum =
      "find . -type f ! -name lock.mdb -exec sha256sum {} + | sort; find . | sort"
    #expect(
      try shell.run(
        "rm */projection.sqlite* .strata/projection.sqlite* 'my folder'/*/projection.sqlite*"
      ).code == 0)
    let before = try shell.run(sum).output
    for line in Self.cases.map(\.typed) {
      _ = try shell.run(
        "strata complete fish \(line.split(separator: " ").dropFirst().joined(separator: " "))")
    }
    #expect(try shell.run(sum).output == before)
    #expect(!before.contains("sqlite"))
  }

  @Test("Of many revisions the newest are offered, and older ones by the beginning of their ids")
  func many() throws {
    let shell = try Shell()
    let made = try shell.run(
      "mkdir m; for i in $(seq 1000 1449); do echo 'SELECT 1;' >m/$i.sql; done; "
        + "strata init && strata import sql m")
    #expect(made.code == 0, "\(made.output)")
    let all = try shell.run("strata complete fish show '' | cut -f 1").output.split(separator: "\n")
    #expect(all.starts(with: ["words", "head", "base", "1449", "1448", "1447"]))
    #expect(all.count == 203 && all.last == "1250")
    let some = try shell.run("strata complete fish show 100 | cut -f 1").output
    #expect(some.split(separator: "\n").dropFirst().first == "1009")
    // Archived ones too.
    let cut = try shell.run("strata truncate 1400 && strata complete fish show 101 | wc -l")
    #expect(cut.code == 0 && cut.output.hasSuffix("11\n"), "\(cut.output)")
  }

  @Test("It is known of every value how it is completed")
  func values() throws {
    func check(_ command: any ParsableCommand.Type) throws {
      let name = command.configuration.commandName ?? ""
      for argument in try #require(CommandDescription(of: command)).arguments ?? []
      where argument.kind != .flag {
        #expect(
          CompletedValue(argument, of: name) != nil,
          "\(name) \(argument.label): CompletedValue does not know <\(argument.valueName ?? "")>")
      }
      for subcommand in command.configuration.subcommands { try check(subcommand) }
    }
    try check(Strata.self)
  }

  @Test("A line is divided as a shell divides it, and nothing in it is run")
  func words() {
    let line = #"strata 'a b' "c \" $HOME d" e\ f ~/x $(touch y) >out "g h"#
    let words = ShellWord.words(of: line)
    let home = ProcessInfo.processInfo.environment["HOME"] ?? "$HOME"
    #expect(
      words.map(\.value) == [
        "strata", "a b", "c \" \(home) d", "e f", "\(home)/x", "$(touch", "y)", ">out", "g h",
      ])
    #expect(words.map(\.isRedirection).firstIndex(of: true) == 7)
    #expect(words.last?.quote == "\"")
    #expect(ShellWord.words(of: "strata ").map(\.value) == ["strata", ""])
  }
}
