import Foundation
import Testing

/// A table in docs/SECURITY.md that a test makes: it stands between two marks.
struct DocumentBlock {
  let name: String

  private static let path =
    String(#filePath.dropLast("/Tests/Transcripts/DocumentBlock.swift".count)) + "/docs/SECURITY.md"

  /// Compares the block with what was found; STRATA_WRITE_DOCS=1 writes it instead.
  func hold(_ lines: [String]) throws {
    let text = try String(contentsOfFile: Self.path, encoding: .utf8)
    let begin = "<!-- made by: \(name) -->\n"
    let start = try #require(text.firstRange(of: begin), "docs/SECURITY.md has no block \(name)")
    let end = try #require(text[start.upperBound...].firstRange(of: "<!-- end -->"))
    let found = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["STRATA_WRITE_DOCS"] == "1" {
      let written = text[..<start.upperBound] + found + text[end.lowerBound...]
      try String(written).write(toFile: Self.path, atomically: true, encoding: .utf8)
      return
    }
    let documented = text[start.upperBound..<end.lowerBound].split(separator: "\n").map(String.init)
    for (line, other) in zip(lines, documented) where line != other {
      Issue.record("docs/SECURITY.md says \(other), found \(line)")
    }
    #expect(lines.count == documented.count, "STRATA_WRITE_DOCS=1 writes the table anew")
  }
}
