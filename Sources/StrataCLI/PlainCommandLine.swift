import SchemaModel
import ArgumentParser

// ArgumentParser asks the runtime for some ninety conformances, each by a scan of all that the
// program and its libraries declare, and that takes longer than the answer. So the plain command
// lines of the two verbs that scripts run by the hundred are read here. Everything else (help, `--at=head`, an option
// twice, a word too many, any mistake) is nil here, and ArgumentParser alone decides what it means
// and says what is wrong. Tests compare the two, verb by verb.

/// The words behind a verb: options each with its value in the next word, flags, arguments.
struct PlainCommandLine {
  private var values: [(name: String, value: String)] = []
  private var flags: [String] = []
  private var arguments: [String] = []

  /// Nil where any word is not plainly one of these, or has its place twice.
  init?(
    _ words: ArraySlice<String>, options: [String], flags: [String] = [], arguments limit: Int = 0
  ) {
    var rest = words
    while let word = rest.popFirst() {
      if !word.utf8.starts(with: [UInt8(ascii: "-")]) {
        guard !word.isEmpty, arguments.count < limit else { return nil }
        arguments.append(word)
      } else if flags.contains(word), !self.flags.contains(word) {
        self.flags.append(word)
      } else if options.contains(word), value(word) == nil, let value = rest.popFirst(),
        !value.isEmpty, !value.utf8.starts(with: [UInt8(ascii: "-")])
      {
        values.append((word, value))
      } else {
        return nil
      }
    }
  }

  func value(_ option: String) -> String? { values.first { $0.name == option }?.value }
  func has(_ flag: String) -> Bool { flags.contains(flag) }

  func argument(_ index: Int) -> String? {
    arguments.indices.contains(index) ? arguments[index] : nil
  }

  /// The option's word as one of a few, `standard` without it; nil for a word that is none of them.
  func choice<Choice: RawRepresentable<String>>(
    _ option: String, orElse standard: Choice
  ) -> Choice? {
    value(option).map { Choice(rawValue: $0) } ?? standard
  }
}

/// A verb that reads its own plain command lines, and gives every one of its options a value: what
/// has none stops the process when it is asked for. Not by an initializer: there an assignment to
/// an option with a default makes a new definition of it instead of a value.
protocol PlainVerb: ParsableCommand {
  /// Nil for what ArgumentParser shall read.
  static func plain(_ words: ArraySlice<String>) -> Self?
}

extension StoreOptions {
  static func plain(_ line: PlainCommandLine) -> StoreOptions {
    var options = StoreOptions()
    options.store = line.value("--store")
    options.color = .auto
    options.noPager = false
    return options
  }
}

extension AlembicArguments {
  /// Nothing of it is said.
  static var plain: AlembicArguments {
    var arguments = AlembicArguments()
    arguments.python = nil
    arguments.paths = []
    arguments.section = nil
    arguments.env = nil
    arguments.database = nil
    arguments.variables = []
    arguments.arguments = []
    arguments.application = nil
    arguments.namingConvention = nil
    arguments.transactionPerMigration = false
    arguments.allowed = []
    return arguments
  }
}

extension SQLArguments {
  /// Nothing of it is said.
  static var plain: SQLArguments {
    var arguments = SQLArguments()
    arguments.layout = nil
    arguments.definitions = []
    arguments.foreignKeys = nil
    return arguments
  }
}

extension RunArguments {
  /// Nothing of it is said.
  static var plain: RunArguments {
    var arguments = RunArguments()
    arguments.timeout = nil
    arguments.scratch = nil
    arguments.pgVersion = nil
    arguments.trustMigrations = false
    arguments.superuser = false
    return arguments
  }
}

extension Strata {
  /// The verb that a plain command line asks for.
  static func parsePlainly(_ words: [String]) -> (any ParsableCommand)? {
    let rest = words.dropFirst()
    switch words.first {
    case "schema": return SchemaCommand.plain(rest)
    case "baseline": return Baseline.plain(rest)
    case "complete": return Complete.plain(rest)
    default: return nil
    }
  }
}
