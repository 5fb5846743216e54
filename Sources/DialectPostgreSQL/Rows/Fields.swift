internal import SchemaModel

extension PostgreSQL {
  /// Why rows of a catalog make no sense.
  public enum CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A row is not what the query asks for.
    case unreadable(query: CatalogQuery, column: String, found: String?)
    /// The answer to a query lacks a column that its rows are made of.
    case missing(query: CatalogQuery, column: String)
    /// Two objects would have one name in the model.
    case ambiguous(String)

    public var description: String {
      switch self {
      case .unreadable(let query, let column, let found):
        "cannot read the server's catalog: column \(column) of \(query) holds "
          + (found.map { "'\($0.prefix(80))'" } ?? "NULL")
      case .missing(let query, let column):
        "cannot read the server's catalog: expected a column \(column) of \(query), found none; "
          + "please report it: no server leaves one out"
      case .ambiguous(let message): message
      }
    }
  }

  /// What a query answered.
  public struct QueryAnswer: Hashable, Sendable {
    /// The columns' names, from left to right.
    public var columns: [String]
    /// The values of each row in the order of `columns`, in their text form; nil is NULL.
    public var rows: [[String?]]

    public init(columns: [String], rows: [[String?]]) {
      self.columns = columns
      self.rows = rows
    }
  }

  /// Reads the rows of one answer, one after the other, by the names of their columns.
  ///
  /// All rows of a query are read by the same questions in the same order. So the place of a column
  /// is looked for when the first row asks for it, and remembered for the same question of the next.
  struct Fields {
    private let query: CatalogQuery
    private let columns: [String]
    /// Of the column that each question was last about.
    private var places: [(name: String, place: Int)] = []
    /// The names that the rows have asked for.
    private(set) var namesRead: Set<String> = []
    /// How many questions the row has asked.
    private var questionCount = 0
    private var values: [String?] = []

    init(_ columns: [String], _ query: CatalogQuery) {
      self.columns = columns
      self.query = query
      places.reserveCapacity(columns.count)
    }

    /// The next row.
    mutating func row<Row: CatalogRow>(_ values: [String?]) throws(CatalogError) -> Row {
      self.values = values
      questionCount = 0
      return try Row(&self)
    }

    mutating func optional(_ name: String) throws(CatalogError) -> String? {
      let place = try place(of: name)
      guard place < values.count else { throw .missing(query: query, column: name) }
      return values[place]
    }

    private mutating func place(of name: String) throws(CatalogError) -> Int {
      let question = questionCount
      questionCount += 1
      if question < places.count, places[question].name == name { return places[question].place }
      guard let place = columns.firstIndex(of: name) else {
        throw .missing(query: query, column: name)
      }
      namesRead.insert(name)
      if question < places.count {
        places[question] = (name, place)
      } else {
        places.append((name, place))
      }
      return place
    }

    private func unreadable(_ name: String, _ found: String?) -> CatalogError {
      .unreadable(query: query, column: name, found: found)
    }

    mutating func text(_ name: String) throws(CatalogError) -> String {
      guard let text = try optional(name) else { throw unreadable(name, nil) }
      return text
    }

    /// Empty for NULL and for a text that says nothing.
    mutating func word(_ name: String) throws(CatalogError) -> String {
      try optional(name) ?? ""
    }

    mutating func flag(_ name: String) throws(CatalogError) -> Bool {
      let text = try optional(name)
      switch text {
      case "t", "true": return true
      case "f", "false", nil: return false
      default: throw unreadable(name, text)
      }
    }

    mutating func oid(_ name: String) throws(CatalogError) -> UInt32 {
      let text = try optional(name)
      guard let number = text.flatMap({ UInt32($0) }) else { throw unreadable(name, text) }
      return number
    }

    /// 0 for NULL.
    mutating func oidOrZero(_ name: String) throws(CatalogError) -> UInt32 {
      guard let text = try optional(name) else { return 0 }
      guard let number = UInt32(text) else { throw unreadable(name, text) }
      return number
    }

    mutating func number(_ name: String) throws(CatalogError) -> Int {
      let text = try optional(name)
      guard let number = text.flatMap({ Int($0) }) else { throw unreadable(name, text) }
      return number
    }

    mutating func list(_ name: String) throws(CatalogError) -> [String?]? {
      guard let text = try optional(name) else { return nil }
      guard let list = PostgreSQL.array(text) else { throw unreadable(name, text) }
      return list
    }

    /// An array without its NULLs; empty for NULL.
    mutating func texts(_ name: String) throws(CatalogError) -> [String] {
      try list(name)?.compactMap { $0 } ?? []
    }

    mutating func privileges(
      _ name: String, standard: String
    ) throws(CatalogError) -> Privileges {
      let list = try list(name)?.compactMap { $0 }
      return Privileges(list: list, standard: try texts(standard))
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
