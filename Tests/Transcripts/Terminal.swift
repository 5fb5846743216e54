import Foundation
import Testing

/// A shell at a terminal, with completion switched on as README says.
enum Terminal: String, CaseIterable, CustomStringConvertible {
  case bash
  /// With Debian's package bash-completion, which brings functions of its own.
  case bashCompletion = "bash with bash-completion"
  case zsh
  /// With the script in a folder of such, as a system has it.
  case zshFolder = "zsh with a folder of functions"
  case fish

  var description: String { rawValue }

  static let there = allCases.filter(\.isThere)
  private static let bashCompletionFile = "/usr/share/bash-completion/bash_completion"

  /// What is installed: tools/test-environment sees to it, and counts what is not.
  private var isThere: Bool {
    let files = FileManager.default
    let program = "/\(shell)"
    guard
      ["/usr/bin", "/bin", "/usr/local/bin"].contains(where: {
        files.isExecutableFile(atPath: $0 + program)
      })
    else { return false }
    return self != .bashCompletion || files.fileExists(atPath: Self.bashCompletionFile)
  }

  /// The program.
  var shell: String {
    switch self {
    case .bash, .bashCompletion: "bash"
    case .zsh, .zshFolder: "zsh"
    case .fish: "fish"
    }
  }

  private var setup: String {
    switch self {
    case .bash: "source <(strata completions bash)"
    case .bashCompletion: ". \(Self.bashCompletionFile)\nsource <(strata completions bash)"
    case .zsh: "autoload -Uz compinit\ncompinit -u -D\nsource <(strata completions zsh)"
    case .zshFolder:
      "mkdir -p ~/.zfunc\nstrata completions zsh >~/.zfunc/_strata\nfpath=(~/.zfunc $fpath)\n"
        + "autoload -Uz compinit\ncompinit -u -D"
    case .fish: "strata completions fish | source"
    }
  }

  /// The line after each of these was typed, with `\t` for the key that completes, and what the
  /// terminal showed meanwhile.
  func type(_ keys: [String], in place: Shell) throws -> [(line: String, shown: String)] {
    let start = place.folder.appending(path: "setup")
    try (setup + "\n").write(to: start, atomically: true, encoding: .utf8)
    let driver = Transcript.folder.deletingLastPathComponent().appending(
      path: "Terminal/terminal.py")
    let words = ([driver.path, shell, start.path] + keys).map(Self.quoted).joined(separator: " ")
    let result = try place.run("python3 \(words)")
    try #require(result.code == 0, "\(result.output)")
    let lines = result.output.split(separator: "\n").joined(separator: ",")
    let texts = try JSONDecoder().decode([String].self, from: Data("[\(lines)]".utf8))
    return stride(from: 0, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) }
  }

  /// What the shell itself makes of words on a line.
  func words(_ line: String, in place: Shell) throws -> String {
    try place.run("\(shell) -c \(Self.quoted("printf '<%s>' \(line)"))").output
  }

  static func quoted(_ text: String) -> String {
    "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
