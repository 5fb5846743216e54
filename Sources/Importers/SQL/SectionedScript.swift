/// A file that holds both directions, parted by marked comment lines (dbmate, goose).
struct SectionedScript {
  /// The text between the marker for up and the one for down; nil where there is no such marker.
  private(set) var up: [UInt8]?
  /// `-- migrate:up transaction:false`, or `-- +goose NO TRANSACTION` anywhere in the file.
  private(set) var isWithoutTransaction = false

  static func marker(_ layout: SQLLayout) -> String {
    layout == .goose ? "-- +goose Up" : "-- migrate:up"
  }

  init(_ bytes: [UInt8], _ layout: SQLLayout) {
    let words = layout == .goose ? ("+goose", "up", "down") : ("", "migrate:up", "migrate:down")
    var isUp = false
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let command = Self.command(line, after: words.0)
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
      }
      if isUp { up? += line + [UInt8(ascii: "\n")] }
    }
  }

  /// The words of a comment line after its leader, in small letters.
  private static func command(_ line: ArraySlice<UInt8>, after leader: String) -> [String] {
    guard line.starts(with: "--".utf8) else { return [] }
    let words = String(decoding: line.dropFirst(2), as: UTF8.self)
      .split(whereSeparator: \.isWhitespace)
    if leader.isEmpty { return words.map { $0.lowercased() } }
    return words.first.map(String.init) == leader
      ? words.dropFirst().map { $0.lowercased() } : []
  }
}

/// `${NAME}` in a script.
struct Placeholders {
  var values: [String: String]

  /// - Parameter isStrict: whether a name without a value is an error, as it is for Flyway.
  func replaced(in script: String, path: String, isStrict: Bool) throws(FolderError) -> String {
    guard isStrict || !values.isEmpty, script.contains("${") else { return script }
    var result = ""
    var rest = script[...]
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstIndex(of: "}")
    {
      let name = rest[start.upperBound..<end]
      result += rest[..<start.lowerBound]
      if let value = values[String(name)] {
        result += value
      } else if isStrict, !name.isEmpty, !name.contains(where: \.isWhitespace) {
        throw .undefinedPlaceholder(name: String(name), path: path)
      } else {
        result += rest[start.lowerBound...end]
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
