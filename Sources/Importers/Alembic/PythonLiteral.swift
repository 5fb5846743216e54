/// Text as a Python string literal that evaluates to exactly that text.
enum PythonLiteral {
  static let lineLengthMax = 88

  /// One line in quotes where it fits, else in triple quotes with its own line breaks.
  static func text(_ text: String) -> String {
    let scalars = text.unicodeScalars
    if scalars.count < lineLengthMax, !scalars.contains("\n"), !scalars.contains("\r") {
      for quote in ["\"", "'"] as [Unicode.Scalar] where !scalars.contains(quote) {
        return "\(quote)\(escaped(scalars))\(quote)"
      }
    }
    return "\"\"\"\(tripleQuoted(text))\"\"\""
  }

  /// For a place between triple double quotes, at the end of it too.
  static func tripleQuoted(_ text: String) -> String {
    var result = ""
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first {
      let isQuote = first == "\""
      let run = scalars.prefix { ($0 == "\"") == isQuote }
      scalars = scalars.dropFirst(run.count)
      if !isQuote {
        result += escaped(run, keepingLines: true)
      } else if run.count > 2 || scalars.isEmpty {
        result += String(repeating: "\\\"", count: run.count)
      } else {
        result += String(run)
      }
    }
    return result
  }

  private static func escaped(
    _ scalars: some Sequence<Unicode.Scalar>, keepingLines: Bool = false
  ) -> String {
    var result = String.UnicodeScalarView()
    for scalar in scalars {
      switch scalar {
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      case "\n" where keepingLines: result.append(scalar)
      case "\t": result.append(scalar)
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\r": result.append(contentsOf: "\\r".unicodeScalars)
      case "\u{0}"..<" ", "\u{7f}"..."\u{9f}":
        let digits = String(scalar.value, radix: 16)
        result.append(contentsOf: "\\x\(digits.utf8.count < 2 ? "0" : "")\(digits)".unicodeScalars)
      case "\u{feff}": result.append(contentsOf: "\\ufeff".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
