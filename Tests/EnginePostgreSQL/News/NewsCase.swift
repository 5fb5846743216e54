import Foundation
import Testing

/// What came with a version of the server, as migrations use it.
///
/// The cases of a version stand in `Cases/VERSION.sql`. A line `-- # TITLE` begins one,
/// `-- next` another revision of it, `-- renames TABLE.COLUMN` names what is renamed afterwards,
/// `-- leaves out WORDS` what of it no baseline makes, and `-- needs QUERY` what a server must
/// answer that may be built without it.
struct NewsCase: CustomTestStringConvertible, Sendable {
  /// The major version that knows it first.
  var version: Int
  var title: String
  var revisions: [String] = [""]
  /// The table's name as a statement has it, and the column's.
  var renamed: (table: String, column: String?)?
  /// What the names begin with of what no baseline makes; none where it makes all.
  var leftOut: [String] = []
  /// A query that a server without the feature refuses; empty where each has it.
  var needed = ""

  var testDescription: String { "\(version): \(title)" }

  /// Everything that is done one after the other.
  var scripts: [String] {
    guard let (table, column) = renamed else { return revisions }
    let place = table.lastIndex(of: ".").map { table[...$0] } ?? ""
    var scripts = revisions + ["ALTER TABLE \(table) RENAME TO \"an Other\""]
    if let column {
      scripts.append("ALTER TABLE \(place)\"an Other\" RENAME COLUMN \(column) TO \"it's\"")
    }
    return scripts
  }

  static let versions = 15...18

  static let all: [NewsCase] = versions.flatMap { version in
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    let text = (try? String(contentsOfFile: "\(path)/Cases/\(version).sql", encoding: .utf8)) ?? ""
    return cases(text, version: version)
  }

  private static func cases(_ text: String, version: Int) -> [NewsCase] {
    var cases: [NewsCase] = []
    for line in text.split(separator: "\n") {
      func rest(_ word: String) -> String? {
        line.hasPrefix("-- \(word) ") ? String(line.dropFirst(word.count + 4)) : nil
      }
      if let title = rest("#") {
        cases.append(NewsCase(version: version, title: title))
      } else if let last = cases.indices.last {
        if let name = rest("renames") {
          let parts = name.split(separator: ".").map(String.init)
          cases[last].renamed =
            parts.count == 3
            ? (parts[0] + "." + parts[1], parts[2]) : (parts[0], parts.dropFirst().first)
        } else if let words = rest("leaves out") {
          cases[last].leftOut = words.split(separator: "|").map(String.init)
        } else if let query = rest("needs") {
          cases[last].needed = query
        } else if line == "-- next" {
          cases[last].revisions.append("")
        } else {
          cases[last].revisions[cases[last].revisions.count - 1] += line + "\n"
        }
      }
    }
    return cases
  }
}
