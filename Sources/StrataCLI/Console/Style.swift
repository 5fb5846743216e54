import Glibc

/// Colours, on a terminal only and never with NO_COLOR.
enum Style {
  static let isColored: Bool =
    isatty(STDOUT_FILENO) == 1 && Environment.value("NO_COLOR") == nil
    && Environment.value("TERM") != "dumb"

  static func revision(_ text: String) -> String { paint(text, "33") }
  static func mark(_ text: String) -> String { paint(text, "36") }
  static func added(_ text: String) -> String { paint(text, "32") }
  static func removed(_ text: String) -> String { paint(text, "31") }
  static func changed(_ text: String) -> String { paint(text, "33") }
  static func faint(_ text: String) -> String { paint(text, "2") }
  static func strong(_ text: String) -> String { paint(text, "1") }

  private static func paint(_ text: String, _ code: String) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
