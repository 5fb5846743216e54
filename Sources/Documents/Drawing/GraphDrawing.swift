import SchemaModel

/// A drawing of revisions, newest first, as git draws them: each in a column, lines to its parents.
///
/// A child must come before its parents. A revision's line begins with its own row; rows that only
/// draw lines between columns follow it.
struct GraphDrawing<ID: Hashable & Sendable> {
  /// The revision that each column waits for.
  private var columns: [ID] = []

  struct Rows {
    /// The row of the revision itself, with the mark in its column.
    var node: String
    /// The row that further text of the same revision stands beside.
    var beside: String
    /// Rows between it and the next revision.
    var edges: [String]
  }

  mutating func add(_ id: ID, parents: [ID], mark: Character = "*") -> Rows {
    let place: Int
    if let waiting = columns.firstIndex(of: id) {
      place = waiting
    } else {
      place = columns.count
      columns.append(id)
    }
    var node = Self.row(columns.count)
    node[2 * place] = mark
    var beside = Self.row(columns.count)
    if parents.isEmpty { beside[2 * place] = " " }
    var edges: [[Character]] = []
    for parent in parents.dropFirst() where parent != parents.first {
      if let other = columns.firstIndex(of: parent) {
        edges += connect(place, to: other)
      } else {
        edges.append(insert(parent, after: place))
      }
    }
    if let first = parents.first {
      columns[place] = first
      edges += join(first)
    } else {
      edges += close(place)
    }
    return Rows(
      node: Self.text(node), beside: Self.text(beside), edges: edges.map { Self.text($0) })
  }

  private static func row(_ count: Int) -> [Character] {
    var row = [Character](repeating: " ", count: max(0, 2 * count))
    for column in 0..<count { row[2 * column] = "|" }
    return row
  }

  private static func text(_ row: [Character]) -> String {
    var row = row
    while row.last == " " { row.removeLast() }
    return String(row)
  }

  /// A new column to the right of `place`; the others make room.
  private mutating func insert(_ id: ID, after place: Int) -> [Character] {
    var row = Self.row(columns.count + 1)
    for column in place..<columns.count {
      row[2 * column + 1] = "\\"
      if column > place { row[2 * column] = " " }
    }
    row[2 * columns.count] = " "
    columns.insert(id, at: place + 1)
    return row
  }

  /// A line from `place` to a column that is there already; both go on.
  private func connect(_ place: Int, to other: Int) -> [[Character]] {
    if other > place { return right(from: place, to: other) }
    return left(from: place, to: other, count: columns.count)
  }

  private func right(from place: Int, to other: Int) -> [[Character]] {
    var first = Self.row(columns.count)
    first[2 * place + 1] = "\\"
    if other == place + 1 { return [first] }
    for column in stride(from: place + 1, to: other - 1, by: 1) { first[2 * column + 1] = "_" }
    var second = Self.row(columns.count)
    second[2 * other - 1] = "\\"
    return [first, second]
  }

  private func left(from place: Int, to other: Int, count: Int) -> [[Character]] {
    var first = Self.row(count)
    first[2 * place - 1] = "/"
    if other == place - 1 { return [first] }
    for column in stride(from: place - 1, to: other + 1, by: -1) { first[2 * column - 1] = "_" }
    var second = Self.row(count)
    second[2 * other + 1] = "/"
    return [first, second]
  }

  /// Where two columns wait for the same revision, the right one runs into the left one.
  private mutating func join(_ id: ID) -> [[Character]] {
    guard let target = columns.firstIndex(of: id), let source = columns.lastIndex(of: id),
      source > target
    else { return [] }
    var rows = left(from: source, to: target, count: columns.count)
    // The column ends here, and those to its right move up in the same row.
    for column in source..<columns.count {
      rows[0][2 * column] = " "
      if column > source { rows[0][2 * column - 1] = "/" }
    }
    columns.remove(at: source)
    if rows.count > 1 { rows[1] = Array(rows[1].prefix(2 * columns.count)) }
    return rows
  }

  /// A column that ends at a root.
  private mutating func close(_ place: Int) -> [[Character]] {
    columns.remove(at: place)
    guard place < columns.count else { return [] }
    var row = Self.row(columns.count + 1)
    for column in place...columns.count {
      row[2 * column] = " "
      if column > place { row[2 * column - 1] = "/" }
    }
    return [row]
  }
}

/// The parents of shown revisions among the shown ones, by way of those that are left out.
struct VisibleParents<ID: Hashable> {
  private var nearest: [ID: [ID]] = [:]

  /// `entries`: ancestors first.
  init(_ entries: [(id: ID, parents: [ID])], shown: Set<ID>) {
    for (id, parents) in entries {
      var found: [ID] = []
      for parent in parents {
        for candidate in shown.contains(parent) ? [parent] : nearest[parent] ?? []
        where !found.contains(candidate) {
          found.append(candidate)
        }
      }
      nearest[id] = found
    }
  }

  func of(_ id: ID) -> [ID] { nearest[id] ?? [] }
}
