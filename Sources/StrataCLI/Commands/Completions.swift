import SchemaModel
import ArgumentParser
import Documents

struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "The completion script for a shell: bash, zsh or fish.",
    discussion: """
      Example:
        strata completions bash > ~/.local/share/bash-completion/completions/strata
        strata completions zsh > ~/.zfunc/_strata
        strata completions fish > ~/.config/fish/completions/strata.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() {
    let chosen: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    Console.write(document: Strata.completionScript(for: chosen).withFinalNewline)
  }
}
