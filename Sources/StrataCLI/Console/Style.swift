import Glibc

/// Colours, on a terminal only and never with NO_COLOR.
enum Style {
  static let isColored: Bool =
    isatty(STDOUT_FILENO) == 1 && Environment.value("NO_COLOR") == nil
    && Environment.value("TERM") != "dumb"

  static func revision(_ text: String) -> Line { Line(text, code: "33") }
  static func mark(_ text: String) -> Line { Line(text, code: "36") }
  static func added(_ text: String) -> Line { Line(text, code: "32") }
  static func removed(_ text: String) -> Line { Line(text, code: "31") }
  static func changed(_ text: String) -> Line { Line(text, code: "33") }
  static func faint(_ text: String) -> Line { Line(text, code: "2") }
  static func strong(_ text: String) -> Line { Line(text, code: "1") }
}
