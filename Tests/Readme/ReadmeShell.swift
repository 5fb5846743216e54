import Foundation
import Testing

/// A folder with the example's migrations in a git repository of fixed authors and dates.
final class ReadmeShell {
  private let folder: URL

  /// The binary that was built with the tests; STRATA_BINARY names another.
  private static var binary: URL {
    if let named = ProcessInfo.processInfo.environment["STRATA_BINARY"] {
      return URL(filePath: named)
    }
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: program).deletingLastPathComponent().appending(path: "strata")
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "strata-readme-\(UUID().uuidString)")
    let work = folder.appending(path: "work")
    let example = URL(filePath: ReadmeTests.root).appending(path: "docs/example/migrations")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: example, to: work.appending(path: "migrations"))
    try run(
      """
      git init -q . && git config user.name Ada && git config user.email ada@example.org
      month=1
      for file in migrations/*; do
        git add "$file"
        GIT_AUTHOR_DATE="2024-0$month-15T09:00:00Z" git commit -q -m "$file"
        month=$((month + 1))
      done
      """)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// What a command prints on both streams, with the hash of a segment masked.
  @discardableResult
  func run(_ command: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "exec 2>&1\n" + command]
    process.currentDirectoryURL = folder.appending(path: "work")
    process.environment = [
      "PATH": "\(Self.binary.deletingLastPathComponent().path):/usr/local/bin:/usr/bin:/bin",
      "HOME": folder.path, "TMPDIR": folder.path, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_CEILING_DIRECTORIES": folder.path, "STRATA_AUTHOR": "Ada <ada@example.org>",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Self.masked(text)
  }

  /// What the clock decides: the day of today, and the hashes of what holds times.
  private static func masked(_ text: String) -> String {
    text.replacing(/-[0-9a-f]{12}\.segment/, with: "-….segment")
      .replacing(/\b[0-9a-f]{64}\b/, with: "…")
      .replacing(/\b\d+(\.\d+)? (bytes|KiB|KB|kB)\b/, with: "… KiB")
      .trimmingCharacters(in: .newlines)
  }

  /// `$ ` begins a command; what follows is what it prints.
  static func steps(_ session: String) -> [(command: String, output: String)] {
    session.components(separatedBy: "\n$ ").map { step in
      let lines = step.components(separatedBy: "\n")
      let command = lines[0].hasPrefix("$ ") ? String(lines[0].dropFirst(2)) : lines[0]
      let output = lines.dropFirst().joined(separator: "\n")
      return (command, masked(output))
    }
  }
}
