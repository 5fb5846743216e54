internal import SchemaModel
internal import FileSystem
internal import SQLiteAccess

/// Why a projection could not be opened, followed or asked.
public enum ProjectionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Read-only: there is no file.
  case missing(path: String)
  /// Read-only: another version of Strata made it, or it is no projection at all.
  case outdated(path: String)
  case damaged(path: String, reason: String)
  case busy(path: String)
  /// The disk, the folder or its permissions.
  case unreachable(path: String, reason: String)
  /// SQLite's own words about a query.
  case badQuery(reason: String)
  case notAQuery(sql: String)
  /// A query that reaches beyond the projection; `reason` says what was expected and found.
  case refused(reason: String)

  /// Whether the system did not let the file be used, whatever is in it.
  public var isOfTheSystem: Bool {
    if case .unreachable = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .missing(let path):
      "expected the projection \(path), found no file; 'strata rebuild' makes it"
    case .outdated(let path):
      "expected a projection of version \(Projection.version) in \(path), found something else; "
        + "'strata rebuild' makes it anew"
    case .damaged(let path, let reason):
      "the projection \(path) is damaged (\(reason)); 'strata rebuild' makes it anew, nothing is "
        + "lost"
    case .busy(let path):
      "another process is writing the projection \(path); try again"
    case .unreachable(let path, let reason):
      "the projection \(path) cannot be used: \(reason)"
    case .badQuery(let reason):
      "SQLite does not take the query: \(reason)"
    case .notAQuery(let sql):
      "expected one query that only reads, found: \(sql)"
    case .refused(let reason):
      "\(reason); ask the projection alone, and join other databases with a client of theirs"
    }
  }

  init(_ error: any Error, path: String) {
    guard let error = error as? SQLiteError else {
      self = error as? ProjectionError ?? .unreachable(path: path, reason: "\(error)")
      return
    }
    self =
      if error.isDamage {
        .damaged(path: path, reason: error.message)
      } else if error.isBusy {
        .busy(path: path)
      } else {
        .unreachable(path: path, reason: Self.reason(error, path))
      }
  }

  private static func reason(_ error: SQLiteError, _ path: String) -> String {
    guard error.isOfTheSystem else { return error.message }
    let isUnexplained = error.isDiskFull || error.systemCode == 0
    let want = isUnexplained ? Files.wantOfRoom(at: Files.parent(of: path) ?? ".") : nil
    if error.isDiskFull || want != nil {
      return "\(want ?? "the disk is full"); the log is as it was. Make room and try again"
    }
    return error.message
  }

  /// Runs `body` and says its errors in the words of this type.
  static func mapping<T>(
    path: String, _ body: () throws -> T
  ) throws(ProjectionError) -> T {
    do { return try body() } catch { throw ProjectionError(error, path: path) }
  }
}
