internal import SchemaModel

/// What PostgreSQL's messages say of roles, and what statements do with them.
enum RoleWords {
  /// The role that a statement named and that is not there.
  static func missing(_ failure: StatementFailure) -> String? {
    guard ["42704", "22023"].contains(failure.code) else { return nil }
    return between("role \"", "\" does not exist", failure.message)
  }

  /// The role that another program's message says is not there.
  static func missing(in message: String) -> String? {
    for line in message.split(separator: "\n") {
      guard let start = line.firstRange(of: "role \""),
        let end = line.firstRange(of: "\" does not exist"), start.upperBound < end.lowerBound
      else { continue }
      return String(line[start.upperBound..<end.lowerBound])
    }
    return nil
  }

  /// The role that was to be made and is there.
  static func existing(_ failure: StatementFailure) -> String? {
    guard failure.code == "42710" else { return nil }
    return between("role \"", "\" already exists", failure.message)
  }

  /// Whether it is CREATE ROLE, USER or GROUP.
  static func creates(_ sql: String) -> Bool {
    let words = sql.split(whereSeparator: \.isWhitespace).prefix(2).map { $0.uppercased() }
    return words.count == 2 && words[0] == "CREATE" && ["ROLE", "USER", "GROUP"].contains(words[1])
  }

  /// Whether a script may make roles, also by a statement that it puts together itself: behind CREATE
  /// stands ROLE, USER or GROUP, or no word at all.
  static func areIn(_ script: String) -> Bool {
    let words = script.utf8.split(
      omittingEmptySubsequences: true, whereSeparator: { !Self.isOfWord($0) })
    for (index, word) in words.enumerated() where isWord(word, "create") {
      guard index + 1 < words.count else { return true }
      let between = script.utf8[word.endIndex..<words[index + 1].startIndex]
      if !between.allSatisfy({ [0x09, 0x0A, 0x0D, 0x20].contains($0) }) { return true }
      let isRole = ["role", "user", "group"].contains { isWord(words[index + 1], $0) }
      // CREATE USER MAPPING makes none.
      if isRole, index + 2 == words.count || !isWord(words[index + 2], "mapping") { return true }
    }
    return false
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == 0x5F || (0x30...0x39).contains(byte)
      || (0x41...0x5A).contains(byte & 0xDF)
  }

  private static func isWord(_ word: Substring.UTF8View, _ wanted: String) -> Bool {
    word.elementsEqual(wanted.utf8) { $0 | 0x20 == $1 }
  }

  /// The name as PostgreSQL writes it, with quotes of its own in it.
  static func between(_ start: String, _ end: String, _ text: String) -> String? {
    guard text.hasPrefix(start), text.hasSuffix(end),
      text.utf8.count > start.utf8.count + end.utf8.count
    else { return nil }
    return String(text.dropFirst(start.count).dropLast(end.count))
  }
}

/// What messages say of a server that was built without a library. Servers speak English to us, or
/// their user's language; then the message stays as it is.
enum BuildWords {
  private static let signs = [
    ("ICU is not supported in this build", "ICU"),
    ("to be built with libxml support", "libxml"), ("to be built with lz4 support", "LZ4"),
  ]

  /// Whether a server was built with ICU; true where it does not say. The collation `unicode` is
  /// there either way.
  static func hasICU(_ connection: PostgreSQLConnection) -> Bool {
    let found = try? connection.query(
      "SELECT FROM pg_catalog.pg_collation WHERE collname LIKE '%-x-icu' LIMIT 1")
    return found?.isEmpty != true
  }

  static func missing(
    _ failure: StatementFailure, hasICU: () -> Bool
  ) -> String? {
    missing(in: failure.message + "\n" + (failure.detail ?? ""), hasICU: hasICU)
  }

  /// The same in a longer text, such as another program's.
  static func missing(in text: String, hasICU: () -> Bool) -> String? {
    if let sign = signs.first(where: { text.contains($0.0) }) { return sign.1 }
    guard text.contains("collation \""), text.contains("-x-icu\" for encoding"), !hasICU() else {
      return nil
    }
    return "ICU"
  }
}

enum ExtensionWords {
  /// The same in a longer text, such as another program's.
  static func missing(in text: String) -> String? {
    let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
    for index in pieces.indices.dropLast(2)
    where pieces[index].hasSuffix("extension ")
      && pieces[index + 2].hasPrefix(" is not available")
    {
      return String(pieces[index + 1])
    }
    return nil
  }

  /// The extension whose files the server does not have.
  static func missing(_ failure: StatementFailure) -> String? {
    if failure.code == "0A000" {
      return RoleWords.between("extension \"", "\" is not available", failure.message)
    }
    // Version 14: could not open extension control file ".../hstore.control": No such ...
    guard failure.code == "58P01", failure.message.contains("extension control file"),
      let path = failure.message.split(separator: "\"").dropFirst().first,
      let file = path.split(separator: "/").last, file.hasSuffix(".control")
    else { return nil }
    return String(file.dropLast(".control".count))
  }
}
