import SchemaModel

/// A section of an alembic.ini, read as Python's configparser reads it.
struct IniFile {
  /// Alembic's own section, where `-n` names no other.
  static let usualSection = "alembic"

  let path: String
  /// Whether the section is there; without it there is no value.
  let hasSection: Bool
  /// The sections that name a script location.
  let projects: [String]
  private var values: [String: String]

  /// - Throws: `FolderError` where it cannot be read, or is none.
  init(path: String, section: String = IniFile.usualSection) throws(FolderError) {
    guard let text = String(validating: try Disk.bytes(of: path), as: UTF8.self) else {
      throw .badIni(path: path, why: "it is not UTF-8 text")
    }
    try self.init(text, path: path, section: section)
  }

  /// - Parameter text: what the file at `path` holds.
  /// - Throws: `FolderError.badIni`.
  init(
    _ text: String, path: String, section: String = IniFile.usualSection
  ) throws(FolderError) {
    var reader = IniReader(path: path)
    for line in text.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    ) {
      try reader.read(line)
    }
    self.path = path
    projects = reader.sections.filter { $1[Self.location] != nil }.map(\.key).sorted()
    hasSection = reader.sections[section] != nil
    guard let found = reader.sections[section] else {
      values = [:]
      return
    }
    // A folder's name is taken as it is.
    var defaults = ["here": [Disk.parent(of: path).replacing("%", with: "%%")]]
    defaults.merge(reader.sections[IniReader.defaults] ?? [:]) { _, written in written }
    values = defaults.merging(found) { _, own in own }.mapValues {
      String($0.joined(separator: "\n").trimmedEnd)
    }
  }

  /// The value with `%(name)s` replaced; nil where there is none.
  /// - Throws: `FolderError.badIni` for a `%` that means nothing, and names that are not there.
  func value(_ name: String) throws(FolderError) -> String? {
    guard let raw = values[name] else { return nil }
    return try interpolated(raw, of: name, depth: 1)
  }

  private static let depthMax = 10
  private static let location = "script_location"

  private func interpolated(
    _ raw: String, of name: String, depth: Int
  ) throws(FolderError) -> String {
    guard depth <= Self.depthMax else {
      throw .badIni(path: path, why: "the value of \(name) names itself, or others too deeply")
    }
    var result = ""
    var rest = raw[...]
    while let percent = rest.firstIndex(of: "%") {
      result += rest[..<percent]
      rest = rest[rest.index(after: percent)...]
      if rest.first == "%" {
        result += "%"
        rest.removeFirst()
        continue
      }
      guard rest.first == "(", let end = rest.firstRange(of: ")s"),
        let inner = rest[..<end.lowerBound].dropFirst().nonEmpty, !inner.contains(")")
      else {
        throw .badIni(
          path: path, why: "the value of \(name) has a % that is followed by neither % nor (NAME)s")
      }
      rest = rest[end.upperBound...]
      guard let value = values[inner.lowercased()] else {
        throw .badIni(
          path: path, why: "the value of \(name) asks for %(\(inner))s, which is not there")
      }
      result += try interpolated(value, of: name, depth: depth + 1)
    }
    return result + rest
  }
}

/// Reads an ini line by line, by configparser's rules: what is indented deeper than its option goes
/// on with it, comments have a line of their own, nothing is there twice.
private struct IniReader {
  static let defaults = "DEFAULT"

  let path: String
  /// The lines of each value, by section and option.
  private(set) var sections: [String: [String: [String]]] = [:]
  private var section: String?
  private var option: String?
  private var indent = 0
  private var number = 0

  init(path: String) { self.path = path }

  mutating func read(_ line: Substring) throws(FolderError) {
    number += 1
    let text = line.trimmingBlanks
    if text.first == "#" || text.first == ";" { return }
    if text.isEmpty {
      if let section, let option { sections[section]?[option]?.append("") }
      return
    }
    let depth = line.prefix { $0.isWhitespace }.count
    if let section, let option, depth > indent {
      sections[section]?[option]?.append(text)
      return
    }
    indent = depth
    if text.first == "[", let end = text.lastIndex(of: "]"),
      let name = text[..<end].dropFirst().nonEmpty
    {
      try begin(String(name))
    } else {
      try define(text)
    }
  }

  private mutating func begin(_ name: String) throws(FolderError) {
    guard name == Self.defaults || sections[name] == nil else {
      throw wrong("the section [\(name)] is there twice")
    }
    sections[name] = sections[name] ?? [:]
    section = name
    option = nil
  }

  private mutating func define(_ text: String) throws(FolderError) {
    guard let section else { throw wrong("it stands before any section") }
    guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }),
      let name = text[..<separator].trimmingBlanks.nonEmpty?.lowercased()
    else { throw wrong("expected [SECTION] or NAME = VALUE, found '\(text)'") }
    guard sections[section]?[name] == nil else {
      throw wrong("\(name) is there twice in [\(section)]")
    }
    sections[section]?[name] = [text[text.index(after: separator)...].trimmingBlanks]
    option = name
  }

  private func wrong(_ why: String) -> FolderError {
    .badIni(path: path, why: "line \(number): \(why)")
  }
}

extension StringProtocol {
  fileprivate var trimmedEnd: SubSequence {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
