import ArgumentParser
import FileSystem
import Glibc
import SchemaHistory
import SchemaModel

/// The door: parses the command line, runs one verb, turns every error into one message and one
/// exit code.
@main
struct Strata: ParsableCommand {
  static var version: String { History.version }

  static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "The history of a database schema, kept the way git keeps a source tree.",
    discussion: """
      The store is --store DIR (before or after the verb), else $STRATA_STORE, else the nearest \
      .strata/ upward from the working directory.

      A revision (REV) is named by `head`, its id or as much of it as is unique, a tag, a label, \
      label@head, REV~2 (two steps back), REV^ (its parent; REV^2 a merge's second), @2024-05-01 or \
      '@last march' (the newest of that time) or #123 (an event). `base` is the empty schema, A..B \
      what lies between two.
      An object (OBJECT) is named `users`, `public.users`, `table:users`, `users.email`, \
      `index:ix_users_email`.

      Example:
        strata init
        strata import alembic migrations
        strata log --graph
        strata schema users --at head~3
      """,
    version: "strata \(version)",
    groupedSubcommands: [
      CommandGroup(
        name: "Recording", subcommands: [Init.self, Import.self, Record.self, Tag.self]),
      CommandGroup(
        name: "Asking",
        subcommands: [
          Overview.self, Log.self, Show.self, SchemaCommand.self, Diff.self, Blame.self, Audit.self,
          Query.self,
          Stats.self,
        ]),
      CommandGroup(
        name: "Truncating",
        subcommands: [Truncate.self, Archive.self, Restore.self, Baseline.self]),
      CommandGroup(
        name: "Keeping",
        subcommands: [
          Verify.self, Checkpoint.self, Prove.self, Rebuild.self, Compact.self, Demo.self,
          Completions.self, Man.self, Complete.self,
        ]),
    ])

  /// A verb by itself, without a look at all the others: that look is most of a short command's
  /// time. Nil for what does not parse, which the whole command line then says better.
  private static func parseVerb(_ arguments: [String]) -> (any ParsableCommand)? {
    let verbs: [any ParsableCommand.Type] = [
      SchemaCommand.self, Log.self, Show.self, Diff.self, Blame.self, Audit.self, Query.self,
      Stats.self, Baseline.self, Record.self, Verify.self,
    ]
    guard let name = arguments.first,
      let verb = verbs.first(where: { $0.configuration.commandName == name })
    else { return nil }
    // Help is said of the whole command line: `strata diff`, not `diff`.
    guard let parsed = try? verb.parseAsRoot(Array(arguments.dropFirst())),
      type(of: parsed) == verb
    else { return nil }
    return parsed
  }

  private static func refuseUnknownVerb(_ words: ArraySlice<String>) throws {
    guard let word = words.first, !word.hasPrefix("-") else { return }
    var verbs: [String] = []
    for group in configuration.groupedSubcommands {
      for verb in group.subcommands { verbs += [verb.configuration.commandName ?? ""] }
    }
    if word == "help" { return try refuseUnknownVerb(words.dropFirst()) }
    guard !verbs.contains(word), word != "complete" else { return }
    let nearest =
      OtherTools.verb(for: word).map { [$0] } ?? NearestNames.find(word, among: verbs)
    throw ValidationError(
      "expected a verb, found '\(word)'"
        + (nearest.isEmpty ? "" : "; nearest: \(nearest.joined(separator: ", "))"))
  }

  static var _errorPrefix: String { "strata: " }

  /// Swift shows a byte that is no text as a character of its own: it would be recorded.
  private static func refuseBytes() throws {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let bytes = CommandLine.unsafeArgv[index], String(validatingCString: bytes) == nil
      else { continue }
      throw ValidationError(
        "expected UTF-8 in the command line, found other bytes in its word \(index): "
          + "'\(String(cString: bytes))'; write it in UTF-8")
    }
    for name in Author.variables {
      guard let bytes = getenv(name), String(validatingCString: bytes) == nil else { continue }
      throw ValidationError(
        "expected UTF-8 in \(name), found other bytes: '\(String(cString: bytes))'; write it in UTF-8"
      )
    }
  }

  static func main() {
    Console.start()
    Faults.watch()
    // A file that may not grow (`ulimit -f`) is an error with a message.
    signal(SIGXFSZ, SIG_IGN)
    TemporaryFolder.beforeFirst { Interruption.watch() }
    var command: any ParsableCommand
    do {
      try refuseBytes()
      let arguments = OtherTools.spelledOut(
        Baseline.spelledOut(StoreOptions.takeLeading(CommandLine.arguments.dropFirst())))
      try refuseUnknownVerb(arguments[...])
      try RepeatedOption.refuse(in: arguments)
      command =
        try Overview.unasked(arguments) ?? parsePlainly(arguments) ?? parseVerb(
          arguments) ?? parseAsRoot(arguments)
    } catch {
      Exit.parsing(error)
    }
    do {
      try command.run()
    } catch {
      Exit.running(error)
    }
    Exit.with(.done)
  }
}
