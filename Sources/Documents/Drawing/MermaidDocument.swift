public import SchemaModel

/// A schema as a Mermaid erDiagram: what GitHub and GitLab draw inside Markdown.
public enum MermaidDocument {
  /// The whole document, with a line break at its end.
  public static func text(_ schema: Schema) -> String {
    let selection = TableSelection(schema)
    let others = selection.views + selection.enums
    let names = DrawnNames(
      selection.tables.map(\.path) + others.map(\.path), exact: \.qualifiedName, spelled: spelled)
    func name(_ path: ObjectPath) -> String { entity(names[path] ?? spelled(path.qualifiedName)) }
    var lines = ["erDiagram"]
    for entry in selection.tables {
      lines.append("  \(name(entry.path)) {")
      let words = DrawnNames(entry.table.columns.map(\.name), spelled: word)
      let checks = checks(of: entry.table)
      for (place, column) in entry.table.columns.enumerated() {
        lines.append(
          "    "
            + self.column(
              column, words[column.name] ?? word(column.name), in: entry.table,
              checks[place] ?? []))
      }
      lines.append("  }")
    }
    lines += others.flatMap { block($0, name($0.path)) }
    let known = Set(selection.tables.map(\.path))
    for entry in selection.tables {
      for key in entry.table.foreignKeys {
        guard let target = key.reference else { continue }
        let path = ObjectPath.table(target.table, namespace: target.namespace)
        guard known.contains(path) else { continue }
        let columns = key.parts.map(\.text)
        let isNullable = columns.contains { entry.table.column(named: $0)?.isNullable ?? true }
        let isOne = columns.count == 1 && entry.table.uniqueColumns.contains(columns[0])
        let ends = (isNullable ? "|o" : "||") + "--" + (isOne ? "o|" : "o{")
        lines.append(
          "  \(name(path)) \(ends) \(name(entry.path)) : \"\(quotable(columns.joined(separator: ", ")))\""
        )
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A view or an enum: an entity with a title that says what it is.
  private static func block(_ entry: TableSelection.Named, _ name: String) -> [String] {
    let isEnum = entry.path.kind == .enumeration
    let members = entry.definition.members
    let words = DrawnNames(members, spelled: word)
    let title = quotable("\(entry.path.kind) \(entry.path.qualifiedName)")
    return ["  \(name)[\"\(title)\"] {"]
      + members.map { member in
        let word = words[member] ?? word(member)
        let note = word == member ? "" : " \"\(quotable(member))\""
        return "    \(isEnum ? "value" : "any") \(word)\(note)"
      } + ["  }"]
  }

  /// The checks of a table by the place of the column that shows them: the first that one speaks
  /// of, else the first of all.
  private static func checks(of table: Table) -> [Int: [String]] {
    var checks: [Int: [String]] = [:]
    for check in table.checks {
      let names = ExpressionWords.names(in: check.expression ?? "")
      let place = table.columns.firstIndex { names.contains(ExpressionWords.folded($0.name)) }
      checks[place ?? 0, default: []].append(quotable(check.checkText))
    }
    return checks
  }

  private static func column(
    _ column: Column, _ name: String, in table: Table, _ checks: [String]
  ) -> String {
    var keys: [String] = []
    if table.primaryKey.contains(column.name) { keys.append("PK") }
    if table.foreignKeys.contains(where: { $0.parts.contains { $0.text == column.name } }) {
      keys.append("FK")
    }
    if !keys.contains("PK"), table.uniqueColumns.contains(column.name) { keys.append("UK") }
    let mark = keys.isEmpty ? "" : " " + keys.joined(separator: ", ")
    let notes = (column.isNullable ? [] : ["not null"]) + checks
    let note = notes.isEmpty ? "" : " \"\(notes.joined(separator: ", "))\""
    return "\(word(column.type.isEmpty ? "any" : column.type)) \(name)\(mark)\(note)"
  }

  /// A plain word that Mermaid does not read as one of its own, else in quotes.
  private static func entity(_ name: String) -> String {
    let isWord =
      name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
      && name.utf8.first.map(isLetter) ?? false && !keywords.contains(name.lowercased())
    return isWord ? name : "\"\(name)\""
  }

  private static let keywords: Set<String> = [
    "erdiagram", "title", "acctitle", "accdescr", "direction", "style", "class", "classdef",
    "one", "many", "zero", "only", "optionally", "to", "or", "more", "u", "o", "pk", "fk", "uk",
    "tb", "bt", "lr", "rl", "end", "default", "subgraph",
  ]

  /// A name as quotes hold it; there is none without a letter.
  private static func spelled(_ name: String) -> String {
    let text = quotable(name)
    return text.allSatisfy(\.isWhitespace) ? "(\(text.isEmpty ? "empty" : "blank"))" : text
  }

  /// Quotes hold no quote, per cent sign or backslash, and what is in them is read as HTML and for
  /// entities (`#35;`): look-alikes stand for them.
  private static func quotable(_ text: String) -> String {
    VisibleText.line(text).replacing([
      "\"": "'", "%": "\u{ff05}", "\\": "\u{29f5}", "<": "\u{2039}", ">": "\u{203a}",
      "#": "\u{ff03}", "&": "\u{ff06}", "`": "'",
    ])
  }

  /// Attributes are words of letters, digits, `_`, `-`, `(`, `)`, `[`, `]` that begin with a letter
  /// and are none of the marks of keys.
  private static func word(_ text: String) -> String {
    var result = ""
    for scalar in VisibleText.line(text).unicodeScalars {
      let isHeld =
        scalar.isASCII
        ? isLetter(UInt8(scalar.value)) || isDigit(UInt8(scalar.value))
          || "()[]-".unicodeScalars.contains(scalar)
        : scalar.value >= 0xc0 && scalar.properties.isAlphabetic
      result.unicodeScalars.append(isHeld ? scalar : "_")
    }
    let isBegun = result.unicodeScalars.first.map { !$0.isASCII || isLetter(UInt8($0.value)) }
    let isKey =
      ["PK", "FK", "UK"].contains(String(result.prefix(2)).uppercased())
      && !(result.utf8.dropFirst(2).first.map { isLetter($0) || isDigit($0) } ?? false)
    return isBegun == true && !isKey ? result : "_" + result
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_")
      || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
