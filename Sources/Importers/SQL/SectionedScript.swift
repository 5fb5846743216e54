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

  /// The first line of a statement that the layout's tool would read as its own.
  static func ownLine(in text: String, _ layout: SQLLayout) -> String? {
    guard layout == .dbmate || layout == .goose else { return nil }
    return text.split(separator: "\n").first { line in
      let bytes = Array(line.utf8)[...]
      if layout == .goose {
        return !command(bytes.drop { $0 == 0x20 || $0 == 0x09 }, after: "+goose").isEmpty
      }
      return ["migrate:up", "migrate:down"].contains(command(bytes, after: "").first)
    }.map(String.init)
  }

  /// Why dbmate itself refuses the file, in its own words; nil where it does not, and for goose.
  private(set) var refusal: String?

  init(_ bytes: [UInt8], _ layout: SQLLayout) {
    let words = layout == .goose ? ("+goose", "up", "down") : ("", "migrate:up", "migrate:down")
    let isCaseSensitive = layout == .dbmate
    var isUp = false
    var isExpanded = false
    // dbmate takes several pairs of both.
    var isOpen = false
    for whole in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      // Go's scanner of lines leaves it out, also within a text.
      let endsInReturn = layout == .goose && whole.last == UInt8(ascii: "\r")
      let line = endsInReturn ? whole.dropLast() : whole
      let spelled = Self.command(line, after: words.0)
      let command = isCaseSensitive ? spelled : spelled.map { $0.lowercased() }
      switch command.first {
      case words.1:
        if isOpen { refuse(Self.withoutDown) }
        isOpen = true
        isUp = true
        up = up ?? []
        if command.contains("transaction:false") { isWithoutTransaction = true }
        continue
      case words.2:
        if up != nil, !isOpen {
          refuse("requires every '-- migrate:down' to be preceded by a '-- migrate:up'")
        }
        isOpen = false
        isUp = false
        continue
      default:
        if layout == .goose, command == ["no", "transaction"] { isWithoutTransaction = true }
        if layout == .goose, command.first == "envsub" { isExpanded = command.last == "on" }
      }
      if up == nil, !Self.isRemark(line) {
        refuse("does not support statements preceding the '-- migrate:up' block")
      }
      if isUp { append(line + [UInt8(ascii: "\n")], isExpanded: isExpanded) }
    }
    if isOpen { refuse(Self.withoutDown) }
    if !isCaseSensitive { refusal = nil }
  }

  private static let withoutDown =
    "requires each migration to define a down block with '-- migrate:down'"

  private mutating func refuse(_ why: String) { refusal = refusal ?? why }

  private static func isRemark(_ line: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: line, as: UTF8.self).drop(while: \.isWhitespace)
    return text.isEmpty || text.hasPrefix("--")
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
