import Glibc

/// Standard output and standard error, written whole and without Foundation.
enum Console {
  /// A reader that went away is no error: writing ends quietly (`strata log | head -1`).
  static func start() {
    signal(SIGPIPE, SIG_IGN)
  }

  static func write(_ text: String) {
    write(bytes: Array(text.utf8))
  }

  static func write(bytes: [UInt8]) {
    guard put(bytes, on: STDOUT_FILENO) else {
      if errno == EPIPE { Exit.with(.done) }
      note(
        "strata: expected to write to standard output, found: \(String(cString: strerror(errno)))")
      Exit.with(.engine)
    }
  }

  static func print(_ line: String = "") { write(line + "\n") }

  /// Lines in one write.
  static func print(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    write(lines.joined(separator: "\n") + "\n")
  }

  /// A line on standard error.
  static func note(_ line: String) {
    _ = put(Array(line.withFinalNewline.utf8), on: STDERR_FILENO)
  }

  static func warn(_ text: String) { note("strata: warning: \(text)") }

  static func raw(_ text: String, on descriptor: Int32) {
    _ = put(Array(text.utf8), on: descriptor)
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

  /// A question on standard error; yes where the answer begins with y.
  static func asks(_ question: String) -> Bool {
    Progress.clear()
    raw("strata: \(question) [y/n] ", on: STDERR_FILENO)
    let answer = readLine() ?? ""
    return answer.lowercased().hasPrefix("y")
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

  /// Runs of white space made one blank.
  var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }

  func padded(_ width: Int) -> String {
    let missing = width - count
    return missing > 0 ? self + String(repeating: " ", count: missing) : self
  }
}
