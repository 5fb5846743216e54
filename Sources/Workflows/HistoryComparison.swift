public import SchemaHistory
public import SchemaModel

/// Finds what is different between two revisions, of one history or of two.
public struct HistoryComparison: Sendable {
  /// Any name of a revision, `base`, or `STORE:REV` for one of another store; `A..B` for both.
  public var from: String
  /// The same; nil for the head, and where `from` names both.
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
    let (from, to) = try places(in: history)
    var operations = try from.diff(to: to)
    if let object {
      let names = Self.names(try Self.named(object, from, to), in: operations)
      operations = operations.filter { names.contains(where: OperationScope($0).concerns) }
    }
    return ComparisonResult(
      from: from, to: to, operations: operations, spellings: try Self.spellings(from, to),
      rows: comparesRows ? try from.rowDifferences(to: to) : nil,
      remark: try operations.isEmpty ? nil : Self.remark(from, to))
  }

  private func places(in history: History) throws -> (from: RevisionPlace, to: RevisionPlace) {
    if to == nil, let range = try history.range(named: from) {
      return (RevisionPlace(range.from, in: history), RevisionPlace(range.to, in: history))
    }
    return (try RevisionPlace(from, in: history), try RevisionPlace(to, in: history))
  }

  /// What one revision changed itself, on what it follows: of a merge, nothing that its sides brought.
  /// - Throws: `HistoryError` where it cannot be read.
  public static func own(of id: RevisionID, in history: History) throws -> ComparisonResult {
    let parent = try history.revision(id).revision.parents.first
    let operations = try history.operations(of: id).filter { !$0.isSpelling }.map(\.operation)
    return ComparisonResult(
      from: RevisionPlace(parent.map { .revision($0) } ?? .base, in: history),
      to: RevisionPlace(.revision(id), in: history), operations: operations, spellings: [:],
      rows: nil, remark: nil)
  }

  /// Of two histories only their engines' versions are known.
  private static func remark(_ from: RevisionPlace, _ to: RevisionPlace) throws -> String? {
    guard from.history !== to.history, let words = try? from.history.words(),
      case (let one?, let other?) = (try from.engine(), try to.engine()),
      words.isOther(one, than: other)
    else { return nil }
    return
      "\(one) judged \(from.point), \(other) judged \(to.point): what differs in a text alone may be "
      + "how the one and the other show it"
  }

  /// What lies between two revisions of one history and is nobody's change, from either end.
  private static func spellings(
    _ from: RevisionPlace, _ to: RevisionPlace
  ) throws -> [SchemaModel.Operation: String] {
    guard from.history === to.history, let one = from.point.revision,
      let another = to.point.revision, try from.engine() != to.engine()
    else { return [:] }
    let history = from.history
    let graph = try history.graph()
    let (old, new) = (
      graph.ancestors(of: one).union([one]), graph.ancestors(of: another).union([another])
    )
    var spellings: [SchemaModel.Operation: String] = [:]
    for id in old.symmetricDifference(new) {
      // What lies in a segment that is not there is told as a change.
      guard let revision = try? history.revision(id).revision, revision.spellingCount > 0,
        let engine = revision.engine
      else { continue }
      for recorded in try history.operations(of: id) where recorded.isSpelling {
        let isForward = new.contains(id)
        guard let operation = isForward ? recorded.operation : recorded.operation.inverse else {
          continue
        }
        spellings[operation] = isForward ? engine : try to.engine()
      }
    }
    return spellings
  }

  /// The same object, or column, under the names that it has on either side.
  private static func names(
    _ name: ObjectName, in operations: [SchemaModel.Operation]
  ) -> [ObjectName] {
    var paths = [name.path]
    var columns = [name.column]
    for case .renameObject(let rename) in operations {
      if paths.contains(rename.path) { paths.append(rename.newPath) }
      if paths.contains(rename.newPath) { paths.append(rename.path) }
    }
    for case .renameColumn(let rename) in operations where paths.contains(rename.table) {
      if columns.contains(rename.name) { columns.append(rename.newName) }
      if columns.contains(rename.newName) { columns.append(rename.name) }
    }
    return paths.flatMap { path in columns.map { ObjectName(path: path, column: $0) } }
  }

  private static func named(
    _ object: String, _ from: RevisionPlace, _ to: RevisionPlace
  ) throws -> ObjectName {
    guard let new = to.point.revision else {
      return try from.history.object(
        named: object, at: from.history.resolve(from.point.description))
    }
    do {
      return try to.history.object(named: object, at: new)
    } catch {
      // What was dropped in between is known only before.
      if let old = from.point.revision,
        let found = try? from.history.object(named: object, at: old)
      {
        return found
      }
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
  /// Those of them that nobody made: the version of the engine that shows it so, where another one
  /// judged the other revision.
  public var spellings: [SchemaModel.Operation: String]
  /// Tables whose rows differ; nil where rows were not compared.
  public var rows: [RowDifference]?
  /// What to know of the two before the differences are read; nil for nothing.
  public var remark: String?

  /// Whether anything is, rows too where they were compared.
  public var isDifferent: Bool { !operations.isEmpty || !(rows ?? []).isEmpty }
}
