/// A version as its tool compares it: by text, or by the numbers in it.
struct VersionOrder: Hashable, Comparable {
  private enum Piece: Hashable {
    /// Without leading zeros.
    case number([UInt8])
    case text([UInt8])
  }

  private let pieces: [Piece]

  /// Runs of digits by value, everything else by its bytes.
  init(numbersOf text: some StringProtocol) {
    var pieces: [Piece] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      let isNumber = first.isDigit
      let run = rest.prefix { $0.isDigit == isNumber }
      rest = rest.dropFirst(run.count)
      pieces.append(
        isNumber ? .number(Array(run.drop { $0 == UInt8(ascii: "0") })) : .text(Array(run)))
    }
    self.pieces = pieces
  }

  /// By its bytes, as Go and Rust compare texts: `10` comes before `9`.
  init(textOf text: some StringProtocol) { pieces = [.text(Array(text.utf8))] }

  /// By its UTF-16 code units, as Java compares texts.
  init(codeUnitsOf text: some StringProtocol) {
    pieces = [.text(text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })]
  }

  /// As JavaScript's `localeCompare` has it: blanks, then marks (`_` and `-` first), digits one by one,
  /// letters whatever their case; of two that differ in case alone the small one first. Beyond ASCII by
  /// the bytes.
  init(localeOf text: some StringProtocol) {
    let marks = Array(" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$".utf8)
    let bytes = Array(text.utf8)
    let ranks = bytes.map { byte -> UInt8 in
      if let place = marks.firstIndex(of: byte) { return UInt8(place) }
      return byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
    pieces = [
      .text(ranks), .text(bytes.map { $0 >= 0x41 && $0 <= 0x5A ? 1 : 0 }), .text(bytes),
    ]
  }

  /// By the numbers between its dots; zeros at its end say nothing, so that 1.0 is 1.
  init(partsOf version: some StringProtocol) {
    var parts = version.split(separator: ".")
    while parts.count > 1, parts[parts.count - 1].allSatisfy({ $0 == "0" }) { parts.removeLast() }
    self.init(numbersOf: parts.joined(separator: "."))
  }

  static func < (left: Self, right: Self) -> Bool {
    for (one, other) in zip(left.pieces, right.pieces) where one != other {
      switch (one, other) {
      case (.number(let a), .number(let b)):
        return a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
      case (.text(let a), .text(let b)): return a.lexicographicallyPrecedes(b)
      case (.number, .text): return true
      case (.text, .number): return false
      }
    }
    return left.pieces.count < right.pieces.count
  }
}
