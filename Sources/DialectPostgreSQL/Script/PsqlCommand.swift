internal import SchemaModel

extension PostgreSQL {
  /// The commands that psql itself carries out, and what becomes of them in a migration.
  enum PsqlCommand {
    /// They change what psql shows, and no database.
    private static let harmless: Set<String> = [
      "restrict", "unrestrict", "echo", "qecho", "warn", "timing", "pset", "x", "a", "t", "h", "H",
      "C", "f", "T", "errverbose", "conninfo", "copyright",
    ]
    /// Variables of psql that have no part in what statements do.
    private static let harmlessVariables = [
      "ON_ERROR_STOP", "ON_ERROR_ROLLBACK", "ECHO", "ECHO_HIDDEN", "QUIET", "VERBOSITY",
      "SHOW_CONTEXT", "FETCH_COUNT", "HIDE_TABLEAM", "HIDE_TOAST_COMPRESSION", "SHOW_ALL_RESULTS",
      "HISTCONTROL", "HISTFILE", "HISTSIZE", "PROMPT1", "PROMPT2", "PROMPT3",
    ]

    /// Why the command is refused; nil where it may be left out.
    static func refusal(_ text: String) -> String? {
      // What ends its arguments is none of them.
      let command = text.hasSuffix("\\\\") ? text.dropLast(2) : text[...]
      let words = command.dropFirst().split(whereSeparator: \.isWhitespace)
      let name = String(words.first ?? "")
      // `\d users`, `\dt+`, `\l`: they show something.
      let shows = name.first == "d" || name == "l" || name == "l+" || name.hasPrefix("z")
      if harmless.contains(name) || shows { return nil }
      if name == "set" || name == "unset", words.count > 1 {
        if harmlessVariables.contains(String(words[1])) { return nil }
        return "\\\(name) \(words[1]): variables of psql are not replaced in migrations"
      }
      if name == "encoding", words.count > 1 {
        let encoding = words[1].lowercased().filter { $0.isLetter || $0.isNumber }
        return encoding == "utf8" || encoding == "unicode"
          ? nil : "\\encoding \(words[1]): migrations are read as UTF-8"
      }
      return "\\\(name): \(reason(name)); psql carries it out, a migration cannot"
    }

    private static func reason(_ name: String) -> String {
      switch name {
      case "c", "connect": "it goes on in another database"
      case "i", "ir", "include", "include_relative": "it reads another file"
      case "copy": "it reads or writes a file"
      case "!", "o", "out", "w", "write", "g", "s": "it runs a program or writes a file"
      case "if", "elif", "else", "endif": "it chooses what runs"
      case "gset", "gexec", "gdesc", "crosstabview": "it goes by the result of a query"
      case "q", "quit": "it ends the script before its end"
      case ".": "there is no COPY ... FROM stdin that it could end"
      default: "it is a command to psql"
      }
    }
  }
}
