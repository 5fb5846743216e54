import FileSystem
public import SchemaHistory
public import SchemaModel

/// A revision, and the history that it is of: `REV`, or `STORE:REV` for another store's.
public struct RevisionPlace {
  /// Open for asking, where it is another store's.
  public let history: History
  /// The revision in it.
  public let id: RevisionID

  /// Head where nothing is named. A name is another store's only where that folder is there.
  init(_ name: String?, in history: History) throws {
    if let name, let colon = name.lastIndex(of: ":"),
      Files.isDirectory(String(name[..<colon]))
    {
      self.history = try History.open(at: String(name[..<colon]), readOnly: true)
      // Revisions of two dialects are not compared, so its word for it is the same.
      self.history.defaultNamespace = history.defaultNamespace
      let rest = String(name[name.index(after: colon)...])
      id = try self.history.resolve(orHead: rest.isEmpty ? nil : rest)
    } else {
      self.history = history
      do {
        id = try history.resolve(orHead: name)
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

  /// The version of the engine that judged it.
  func engine() throws -> String? { try history.revision(id).revision.engine }

  func rowDifferences(to other: RevisionPlace) throws -> [RowDifference] {
    try history.rows(at: id).differences(to: other.history.rows(at: other.id))
  }

  func diff(to other: RevisionPlace) throws -> [SchemaModel.Operation] {
    history === other.history
      ? try history.diff(from: id, to: other.id)
      : try history.diff(from: id, to: other.id, of: other.history)
  }
}
