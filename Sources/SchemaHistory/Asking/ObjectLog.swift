import SchemaModel

extension History {
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
      try trail.isTouched(by: operations(of: $0.id).filter { !$0.isSpelling }.map(\.operation))
    }
    return limit.map { Array(touched.prefix($0)) } ?? touched
  }
}
