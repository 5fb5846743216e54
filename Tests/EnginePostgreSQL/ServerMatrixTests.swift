import EnginePostgreSQL
import Foundation
import SchemaModel
import Testing

@Suite("What migrations try on a server of the user's", .serialized)
struct ServerMatrixTests {
  private static let document = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/SECURITY.md")

  @Test("nothing of it is left, whoever runs it and however it is written")
  func matrix() throws {
    let bed = try ServerBed()
    let before = try bed.state()
    var lines = [
      "| a migration tries | CREATEDB | CREATEDB and CREATEROLE, trusted | superuser | superuser, "
        + "trusted | left on the server |",
      "| --- | --- | --- | --- | --- | --- |",
    ]
    for attempt in ServerAttempt.all {
      var cells: [String] = []
      var left: Set<String> = []
      for (role, trusts) in [
        ("plain", false), ("maker", true), ("postgres", false), ("postgres", true),
      ] {
        if attempt.isLasting, trusts, role == "postgres" {
          cells.append("(its own risk)")
          continue
        }
        cells.append(bed.outcome(of: attempt, as: role, trusts: trusts))
        let after = try bed.state()
        for change in Set(after).symmetricDifference(before) {
          Issue.record("\(attempt.name) as \(role) changed \(change)")
          left.insert(change)
        }
      }
      lines.append(
        "| `\(attempt.name)` | \(cells.joined(separator: " | ")) | "
          + "\(left.isEmpty ? "nothing" : left.sorted().joined(separator: ", ")) |")
    }
    #expect(ServerAttempt.all.count >= 50)
    // A canary: where all were refused, nothing was looked at.
    #expect(lines.contains { $0.contains("| ran |") })
    try compare(lines)
  }

  /// Holds the document to what was found; STRATA_WRITE_DOCS=1 writes it anew.
  private func compare(_ lines: [String]) throws {
    let start = "<!-- made by: ServerMatrixTests.matrix -->"
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    let parts = text.split(separator: start, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "expected \(start) in docs/SECURITY.md, found none")
    let rest = try #require(parts[1].firstRange(of: "<!-- end -->"))
    let found = parts[1][..<rest.lowerBound].trimmingCharacters(in: .newlines)
    let made = lines.joined(separator: "\n")
    // Which statements PostgreSQL refuses by itself depends on its version.
    guard try Shared.engine().majorVersion() == 15 else { return }
    if ProcessInfo.processInfo.environment["STRATA_WRITE_DOCS"] == "1" {
      let document = "\(parts[0])\(start)\n\(made)\n\(parts[1][rest.lowerBound...])"
      try Data(document.utf8).write(to: Self.document)
    } else {
      #expect(found == made, "STRATA_WRITE_DOCS=1 writes the table anew")
    }
  }
}
