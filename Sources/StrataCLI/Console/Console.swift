import Documents
import Glibc
import SchemaModel
import Synchronization
import Workflows

/// Standard output and standard error, written whole and without Foundation.
///
/// Nothing reaches people but through `print`, `note` and `warn`, which make visible what a terminal
/// would obey or hide, or through `write(document:)`, which does so where a terminal reads.
enum Console {
  /// A reader that went away is no error: writing ends quietly (`strata log | head -1`).
  static func start() {
    signal(SIGPIPE, SIG_IGN)
    holdDescriptors()
  }

  /// A standard descriptor that is closed would be the number of the next file that is opened, the log
  /// among them, and what is printed would be written there. Standard output stays one that takes
  /// nothing, and standard input one that gives nothing: each is a failure for whoever needs it.
  private static func holdDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      let held = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
      guard held != descriptor else { continue }
      // Without /dev/null there is no safe place for what is printed.
      Exit.with(.refused)
    }
  }

  /// A text for programs, exact to the byte in a file or a pipe. A terminal is no program: there
  /// what it would obey is shown.
  static func write(document text: String) {
    write(bytes: Array((isTerminal ? VisibleText.lines(text) : text).utf8))
  }

  /// A JSON document.
  static func write(_ value: JSONValue) { write(document: value.document + "\n") }

  private static let isTerminal = isatty(STDOUT_FILENO) == 1

  /// What `--color` says; `auto` without it.
  nonisolated(unsafe) static var colors = ColorChoice.auto

  /// Colours, on a terminal only and never with NO_COLOR, unless they are asked for.
  private static let isColored: Bool =
    switch colors {
    case .always: true
    case .never: false
    case .auto:
      isTerminal && Environment.value("NO_COLOR") == nil && Environment.value("TERM") != "dumb"
    }

  /// The terminal's columns; nil where nobody sees a window.
  static let width: Int? = {
    guard isTerminal else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return nil }
    return Int(size.ws_col)
  }()

  /// What is known of the terminal stays so, whatever standard output becomes.
  static func holdTerminal() { _ = (isTerminal, isColored, width) }

  private static func write(bytes: [UInt8]) {
    Pager.startIfWanted()
    guard put(bytes, on: STDOUT_FILENO) else {
      if errno == EPIPE {
        // Whoever reads in a pager has seen enough; what the answer is, the exit code still says.
        if Pager.isRunning { return }
        Exit.with(.done)
      }
      note(
        "strata: expected to write to standard output, found: \(String(cString: strerror(errno))); the "
          + "answer is lost, what was done before it is not")
      Exit.with(.refused)
    }
  }

  static func print(_ line: Line = "") { print([line]) }

  /// Lines in one write.
  static func print(_ lines: [Line]) {
    guard !lines.isEmpty else { return }
    let text = lines.map { $0.rendered(isColored: isColored) + "\n" }.joined()
    write(bytes: Array(text.utf8))
  }

  /// The same, each no longer than the terminal's window.
  static func print(fitted lines: [Line]) {
    print(width.map { width in lines.map { $0.fitted(to: width) } } ?? lines)
  }

  static func print(_ lines: [String]) { print(lines.map { Line($0) }) }

  /// A message on standard error, of one line or several.
  static func note(_ text: String) {
    _ = put(Array(VisibleText.lines(text).withFinalNewline.utf8), on: STDERR_FILENO)
  }

  /// One line, whatever stands in it.
  static func warn(_ text: String) { note(VisibleText.line("strata: warning: \(text)")) }

  /// What moves the cursor; what stands beside it is made visible.
  static func control(_ sequence: String, _ text: String = "") {
    _ = put(Array((sequence + VisibleText.line(text)).utf8), on: STDERR_FILENO)
  }

  private static func put(_ bytes: [UInt8], on descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        offset += count
      }
      return true
    }
  }
}

extension Console {
  /// Whether somebody is there who can answer.
  static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// What surrounds a workflow that is started here.
  static func context(_ scratch: ScratchOptions = ScratchOptions()) -> WorkflowContext {
    WorkflowContext(
      scratch: scratch, memory: .ofUser, listener: ConsoleListener(),
      respondent: isInteractive ? ConsoleRespondent() : nil)
  }
}

/// Warnings, notices and a progress bar on standard error.
final class ConsoleListener: ProgressListener {
  private let bar = Mutex(Progress())

  func heard(_ progress: WorkProgress) { bar.withLock { $0.show(progress) } }
  func heardEnd() { Progress.clear() }
  func heard(warning: String) { Console.warn(warning) }
  func heard(notice: String) { Console.note("strata: \(notice)") }
}

/// Questions on standard error, answered on standard input; asked again until the answer is one of
/// the words.
struct ConsoleRespondent: Respondent {
  func answer<Choice>(_ question: Question<Choice>) -> Choice? {
    Progress.clear()
    let words = question.answers.compactMap(\.words.first)
    while true {
      Console.control("", "strata: \(question.text) [\(words.joined(separator: "/"))] ")
      guard let line = readLine() else {
        Console.control("\n")
        return nil
      }
      let word = line.trimmingBlanks.lowercased()
      if let answer = question.answers.first(where: { $0.words.contains(word) }) {
        return answer.choice
      }
      Console.note(
        "strata: expected \(words.joined(separator: " or ")), found '\(VisibleText.line(line))'")
    }
  }
}

enum Environment {
  /// The variable's value; nil where it is not set or empty.
  static func value(_ name: String) -> String? {
    guard let pointer = getenv(name), pointer.pointee != 0 else { return nil }
    return String(cString: pointer)
  }
}
