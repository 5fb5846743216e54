/// What one dialect has in a baseline file.
public struct DialectBlock: Hashable, Sendable {
  public var dialect: String
  /// Whole lines, each with its end.
  var content: String

  private static func begin(_ dialect: String) -> String { "# strata: begin \(dialect)\n" }
  private static func end(_ dialect: String) -> String { "# strata: end \(dialect)\n" }

  var text: String { Self.begin(dialect) + content + Self.end(dialect) }

  /// The blocks of a baseline file; none where the text is no such file.
  public static func blocks(in text: String) -> [DialectBlock] {
    var blocks: [DialectBlock] = []
    var open: DialectBlock?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = line + "\n"
      if let block = open {
        if line == end(block.dialect) {
          blocks.append(block)
          open = nil
        } else {
          open?.content += line
        }
      } else if line.hasPrefix("# strata: begin ") {
        open = DialectBlock(
          dialect: String(line.dropFirst("# strata: begin ".count).dropLast()), content: "")
      }
    }
    return blocks
  }
}
