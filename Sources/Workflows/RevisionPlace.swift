import FileSystem
public import SchemaHistory
public import SchemaModel

/// A place, and the history that it is in: `REV`, or `STORE:REV` for another store's.
public struct RevisionPlace {
  /// Open for asking, where it is another store's.
  public let history: History
  /// The revision in it, or the empty schema.
  public let point: HistoryPoint

  /// Head where nothing is named. A name is another store's only where that folder is there.
  init(_ name: String?, in history: History) throws {
    if let name, let colon = name.lastIndex(of: ":"),
      Files.isDirectory(String(name[..<colon]))
    {
      self.history = try History.open(at: String(name[..<colon]), readOnly: true)
      // Revisions of two dialects are not compared, so its word for it is the same.
      self.history.defaultNamespace = history.defaultNamespace
      let rest = String(name[name.index(after: colon)...])
      point = try Self.point(rest.isEmpty ? nil : rest, self.history)
    } else {
      self.history = history
      do {
        point = try Self.point(name, history)
      } catch HistoryError.unknownRevision(let text, let nearest) {
        guard let name, let colon = name.lastIndex(of: ":") else {
          throw HistoryError.unknownRevision(text, nearest: nearest)
        }
        throw WorkflowError.input(
          "expected a revision, or STORE:REV, found '\(name)': no revision is called so, and there is "
            + "no folder '\(name[..<colon])'")
      }
    }
  }

  init(_ point: HistoryPoint, in history: History) {
    self.history = history
    self.point = point
  }

  private static func point(_ name: String?, _ history: History) throws -> HistoryPoint {
    try name.map { try history.point(named: $0) } ?? .revision(history.head())
  }

  /// The version of the engine that judged it; nil for the empty schema.
  func engine() throws -> String? {
    try point.revision.flatMap { try history.revision($0).revision.engine }
  }

  func rowDifferences(to other: RevisionPlace) throws -> [RowDifference] {
    try history.rows(at: point).differences(to: other.history.rows(at: other.point))
  }

  func diff(to other: RevisionPlace) throws -> [SchemaModel.Operation] {
    history === other.history
      ? try history.diff(from: point, to: other.point)
      : try history.diff(from: point, to: other.point, of: other.history)
  }
}
