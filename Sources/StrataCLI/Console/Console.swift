import Glibc
import SchemaModel

/// Standard output and standard error, written whole and without Foundation.
///
/// Nothing reaches people but through `print`, `note` and `warn`, which make visible what a terminal
/// would obey or hide, or through `write(document:)`, which does so where a terminal reads.
enum Console {
  /// A reader that went away is no error: writing ends quietly (`strata log | head -1`).
  static func start() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// A text for programs, exact to the byte in a file or a pipe. A terminal is no program: there
  /// what it would obey is shown.
  static func write(document text: String) {
    write(bytes: Array((isTerminal ? VisibleText.lines(text) : text).utf8))
  }

  private static let isTerminal = isatty(STDOUT_FILENO) == 1

  private static func write(bytes: [UInt8]) {
    guard put(bytes, on: STDOUT_FILENO) else {
      if errno == EPIPE { Exit.with(.done) }
      note(
        "strata: expected to write to standard output, found: \(String(cString: strerror(errno)))")
      Exit.with(.engine)
    }
  }

  static func print(_ line: Line = "") { print([line]) }

  /// Lines in one write.
  static func print(_ lines: [Line]) {
    guard !lines.isEmpty else { return }
    let text = lines.map { $0.rendered(isColored: Style.isColored) + "\n" }.joined()
    write(bytes: Array(text.utf8))
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

  /// A question on standard error, asked again until the answer is y or n; nil where the input ends.
  static func asks(_ question: String) -> Bool? {
    Progress.clear()
    while true {
      control("", "strata: \(question) [y/n] ")
      guard let answer = readLine() else {
        control("\n")
        return nil
      }
      switch answer.trimmingBlanks.lowercased() {
      case "y", "yes": return true
      case "n", "no": return false
      default: note("strata: expected y or n, found '\(VisibleText.line(answer))'")
      }
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

extension String {
  var withFinalNewline: String { hasSuffix("\n") ? self : self + "\n" }

  var withoutFinalNewline: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// Its lines, with the tabs by which sources are indented as blanks: every eighth column.
  var sourceLines: [String] {
    split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
      guard line.utf8.contains(9) else { return String(line) }
      var text = ""
      var column = 0
      for character in line {
        let width = character == "\t" ? 8 - column % 8 : 1
        text += character == "\t" ? String(repeating: " ", count: width) : String(character)
        column += width
      }
      return text
    }
  }

  func padded(_ width: Int) -> String {
    let missing = width - count
    return missing > 0 ? self + String(repeating: " ", count: missing) : self
  }
}
