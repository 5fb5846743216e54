import ArgumentParser
import SchemaModel

/// What fingers know from git and Alembic.
enum OtherTools {
  /// The verb of Strata's that does what another tool calls so.
  static func verb(for word: String) -> String? {
    switch word {
    case "history", "reflog": "log"
    case "heads", "branches", "branch": "log --graph"
    case "status", "current", "info": "overview"
    case "commit", "add", "revision", "stamp": "record"
    case "squash", "prune", "archive-before": "truncate"
    case "undo", "revert", "unarchive", "reset": "restore"
    case "dump", "create", "upgrade", "build": "baseline"
    case "check", "fsck": "verify"
    case "gc", "vacuum": "compact"
    case "annotate": "blame"
    case "tags": "tag"
    default: nil
    }
  }

  /// `log -3` is `log -n 3`, as in git.
  static func spelledOut(_ words: [String]) -> [String] {
    guard words.first == "log" else { return words }
    return zip([""] + words, words).flatMap { before, word in
      let digits = word.dropFirst()
      let isCount =
        before != "-n" && word.hasPrefix("-") && !digits.isEmpty
        && digits.utf8.allSatisfy { (48...57).contains($0) }
      return isCount ? ["-n", String(digits)] : [word]
    }
  }
}

/// An option of one value that is given twice: the parser would take the last in silence.
enum RepeatedOption {
  static func refuse(in words: [String]) throws {
    var seen: Set<String> = []
    var twice: [String] = []
    for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("-") && word.count > 1 {
      let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
      if !seen.insert(name).inserted, !twice.contains(name) { twice.append(name) }
    }
    // Seldom, and only then is it asked which options there are.
    guard !twice.isEmpty, let root = CommandDescription(of: Strata.self) else { return }
    var command = root
    for word in words {
      guard let inner = command.subcommands?.first(where: { $0.commandName == word }) else { break }
      command = inner
    }
    for argument in command.arguments ?? []
    where argument.kind == .option && !argument.isRepeating {
      let names = (argument.names ?? []).map(\.text)
      guard let name = twice.first(where: names.contains) else { continue }
      throw ValidationError("\(name) is given twice, and takes one value; give it once")
    }
  }
}
