public import SchemaHistory
public import SchemaModel

/// Finds what is different between two revisions, of one history or of two.
public struct HistoryComparison: Sendable {
  /// Any name of a revision, or `STORE:REV` for one of another store.
  public var from: String
  /// The same; nil for the head.
  public var to: String?
  /// Only what concerns this object.
  public var object: String?
  /// Also the rows that the migrations left behind.
  public var comparesRows: Bool

  public init(
    from: String, to: String? = nil, object: String? = nil, comparesRows: Bool = false
  ) {
    self.from = from
    self.to = to
    self.object = object
    self.comparesRows = comparesRows
  }

  /// - Throws: `HistoryError` for what cannot be found, or is another dialect's;
  ///   `WorkflowError.input` for a store that is not there.
  public func run(in history: History) throws -> ComparisonResult {
    let from = try RevisionPlace(from, in: history)
    let to = try RevisionPlace(to, in: history)
    var operations = try from.diff(to: to)
    if let object {
      let name = try Self.named(object, from, to)
      operations = operations.filter { OperationScope($0).concerns(name) }
    }
    return ComparisonResult(
      from: from, to: to, operations: operations,
      rows: comparesRows ? try from.rowDifferences(to: to) : nil)
  }

  private static func named(
    _ object: String, _ from: RevisionPlace, _ to: RevisionPlace
  ) throws -> ObjectName {
    do {
      return try to.history.object(named: object, at: to.id)
    } catch {
      // What was dropped in between is known only before.
      if let old = try? from.history.object(named: object, at: from.id) { return old }
      throw error
    }
  }
}

/// What is different between two revisions.
public struct ComparisonResult {
  /// The older one, with its history.
  public var from: RevisionPlace
  /// The newer one, with its history.
  public var to: RevisionPlace
  /// What leads from the one to the other, in order.
  public var operations: [SchemaModel.Operation]
  /// Tables whose rows differ; nil where rows were not compared.
  public var rows: [RowDifference]?

  /// Whether anything is, rows too where they were compared.
  public var isDifferent: Bool { !operations.isEmpty || !(rows ?? []).isEmpty }
}
