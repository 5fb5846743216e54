/// The names that a mistyped one most likely meant.
public enum NearestNames {
  /// At most three, the nearest first: those that begin alike, then those with the fewest edits.
  /// None where all are far away. Case makes no difference, and only the first 64 bytes count.
  public static func find(_ name: String, among names: some Sequence<String>) -> [String] {
    let wanted = Array(name.lowercased().utf8.prefix(64))
    let limit = max(2, wanted.count / 3)
    var scored: [(score: Int, name: String)] = []
    for candidate in names {
      let bytes = Array(candidate.lowercased().utf8.prefix(64))
      let common = zip(wanted, bytes).prefix { $0 == $1 }.count
      let score = distance(wanted, bytes) - common
      if score <= limit { scored.append((score, candidate)) }
    }
    return scored.sorted { ($0.score, $0.name) < ($1.score, $1.name) }.prefix(3).map(\.name)
  }

  /// Levenshtein's distance.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (byte == other ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
