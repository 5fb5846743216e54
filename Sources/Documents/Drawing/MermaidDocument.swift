public import SchemaModel

/// A schema as a Mermaid erDiagram: what GitHub and GitLab draw inside Markdown.
public enum MermaidDocument {
  /// The whole document, with a line break at its end.
  public static func text(_ schema: Schema) -> String {
    let selection = TableSelection(schema)
    let names = DrawnNames(
      selection.tables.map(\.path), exact: \.qualifiedName, spelled: spelled)
    func name(_ path: ObjectPath) -> String { entity(names[path] ?? spelled(path.qualifiedName)) }
    var lines = ["erDiagram"]
    for entry in selection.tables {
      lines.append("  \(name(entry.path)) {")
      let words = DrawnNames(entry.table.columns.map(\.name), spelled: word)
      for column in entry.table.columns {
        lines.append(
          "    " + self.column(column, words[column.name] ?? word(column.name), in: entry.table))
      }
      lines.append("  }")
    }
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

  private static func column(_ column: Column, _ name: String, in table: Table) -> String {
    var keys: [String] = []
    if table.primaryKey.contains(column.name) { keys.append("PK") }
    if table.foreignKeys.contains(where: { $0.parts.contains { $0.text == column.name } }) {
      keys.append("FK")
    }
    if !keys.contains("PK"), table.uniqueColumns.contains(column.name) { keys.append("UK") }
    let mark = keys.isEmpty ? "" : " " + keys.joined(separator: ", ")
    let note = column.isNullable ? "" : " \"not null\""
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
    "tb", "bt", "lr", "rl", "end", "default",
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
