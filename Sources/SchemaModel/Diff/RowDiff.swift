/// How the rows of one table differ between two sets: a row that changed is one removed and one
/// added.
public struct RowDifference: Hashable, Sendable, CustomStringConvertible {
  /// The table whose rows differ.
  public var table: ObjectPath
  /// Rows of the older state that the newer one has not, and the reverse.
  public var removedCount: Int
  /// Rows of the newer state that the older one has not.
  public var addedCount: Int

  /// `rows of public.task_status: 2 removed, 1 added`.
  public var description: String {
    var words: [String] = []
    if removedCount > 0 { words.append("\(removedCount) removed") }
    if addedCount > 0 { words.append("\(addedCount) added") }
    return "rows of \(table.qualifiedName): \(words.joined(separator: ", "))"
  }
}

extension SeedRows {
  /// The tables whose rows differ, in the order of their paths. Rows are compared by the names of
  /// their columns: neither the order of columns nor that of rows counts.
  public func differences(to other: SeedRows) -> [RowDifference] {
    Set(tables.keys).union(other.tables.keys).sorted().compactMap { path in
      let (old, new) = (tables[path], other.tables[path])
      guard old != new else { return nil }
      var counts: [[ExactText: RowValue]: Int] = [:]
      for row in old?.named ?? [] { counts[row, default: 0] += 1 }
      for row in new?.named ?? [] { counts[row, default: 0] -= 1 }
      let removed = counts.values.reduce(0) { $0 + max(0, $1) }
      let added = counts.values.reduce(0) { $0 + max(0, -$1) }
      if removed + added == 0 { return nil }
      return RowDifference(table: path, removedCount: removed, addedCount: added)
    }
  }
}

extension RowSet {
  /// Each row by its columns' names.
  fileprivate var named: [[ExactText: RowValue]] {
    let names = columns.map { ExactText($0) }
    return rows.map { Dictionary(zip(names, $0), uniquingKeysWith: { first, _ in first }) }
  }
}
