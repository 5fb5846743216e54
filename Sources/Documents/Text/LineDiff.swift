import SchemaModel

/// Two texts line by line, as `diff -u` shows them.
enum LineDiff {
  static let contextCount = 3

  /// Lines that begin with ` `, `-`, `+`, in hunks with `@@` headers; none where they are equal.
  static func lines(from old: [String], to new: [String]) -> [String] {
    let rows = rows(old, new)
    let changed = rows.indices.filter { rows[$0].mark != " " }
    guard let first = changed.first else { return [] }
    var hunks: [ClosedRange<Int>] = []
    var start = first
    var end = first
    for index in changed.dropFirst() {
      if index - end > 2 * contextCount {
        hunks.append(start...end)
        start = index
      }
      end = index
    }
    hunks.append(start...end)
    return hunks.flatMap { hunk(rows, $0) }
  }

  private struct Row {
    var mark: Character
    var text: String
    var old: Int
    var new: Int
  }

  private static func rows(_ old: [String], _ new: [String]) -> [Row] {
    let difference = new.difference(from: old)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var rows: [Row] = []
    var a = 0
    var b = 0
    while a < old.count || b < new.count {
      if a < old.count, removed.contains(a) {
        rows.append(Row(mark: "-", text: old[a], old: a, new: b))
        a += 1
      } else if b < new.count, inserted.contains(b) {
        rows.append(Row(mark: "+", text: new[b], old: a, new: b))
        b += 1
      } else if a < old.count {
        rows.append(Row(mark: " ", text: old[a], old: a, new: b))
        a += 1
        b += 1
      } else {
        break
      }
    }
    return rows
  }

  private static func hunk(_ rows: [Row], _ range: ClosedRange<Int>) -> [String] {
    let lower = max(0, range.lowerBound - contextCount)
    let upper = min(rows.count - 1, range.upperBound + contextCount)
    let shown = rows[lower...upper]
    let olds = shown.count { $0.mark != "+" }
    let news = shown.count { $0.mark != "-" }
    let start = rows[lower]
    let header =
      "@@ -\(olds == 0 ? start.old : start.old + 1),\(olds) "
      + "+\(news == 0 ? start.new : start.new + 1),\(news) @@"
    return [header] + shown.map { "\($0.mark)\($0.text)" }
  }
}
