/// Rows in aligned columns.
struct TextTable {
  var header: [String]
  var rows: [[String]]
  var rightAligned: Set<Int> = []

  func lines(rule: Bool = true) -> [String] {
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

enum CSV {
  /// One record as RFC 4180 has it, with `\n`.
  static func line(_ fields: [String]) -> String {
    fields.map { field in
      let isPlain = !field.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }
      return isPlain
        ? field
        : "\""
          + field.split(separator: "\"", omittingEmptySubsequences: false)
          .joined(separator: "\"\"") + "\""
    }.joined(separator: ",")
  }
}
