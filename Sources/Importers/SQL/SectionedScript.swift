/// A file that holds both directions, parted by marked comment lines (dbmate, goose).
struct SectionedScript {
  /// The text between the marker for up and the one for down; nil where there is no such marker.
  private(set) var up: [UInt8]?
  /// `-- migrate:up transaction:false`, or `-- +goose NO TRANSACTION` anywhere in the file.
  private(set) var isWithoutTransaction = false
  /// The same text, parted where a line `-- +goose ENVSUB ON` or `OFF` stands.
  private(set) var parts: [Part] = []

  struct Part {
    var bytes: [UInt8]
    /// Whether variables are replaced in it.
    var isExpanded: Bool
  }

  static func marker(_ layout: SQLLayout) -> String {
    layout == .goose ? "-- +goose Up" : "-- migrate:up"
  }

  init(_ bytes: [UInt8], _ layout: SQLLayout) {
    let words = layout == .goose ? ("+goose", "up", "down") : ("", "migrate:up", "migrate:down")
    let isCaseSensitive = layout == .dbmate
    var isUp = false
    var isExpanded = false
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let spelled = Self.command(line, after: words.0)
      let command = isCaseSensitive ? spelled : spelled.map { $0.lowercased() }
      switch command.first {
      case words.1:
        isUp = true
        up = up ?? []
        if command.contains("transaction:false") { isWithoutTransaction = true }
        continue
      case words.2:
        isUp = false
        continue
      default:
        if layout == .goose, command == ["no", "transaction"] { isWithoutTransaction = true }
        if layout == .goose, command.first == "envsub" { isExpanded = command.last == "on" }
      }
      if isUp { append(line + [UInt8(ascii: "\n")], isExpanded: isExpanded) }
    }
  }

  private mutating func append(_ line: ArraySlice<UInt8>, isExpanded: Bool) {
    up? += line
    if parts.last?.isExpanded != isExpanded {
      parts.append(Part(bytes: [], isExpanded: isExpanded))
    }
    parts[parts.count - 1].bytes += line
  }

  /// The words of a comment line after its leader.
  private static func command(_ line: ArraySlice<UInt8>, after leader: String) -> [String] {
    guard line.starts(with: "--".utf8) else { return [] }
    let words = String(decoding: line.dropFirst(2), as: UTF8.self)
      .split(whereSeparator: \.isWhitespace)
    if leader.isEmpty { return words.map(String.init) }
    return words.first.map(String.init) == leader ? words.dropFirst().map(String.init) : []
  }
}
