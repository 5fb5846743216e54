import ArgumentParser
import Documents
import DialectRegistry
import FileSystem
import Glibc
import Importers
import SchemaHistory
import SchemaModel
import Workflows

/// What the process says at its end. The one table of exit codes; the documentation repeats it.
enum ExitStatus: Int32 {
  /// Done; or: no difference.
  case done = 0
  /// A difference was found, or a projection lags for good.
  case different = 1
  /// Bad input or usage.
  case input = 2
  /// The store, a segment or its chain is damaged.
  case damaged = 3
  /// Refused: a branch, a lock, not empty, nothing to do it to.
  case refused = 4
  /// The engine or a tool that is called failed.
  case engine = 5
}

/// Ends the process: one message, one code.
enum Exit {
  /// What makes an answer none after all: its words, or nil.
  nonisolated(unsafe) private static var check: () -> String? = { nil }

  static func beforeEnd(_ check: @escaping () -> String?) { self.check = check }

  static func with(_ status: ExitStatus) -> Never { with(code: status.rawValue) }

  static func with(code: Int32) -> Never {
    var code = code
    if code < ExitStatus.input.rawValue, let problem = check() {
      Console.note("strata: \(problem)")
      code = ExitStatus.refused.rawValue
    }
    Dialects.standard.dropAll()
    TemporaryFolder.removeAll()
    Pager.finish()
    exit(code)
  }

  /// Help and version end well; what does not parse is bad usage.
  static func parsing(_ error: any Error) -> Never {
    if Strata.exitCode(for: error) == .success {
      Console.write(document: Strata.fullMessage(for: error).withFinalNewline)
      with(.done)
    }
    Console.note(usage(error))
    with(.input)
  }

  static func running(_ error: any Error) -> Never {
    Interruption.waitIfRequested()
    if let code = error as? ExitCode { with(code: code.rawValue) }
    // `help VERB` runs as a command of its own and ends by throwing what it prints.
    if error is ValidationError || Strata.exitCode(for: error) == .success { parsing(error) }
    Progress.clear()
    Console.note("strata: \(Message(of: error))")
    with(status(of: error))
  }

  /// What does not parse is quoted as it was typed: its line breaks are no lines of ours.
  private static func usage(_ error: any Error) -> String {
    var text = Strata.fullMessage(for: error)
    for word in CommandLine.arguments where word.utf8.contains(where: { $0 < 0x20 }) {
      text = text.replacing(word, with: VisibleText.line(word))
      // An option's name without its dashes, or without its value.
      for part in word.split(separator: "=", maxSplits: 1)
      where part.utf8.contains(where: { $0 < 0x20 }) {
        text = text.replacing(part, with: VisibleText.line(String(part)))
      }
    }
    return text
  }

  /// Whose fault an error is decides its code.
  static func status(of error: any Error) -> ExitStatus {
    switch FaultKind(of: error) {
    case .input: .input
    case .damaged: .damaged
    case .refused: .refused
    case .engine: .engine
    }
  }
}
