import SchemaModel

/// A value of a TOML document (toml.io, version 1.0), as far as a project's configuration needs it.
package enum TOMLValue: Hashable {
  case text(String)
  case flag(Bool)
  /// A number or a date, as it is written.
  case other(String)
  case list([TOMLValue])
  case table([String: TOMLValue])
}

/// Why a text is no TOML.
package struct TOMLError: Error, Hashable {
  /// 1 is the first.
  package var line: Int
  package var why: String
}

/// Reads a TOML document.
package struct TOMLDocument {
  package private(set) var root: [String: TOMLValue] = [:]
  private var scanner: TOMLScanner
  /// The table that is being filled.
  private var current: [String] = []

  /// - Throws: `TOMLError`.
  package init(_ text: String) throws(TOMLError) {
    scanner = TOMLScanner(text)
    scanner.skipBlankLines()
    while !scanner.isAtEnd {
      if scanner.take("[") { try readHeader() } else { try readPair() }
      try scanner.endLine()
      scanner.skipBlankLines()
    }
  }

  /// The table at a path of names; nil where there is none.
  package func table(_ path: String...) -> [String: TOMLValue]? {
    var found = root
    for name in path {
      guard case .table(let inner)? = found[name] else { return nil }
      found = inner
    }
    return found
  }

  private mutating func readHeader() throws(TOMLError) {
    let isElement = scanner.take("[")
    let keys = try scanner.keys()
    guard scanner.take("]"), !isElement || scanner.take("]") else {
      throw scanner.wrong("expected ] at the end of a table's name")
    }
    guard Self.open(keys[...], isElement: isElement, in: &root) else {
      throw scanner.wrong("\(keys.joined(separator: ".")) is no table")
    }
    current = keys
  }

  private mutating func readPair() throws(TOMLError) {
    let keys = current + (try scanner.keys())
    guard scanner.take("=") else { throw scanner.wrong("expected NAME = VALUE") }
    let value = try scanner.value()
    guard Self.put(value, keys[...], in: &root) else {
      throw scanner.wrong("\(keys.joined(separator: ".")) is there twice")
    }
  }

  /// Makes a table where there is none, or one more of an array of tables.
  private static func open(
    _ keys: ArraySlice<String>, isElement: Bool, in table: inout [String: TOMLValue]
  ) -> Bool {
    guard let key = keys.first else { return true }
    if keys.count == 1, isElement {
      switch table[key] {
      case nil: table[key] = .list([.table([:])])
      case .list(let elements): table[key] = .list(elements + [.table([:])])
      default: return false
      }
      return true
    }
    return enter(key, of: &table) { open(keys.dropFirst(), isElement: isElement, in: &$0) }
  }

  /// - Returns: false where something is there already.
  static func put(
    _ value: TOMLValue, _ keys: ArraySlice<String>, in table: inout [String: TOMLValue]
  ) -> Bool {
    guard let key = keys.first else { return false }
    guard keys.count == 1 else {
      return enter(key, of: &table) { put(value, keys.dropFirst(), in: &$0) }
    }
    guard table[key] == nil else { return false }
    table[key] = value
    return true
  }

  /// The table under a name, the last one of an array of tables, or a new one.
  private static func enter(
    _ key: String, of table: inout [String: TOMLValue],
    _ body: (inout [String: TOMLValue]) -> Bool
  ) -> Bool {
    switch table[key] {
    case nil:
      var inner: [String: TOMLValue] = [:]
      guard body(&inner) else { return false }
      table[key] = .table(inner)
    case .table(var inner):
      guard body(&inner) else { return false }
      table[key] = .table(inner)
    case .list(var elements):
      guard case .table(var inner)? = elements.popLast(), body(&inner) else { return false }
      table[key] = .list(elements + [.table(inner)])
    default: return false
    }
    return true
  }
}
