internal import SchemaModel

/// Where a SQLite database is, as people and migration tools write it.
public enum SQLiteLocation {
  /// Why a text names no SQLite file.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    case otherDatabase(scheme: String)
    case memory
    /// With a NUL, up to which the system would read it.
    case noPath(String)

    public var description: String {
      switch self {
      case .otherDatabase(let scheme):
        "expected a SQLite database (sqlite:///relative.db, sqlite:////absolute.db or a path), "
          + "found a URL of \(scheme)"
      case .memory:
        "expected a SQLite file, found a database in memory; name a file, as in sqlite:///app.db"
      case .noPath(let text):
        "expected a SQLite file, found '\(VisibleText.line(text))'; name a file, as in sqlite:///app.db"
      }
    }
  }

  /// The file that `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite+aiosqlite:///...` or
  /// a plain path names; a query behind `?` is left out of URLs.
  public static func path(of text: String) throws(Failure) -> String {
    if text.utf8.contains(0) { throw .noPath(text) }
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
      text[colon...].hasPrefix("://")
    else {
      if text.isEmpty || text == ":memory:" { throw .memory }
      return text
    }
    let scheme = text[..<colon]
    let driver = scheme.prefix { $0 != "+" }
    guard driver == "sqlite" || driver == "sqlite3" || driver == "file" else {
      throw .otherDatabase(scheme: String(driver))
    }
    let rest = text[colon...].dropFirst(3).prefix { $0 != "?" }
    // Three slashes: an empty host, then a relative path. `file:///` has the absolute path there.
    let path = driver != "file" && rest.hasPrefix("/") ? rest.dropFirst() : rest
    if path.isEmpty || path == ":memory:" { throw .memory }
    return String(path)
  }

  /// The URL of a file, as SQLAlchemy writes it.
  public static func url(ofPath path: String) -> String { "sqlite:///" + path }
}
