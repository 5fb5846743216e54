import Foundation
import Testing

/// A table of docs/SECURITY.md that a test makes: it stands between two marks.
enum SecurityDocument {
  private static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/SECURITY.md")

  /// Compares; with STRATA_WRITE_DOCS=1 writes what the test found.
  static func compare(_ lines: [String], test: String) throws {
    let text = try String(contentsOf: path, encoding: .utf8)
    let start = "<!-- made by: \(test) -->\n"
    let begin = try #require(text.range(of: start), "no table of \(test) in docs/SECURITY.md")
    let end = try #require(
      text.range(of: "<!-- end -->", range: begin.upperBound..<text.endIndex))
    let table = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["STRATA_WRITE_DOCS"] == "1" {
      let new = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: table)
      try new.write(to: path, atomically: true, encoding: .utf8)
      return
    }
    let found = text[begin.upperBound..<end.lowerBound]
    #expect(
      found == table, "docs/SECURITY.md says otherwise; STRATA_WRITE_DOCS=1 writes it anew")
  }
}
