import DialectRegistry
import Importers
import SchemaModel
import Workflows

/// What an argument or an option's value is completed with. The declaration says it (a list, files,
/// folders), else the name of the value: what the help calls `<rev>` is a revision everywhere.
enum CompletedValue: Equatable {
  case revision
  /// Of this store or of another: STORE:REV.
  case revisionAnywhere
  case tag
  /// An object, or a column of it.
  case object
  case table
  /// A column of what `--object` names.
  case column
  case segment
  case verb
  case list([String])
  case file
  case folder
  /// The user's own words, which may be a path too: the shell completes files.
  case text
  /// A number, a date, a new name: nothing completes it.
  case nothing

  /// Nil for the name of a value that this does not know: a test holds that there is none.
  init?(_ argument: ArgumentDescription, of command: String) {
    if let declared = argument.completionKind {
      if let list = declared.list {
        self = .list(list.values)
        return
      }
      if declared.file != nil || declared.directory != nil {
        self = declared.file != nil ? .file : .folder
        return
      }
    }
    switch argument.valueName ?? "" {
    case "rev": self = .revision
    case "a", "b": self = .revisionAnywhere
    case "object": self = .object
    case "table": self = .table
    case "segment": self = .segment
    case "subcommands", "verb": self = .verb
    case "dir": self = .folder
    case "file", "exe", "key", "hash-or-file", "file|host:port": self = .file
    case "argument", "json", "module:name", "name=value", "sql", "text", "url": self = .text
    case "count", "date", "id", "major", "seconds", "words": self = .nothing
    case "kind": self = .list(Event.Fact.kinds)
    case "name": self = Self.name(argument.spellings.last, of: command)
    default: return nil
    }
  }

  private static func name(_ option: String?, of command: String) -> CompletedValue {
    switch (command, option) {
    case ("tag", _): .tag
    case ("prove", "--column"): .column
    case (_, "--dialect"): .list(Dialects.standard.names)
    case (_, "--keep-table"): .list(RunnerTables.known.sorted())
    case (_, "--layout"): .list(["auto"] + SQLLayout.allCases.map(\.rawValue))
    default: .nothing
    }
  }
}
