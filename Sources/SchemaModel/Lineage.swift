/// Which object became which, as the engine knows it: what turns a drop and a create into a rename.
public struct Lineage: Hashable, Sendable {
  /// New path -> old path, for objects that live on under another name.
  public var objects: [ObjectPath: ObjectPath]
  /// New table path -> (new column name -> old column name), for columns that were renamed.
  public var columns: [ObjectPath: [ExactText: ExactText]]
  /// Tables that were made anew under an old name and share nothing with what had it.
  public var replaced: Set<ObjectPath>
  /// New table path -> columns that have an old column's name and nothing else of it.
  public var replacedColumns: [ObjectPath: Set<ExactText>]

  public init(
    objects: [ObjectPath: ObjectPath] = [:], columns: [ObjectPath: [ExactText: ExactText]] = [:],
    replaced: Set<ObjectPath> = [], replacedColumns: [ObjectPath: Set<ExactText>] = [:]
  ) {
    self.objects = objects
    self.columns = columns
    self.replaced = replaced
    self.replacedColumns = replacedColumns
  }
}

/// One statement that a migration ran, in order.
public struct ExecutedStatement: Hashable, Sendable {
  /// The statement as it ran, without values that were bound.
  public var sql: String
  /// How many times it ran in a row.
  public var count: Int

  public init(sql: String, count: Int = 1) {
    self.sql = sql
    self.count = count
  }
}
