/// The section `[alembic]` of an alembic.ini, as Python's configparser reads it.
struct IniFile {
  private var values: [String: String]

  /// - Throws: `FolderError` where it cannot be read or has no such section.
  init(path: String) throws(FolderError) {
    let bytes = try Disk.bytes(of: path)
    var sections: [String: [String: String]] = ["DEFAULT": ["here": Disk.parent(of: path)]]
    var section = "DEFAULT"
    var key: String?
    for line in String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    {
      let text = line.trimmed
      guard let first = text.first, first != "#", first != ";" else { continue }
      if line.first?.isWhitespace == true, let key {
        sections[section]?[key]?.append("\n" + text)
      } else if first == "[", let end = text.firstIndex(of: "]") {
        section = String(text[text.index(after: text.startIndex)..<end])
        sections[section] = sections[section] ?? [:]
        key = nil
      } else if let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) {
        let name = text[..<separator].trimmed.lowercased()
        sections[section]?[name] = text[text.index(after: separator)...].trimmed
        key = name
      }
    }
    guard let found = sections["alembic"] else {
      throw .badIni(path: path, why: "it has no section [alembic]")
    }
    values = (sections["DEFAULT"] ?? [:]).merging(found) { _, own in own }
  }

  /// With `%(name)s` replaced, as often as it takes up to configparser's own depth.
  subscript(name: String) -> String? {
    guard var value = values[name] else { return nil }
    for _ in 0..<10 {
      guard let start = value.firstRange(of: "%("),
        let end = value[start.upperBound...].firstRange(of: ")s")
      else { break }
      let inner = values[String(value[start.upperBound..<end.lowerBound]).lowercased()] ?? ""
      value.replaceSubrange(start.lowerBound..<end.upperBound, with: inner)
    }
    return value.replacing("%%", with: "%")
  }
}

extension StringProtocol {
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
