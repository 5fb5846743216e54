import SchemaModel

/// The words of DBML.
enum DBML {
  /// A name as double quotes hold it: without quotes and backslashes, and not empty.
  static func spelled(_ name: String) -> String {
    name.isEmpty
      ? "_empty" : VisibleText.line(name).replacing(["\"": "'", "\\": "\u{29f5}"])
  }

  static func name(_ spelled: String) -> String {
    isWord(spelled) && !keywords.contains(spelled.lowercased()) ? spelled : "\"\(spelled)\""
  }

  /// A type with its length, or whatever it is in quotes.
  static func type(_ type: String) -> String {
    if type.isEmpty { return "any" }
    let parts = type.split(separator: "(", omittingEmptySubsequences: false)
    let isPlain =
      parts.count <= 2 && isWord(String(parts[0]))
      && (parts.count == 1
        || (parts[1].last == ")" && parts[1].count > 1
          && parts[1].dropLast().allSatisfy { $0.isASCII && ($0.isNumber || $0 == ",") }))
    return isPlain ? type : "\"\(spelled(type))\""
  }

  /// A text: in single quotes.
  static func text(_ text: String) -> String {
    let line = VisibleText.line(text)
    return "'" + line.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }

  /// A text of several lines; each is as it is, whatever is in it.
  static func texts(_ lines: [String], indent: String) -> String {
    guard lines.count > 1 else { return text(lines.first ?? "") }
    let inner = lines.map { line in
      VisibleText.line(line).replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    }
    return (["'''"] + inner + ["'''"]).joined(separator: "\n\(indent)")
  }

  static func expression(_ text: String) -> String {
    "`" + VisibleText.line(text).replacing("`", with: "'") + "`"
  }

  /// One of the actions that DBML knows; nil for another, or one for some columns only.
  static func action(_ action: String) -> String? {
    let word = action.lowercased()
    return ["cascade", "restrict", "set null", "set default", "no action"].contains(word)
      ? word : nil
  }

  private static func isWord(_ text: String) -> Bool {
    guard let first = text.utf8.first, first < 0x30 || first > 0x39 else { return false }
    return text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_")
    }
  }

  /// What begins another thing than a table or a column.
  private static let keywords: Set<String> = [
    "table", "ref", "enum", "project", "tablegroup", "tablepartial", "note", "indexes", "checks",
    "records", "as", "true", "false", "null",
  ]
}
