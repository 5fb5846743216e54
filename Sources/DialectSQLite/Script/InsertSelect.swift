internal import SchemaModel

extension SQLite {
  /// Where rows that are copied from one table into another take their columns from:
  /// `INSERT INTO target (columns) SELECT ... FROM source`, or `CREATE TABLE target AS SELECT ...`.
  struct RowCopy {
    /// What one item of the select list is.
    enum Item: Hashable {
      case all
      /// A column of the source, bare or within CAST, COALESCE, IFNULL, TRIM, ...
      case column(String, alias: String?)
      case other(alias: String?)
    }

    var target: String
    /// Nil where the statement names none: then position decides.
    var columns: [String]?
    var source: String
    var items: [Item]

    init?(insert text: Tokens) {
      var reader = Reader(text)
      if reader.isWord("WITH") { reader.skipCommonTables() }
      if reader.accept("INSERT") {
        if reader.accept("OR") { reader.position += 1 }
      } else {
        guard reader.accept("REPLACE") else { return nil }
      }
      guard reader.accept("INTO"), let target = reader.qualifiedName() else { return nil }
      if reader.accept("AS") { _ = reader.name() }
      self.target = target.name
      columns = reader.parenthesized().map { range in
        reader.parts(range).map { reader.keyPart($0).text }
      }
      guard let select = Select(&reader) else { return nil }
      (source, items) = (select.source, select.items)
    }

    init?(createTable text: Tokens) {
      var reader = Reader(text)
      guard let header = reader.createHeader("TABLE"), reader.accept("AS"),
        let select = Select(&reader)
      else { return nil }
      target = header.name
      columns = nil
      (source, items) = (select.source, select.items)
      columns = items.contains(.all) ? nil : items.map { $0.outputName ?? "" }
    }

    /// New column name -> name in the source, both folded; `targetColumns` and `sourceColumns` are
    /// what the two tables have, in their order.
    func mapping(targetColumns: [String], sourceColumns: [String]) -> [ExactText: ExactText] {
      var sources: [String?] = []
      for item in items {
        switch item {
        case .all: sources += sourceColumns.map { $0 }
        case .column(let name, _):
          sources.append(sourceColumns.contains(SQLite.folded(name)) ? SQLite.folded(name) : nil)
        case .other: sources.append(nil)
        }
      }
      var mapping: [ExactText: ExactText] = [:]
      for (target, source) in zip(columns?.map(SQLite.folded) ?? targetColumns, sources) {
        if let source { mapping[target] = ExactText(source) }
      }
      return mapping
    }
  }
}

extension SQLite.RowCopy.Item {
  fileprivate var outputName: String? {
    switch self {
    case .all: nil
    case .column(let name, let alias): alias ?? name
    case .other(let alias): alias
    }
  }
}

/// `SELECT items FROM source [AS alias] ...`: the list and the first table.
private struct Select {
  var source: String
  var items: [SQLite.RowCopy.Item]

  init?(_ reader: inout SQLite.Reader) {
    if reader.isWord("WITH") { reader.skipCommonTables() }
    guard reader.accept("SELECT") else { return nil }
    _ = reader.accept("DISTINCT") || reader.accept("ALL")
    var depth = 0
    let from = (reader.position..<reader.end).first { index in
      let token = reader.tokens.list[index]
      if reader.tokens.isSymbol(token, "(") { depth += 1 }
      if reader.tokens.isSymbol(token, ")") { depth -= 1 }
      return depth == 0 && reader.tokens.isWord(token, "FROM")
    }
    guard let from else { return nil }
    let list = reader.position..<from
    reader.position = from + 1
    guard let table = reader.qualifiedName() else { return nil }
    var names: Set<ExactText> = [ExactText(SQLite.folded(table.name))]
    if reader.accept("AS") {
      if let alias = reader.name() { names.insert(SQLite.folded(alias)) }
    } else if let token = reader.current, token.kind != .string, !Self.isClause(reader),
      let alias = reader.name()
    {
      names.insert(SQLite.folded(alias))
    }
    source = table.name
    items = reader.parts(list).map { Self.item(reader, $0, names) }
  }

  private static func isClause(_ reader: SQLite.Reader) -> Bool {
    let words: [StaticString] = [
      "WHERE", "ORDER", "GROUP", "LIMIT", "JOIN", "LEFT", "INNER", "CROSS", "NATURAL", "UNION",
      "EXCEPT", "INTERSECT", "HAVING", "INDEXED", "NOT", "ON", "WINDOW", "RIGHT", "FULL",
    ]
    return words.contains { reader.isWord($0) }
  }

  private static func item(
    _ reader: SQLite.Reader, _ range: Range<Int>, _ names: Set<ExactText>
  ) -> SQLite.RowCopy.Item {
    var expression = range
    var alias: String?
    if range.count > 2, reader.tokens.isWord(reader.tokens.list[range.upperBound - 2], "AS") {
      alias = reader.tokens.name(reader.tokens.list[range.upperBound - 1])
      expression = range.lowerBound..<(range.upperBound - 2)
    }
    if let last = expression.last, reader.tokens.isSymbol(reader.tokens.list[last], "*"),
      expression.count == 1 || expression.count == 3
    {
      return .all
    }
    guard let column = column(reader, expression, names) else { return .other(alias: alias) }
    return .column(column, alias: alias)
  }

  /// The one column that an expression is about; nil where there is none or more than one.
  private static func column(
    _ reader: SQLite.Reader, _ range: Range<Int>, _ names: Set<ExactText>
  ) -> String? {
    var inner = SQLite.Reader(reader.tokens, range)
    guard let first = inner.current else { return nil }
    if inner.isSymbol("(") {
      guard let body = inner.parenthesized(), inner.isAtEnd else { return nil }
      return column(reader, body, names)
    }
    if inner.isSymbol("(", at: 1) {
      let wrappers: [StaticString] = [
        "CAST", "COALESCE", "IFNULL", "NULLIF", "TRIM", "LOWER", "UPPER", "ROUND", "DATE",
        "DATETIME", "STRFTIME", "REPLACE", "SUBSTR", "JSON", "ABS", "PRINTF",
      ]
      guard wrappers.contains(where: { reader.tokens.isWord(first, $0) }) else { return nil }
      inner.position += 1
      guard let body = inner.parenthesized(), inner.isAtEnd else { return nil }
      if reader.tokens.isWord(first, "CAST") {
        let stop = body.first { reader.tokens.isWord(reader.tokens.list[$0], "AS") }
        return column(reader, body.lowerBound..<(stop ?? body.upperBound), names)
      }
      let columns = reader.parts(body).compactMap { column(reader, $0, names) }
      return Set<ExactText>(columns.map(SQLite.folded)).count == 1 ? columns.first : nil
    }
    guard first.kind == .word || first.kind == .quotedName else { return nil }
    let literals: [StaticString] = [
      "NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME",
    ]
    if literals.contains(where: { reader.tokens.isWord(first, $0) }) { return nil }
    if range.count == 1 { return reader.tokens.name(first) }
    if inner.isSymbol(".", at: 1), range.count == 3 || range.count == 5, let last = range.last {
      let table = reader.tokens.list[last - 2]
      return names.contains(SQLite.folded(reader.tokens.name(table)))
        ? reader.tokens.name(reader.tokens.list[last]) : nil
    }
    return nil
  }
}
