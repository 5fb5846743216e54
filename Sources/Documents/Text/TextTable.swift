import SchemaModel

/// Rows in aligned columns.
public struct TextTable {
  let header: [String]
  let rows: [[String]]
  let rightAligned: Set<Int>

  /// - Parameter keepsBlanks: whether cells show runs of blanks as they are, although two blanks
  ///   divide the columns: where a rule below the header tells these.
  public init(
    header: [String], rows: [[String]], rightAligned: Set<Int> = [], keepsBlanks: Bool = false
  ) {
    // Made visible first: the widths are of what is printed.
    let shown = keepsBlanks ? VisibleText.line : VisibleText.field
    self.header = header.map(shown)
    self.rows = rows.map { $0.map(shown) }
    self.rightAligned = rightAligned
  }

  /// - Parameter rule: whether the header and a rule stand above the rows.
  public func lines(rule: Bool = true) -> [String] {
    var widths = header.map(\.count)
    for row in rows {
      for (index, cell) in row.enumerated() where index < widths.count {
        widths[index] = max(widths[index], cell.count)
      }
    }
    var lines: [String] = []
    if rule {
      lines.append(line(header, widths))
      lines.append(line(widths.map { String(repeating: "-", count: $0) }, widths))
    }
    return lines + rows.map { line($0, widths) }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, width) in widths.enumerated() {
      let cell = index < cells.count ? cells[index] : ""
      let blank = String(repeating: " ", count: max(0, width - cell.count))
      text += rightAligned.contains(index) ? blank + cell : cell + blank
      if index < widths.count - 1 { text += "  " }
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}
