extension PostgreSQL {
  /// Why rows of a catalog make no sense.
  public enum CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A row is not what the query asks for.
    case unreadable(query: CatalogQuery, column: Int, found: String?)
    /// Two objects would have one name in the model.
    case ambiguous(String)

    public var description: String {
      switch self {
      case .unreadable(let query, let column, let found):
        "cannot read the server's catalog: column \(column) of \(query) holds "
          + (found.map { "'\($0.prefix(80))'" } ?? "NULL")
      case .ambiguous(let message): message
      }
    }
  }

  /// Reads the columns of one row in their order.
  struct Fields {
    private let values: [String?]
    private let query: CatalogQuery
    private var index = 0

    init(_ values: [String?], _ query: CatalogQuery) {
      self.values = values
      self.query = query
    }

    private mutating func next() throws(CatalogError) -> String? {
      guard index < values.count else {
        throw .unreadable(query: query, column: index, found: nil)
      }
      index += 1
      return values[index - 1]
    }

    private func unreadable() -> CatalogError {
      .unreadable(query: query, column: index - 1, found: values[index - 1])
    }

    mutating func optional() throws(CatalogError) -> String? { try next() }

    mutating func text() throws(CatalogError) -> String {
      guard let text = try next() else { throw unreadable() }
      return text
    }

    /// Empty for NULL and for a text that says nothing.
    mutating func word() throws(CatalogError) -> String { try next() ?? "" }

    mutating func flag() throws(CatalogError) -> Bool {
      switch try next() {
      case "t", "true": return true
      case "f", "false", nil: return false
      default: throw unreadable()
      }
    }

    mutating func oid() throws(CatalogError) -> UInt32 {
      guard let number = try next().flatMap({ UInt32($0) }) else { throw unreadable() }
      return number
    }

    /// 0 for NULL.
    mutating func oidOrZero() throws(CatalogError) -> UInt32 {
      guard let text = try next() else { return 0 }
      guard let number = UInt32(text) else { throw unreadable() }
      return number
    }

    mutating func number() throws(CatalogError) -> Int {
      guard let number = try next().flatMap({ Int($0) }) else { throw unreadable() }
      return number
    }

    mutating func list() throws(CatalogError) -> [String?]? {
      guard let text = try next() else { return nil }
      guard let list = PostgreSQL.array(text) else { throw unreadable() }
      return list
    }

    /// An array without its NULLs; empty for NULL.
    mutating func texts() throws(CatalogError) -> [String] {
      try list()?.compactMap { $0 } ?? []
    }

    mutating func privileges() throws(CatalogError) -> Privileges {
      let list = try list()?.compactMap { $0 }
      return Privileges(list: list, standard: try texts())
    }
  }

  /// An access control list beside the one that an object of this kind has by itself.
  struct Privileges: Hashable, Sendable {
    /// Nil where nobody changed it.
    var list: [String]?
    var standard: [String]

    var isStandard: Bool { list == nil || list == standard }
  }
}
