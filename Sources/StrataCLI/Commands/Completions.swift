import SchemaModel
import ArgumentParser

struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "The completion script for a shell: bash, zsh or fish.",
    discussion: """
      It completes verbs, options and their values, files and folders, and what the store holds: \
      revisions, tags, objects, columns, segments. The first three lines are for a shell's own \
      start file (~/.bashrc; ~/.zshrc behind compinit; ~/.config/fish/config.fish); the others for \
      where shells look for such scripts.

      Example:
        source <(strata completions bash)
        source <(strata completions zsh)
        strata completions fish | source
        strata completions bash > ~/.local/share/bash-completion/completions/strata
        strata completions zsh > ~/.zfunc/_strata
        strata completions fish > ~/.config/fish/completions/strata.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() {
    switch shell {
    case .bash: Console.write(document: CompletionScript.bash)
    case .zsh: Console.write(document: CompletionScript.zsh)
    case .fish: Console.write(document: CompletionScript.fish)
    }
  }
}
