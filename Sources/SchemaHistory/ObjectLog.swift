import SchemaModel

extension History {
  /// The object of that name at a head; else at the newest revision that had one: for questions
  /// that are about no one revision.
  /// - Throws: `HistoryError.unknownObject` with the nearest ones, `.ambiguousObject`,
  ///   `.noRevisions`.
  public func newestObject(named text: String) throws -> ObjectName {
    let heads = try heads()
    guard !heads.isEmpty else { throw HistoryError.noRevisions }
    var unknown: (any Error)?
    for head in heads {
      do {
        return try object(named: text, at: head)
      } catch HistoryError.unknownObject(let name, let nearest) {
        unknown = unknown ?? HistoryError.unknownObject(name, nearest: nearest)
      }
    }
    for entry in try graph().entries.reversed() where !heads.contains(entry.id) {
      if let name = try? object(named: text, at: entry.id) { return name }
    }
    throw unknown ?? HistoryError.noRevisions
  }

  /// The revisions that touched an object, or a column through all its names, newest first.
  /// - Parameter filter: what else holds for them; its object is `name`'s.
  public func log(_ filter: LogFilter, of name: ObjectName) throws -> [RecordedRevision] {
    var filter = filter
    filter.objectPath = name.path
    guard let column = name.column else { return try log(filter) }
    let limit = filter.limit
    filter.limit = nil
    var trail = ColumnTrail(name.path, column)
    let touched = try log(filter).filter {
      try trail.isTouched(by: operations(of: $0.id).map(\.operation))
    }
    return limit.map { Array(touched.prefix($0)) } ?? touched
  }
}
