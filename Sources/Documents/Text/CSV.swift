import SchemaModel

/// Records as RFC 4180 has them, with `\n`.
public struct CSV: Sendable {
  /// Whether cells that a spreadsheet would calculate are marked as text.
  public var isGuarded: Bool

  public init(isGuarded: Bool) { self.isGuarded = isGuarded }

  /// All records, a line each.
  public func text(_ records: [[String]]) -> String {
    records.map { line($0.map(cell)) }.joined()
  }

  /// A text as a cell's content: with `'` before what a spreadsheet takes for a formula.
  public func cell(_ text: String) -> String {
    guard isGuarded, let first = text.unicodeScalars.first else { return text }
    return Self.beginnings.contains(first) ? "'" + text : text
  }

  /// One record of cells' contents.
  public func line(_ cells: [String]) -> String {
    cells.map(Self.quoted).joined(separator: ",") + "\n"
  }

  /// What begins a formula, also in the wide forms that some spreadsheets read, and the white space
  /// that they take away before they look.
  private static let beginnings: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\n", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}",
  ]

  /// Also quoted are cells with what other countries' spreadsheets divide cells by.
  private static func quoted(_ cell: String) -> String {
    let isPlain = !cell.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ";") || $0 < 0x20
    }
    return isPlain
      ? cell
      : "\""
        + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
  }
}
