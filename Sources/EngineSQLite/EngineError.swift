public import SchemaModel

/// Why a live SQLite database did not do what it was asked.
public enum SQLiteEngineError: AdvisedError, Hashable, Sendable, CustomStringConvertible {
  case cannotOpen(path: String, message: String)
  /// A statement failed; `line` is its line in the script.
  case failed(sql: String, line: Int?, message: String)
  /// The disk, the folder or the memory failed, not the statement.
  case medium(sql: String, line: Int?, message: String)
  /// A statement that reaches beyond its database; `reason` says what was expected and found.
  case refused(sql: String, line: Int?, reason: String)
  /// The schema holds a text that this SQLite is too old for; versions as `3.40.1`.
  case newerText(message: String, own: String, writer: String)
  case timedOut(sql: String, line: Int?, seconds: Double)
  /// A table that cannot be read back: a module that is not there, text that is no UTF-8.
  case unreadable(table: String, message: String)
  case files(String)

  public var description: String {
    switch self {
    case .cannotOpen(let path, let message):
      "cannot open the SQLite database \(VisibleText.line(path)): \(message.quotedInMessage)"
    case .medium(let sql, let line, let message):
      "SQLite cannot write\(Self.place(line)): \(message.quotedInMessage)\n  \(Self.shortened(sql))"
    case .failed(let sql, let line, let message):
      "SQLite refused\(Self.place(line)): \(message.quotedInMessage)\n  \(Self.shortened(sql))"
    case .refused(let sql, let line, let reason):
      "refused\(Self.place(line)): \(reason.quotedInMessage); take it out of the SQL, and do it by "
        + "hand where it is needed\n  \(Self.shortened(sql))"
    case .newerText(let message, let own, let writer):
      "expected a schema that Strata's SQLite \(own) reads, found one that SQLite \(writer) wrote: "
        + message.quotedInMessage
    case .timedOut(let sql, let line, let seconds):
      "stopped\(Self.place(line)) after \(seconds) s, the limit of time:\n  \(Self.shortened(sql))"
    case .unreadable(let table, let message):
      "cannot read table \(VisibleText.line(table)) back: \(message.quotedInMessage)"
    case .files(let message): message
    }
  }

  /// What to do, where more is known than to correct the statement.
  public var nextStep: String? {
    if case .newerText(_, let own, _) = self {
      return
        "write it as SQLite \(own) takes it, or run the migrations by a Python whose SQLite is no "
        + "newer (--python)"
    }
    guard case .unreadable(_, let message) = self, message.contains("no UTF-8") else { return nil }
    return "write the value as text in UTF-8, or as a blob: x'...' without CAST(... AS TEXT)"
  }

  private static func place(_ line: Int?) -> String { line.map { " line \($0)" } ?? "" }

  private static func shortened(_ sql: String) -> String {
    (sql.count > 500 ? sql.prefix(497) + "..." : sql).quotedInMessage
  }
}
