public import SchemaModel

/// A place in a history: a revision, or the empty schema that everything began from.
public enum HistoryPoint: Hashable, Sendable, CustomStringConvertible {
  /// What people call `base`: before the first revision, whether a truncation has archived that or not.
  case base
  /// A recorded one.
  case revision(RevisionID)

  /// Nil for the empty schema.
  public var revision: RevisionID? {
    if case .revision(let id) = self { return id }
    return nil
  }

  /// The revision's id, or `base`.
  public var description: String { revision?.text ?? "base" }
}

extension History {
  /// What is there.
  public func schema(at point: HistoryPoint) throws -> Schema {
    try point.revision.map { try schema(at: $0) } ?? Schema()
  }

  /// The rows that the migrations up to there leave behind.
  public func rows(at point: HistoryPoint) throws -> SeedRows {
    try point.revision.map { try rows(at: $0) } ?? SeedRows()
  }

  /// One object there; nil where it does not exist.
  public func object(_ path: ObjectPath, at point: HistoryPoint) throws -> SchemaObject? {
    try point.revision.flatMap { try object(path, at: $0) }
  }

  /// What turns the schema at one place into the one at another.
  public func diff(from old: HistoryPoint, to new: HistoryPoint) throws -> [Operation] {
    if let old = old.revision, let new = new.revision { return try diff(from: old, to: new) }
    return try SchemaDiff.operations(from: schema(at: old), to: schema(at: new))
  }

  /// What turns the schema at one place into the one at a place of another history. Names are all
  /// that the two share: what was renamed is dropped and created here.
  /// - Throws: `HistoryError.otherDialect` where the two speak of different products.
  public func diff(
    from old: HistoryPoint, to new: HistoryPoint, of other: History
  ) throws -> [Operation] {
    guard dialect == other.dialect else {
      throw HistoryError.otherDialect(other.dialect, expected: dialect, directory: other.directory)
    }
    return try SchemaDiff.operations(from: schema(at: old), to: other.schema(at: new))
  }
}
