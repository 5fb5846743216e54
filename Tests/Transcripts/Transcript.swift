import Foundation

/// A session at the command line as text: `$ ` begins a command (`> ` goes on with it), what follows
/// is what it prints on both streams, and `[2]` is its exit code where that is not 0. The lines
/// before the first command say what it shows.
struct Transcript: CustomStringConvertible, Sendable {
  struct Step: Sendable {
    var command: String
    var output: [String]
  }

  var name: String
  var title: String
  var preamble: [String]
  var steps: [Step]

  var description: String { title }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Sessions")

  static let all: [Transcript] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted().compactMap { try? Transcript(named: $0) }
  }()

  init(named name: String) throws {
    self.name = name
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    preamble = []
    steps = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2)), output: []))
      } else if let last = steps.indices.last {
        if line.hasPrefix("> "), steps[last].output.isEmpty {
          steps[last].command += "\n" + line.dropFirst(2)
        } else {
          steps[last].output.append(line)
        }
      } else {
        preamble.append(line)
      }
    }
    for index in steps.indices {
      while steps[index].output.last == "" { steps[index].output.removeLast() }
    }
    title = preamble.first { !$0.isEmpty } ?? name
  }

  /// Whether it runs Alembic.
  var needsAlembic: Bool { name.contains("alembic") }

  /// Whether it has a PostgreSQL server of its own, `$SERVER`.
  var needsServer: Bool { name.contains("server") }

  /// The same session with what was really printed.
  func text(_ outputs: [[String]]) -> String {
    var lines = preamble
    for (step, output) in zip(steps, outputs) {
      let commands = step.command.split(separator: "\n", omittingEmptySubsequences: false)
      lines.append("$ " + (commands.first ?? ""))
      lines += commands.dropFirst().map { "> " + $0 }
      lines += output + [""]
    }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }
}
