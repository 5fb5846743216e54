/// One part of a key or an index: a column or an expression, with its order.
public struct KeyPart: Hashable, Sendable, CustomStringConvertible {
  /// A column's name (unquoted), or the text of an expression.
  public var text: String
  /// Whether `text` is an expression.
  public var isExpression: Bool
  /// The collation's name, where it is not the column's.
  public var collation: String?
  /// DESC.
  public var isDescending: Bool
  /// What else PostgreSQL says of it: operator class, NULLS order.
  public var suffix: String?

  @inlinable
  public init(
    _ text: String, isExpression: Bool = false, collation: String? = nil,
    isDescending: Bool = false, suffix: String? = nil
  ) {
    self.text = text
    self.isExpression = isExpression
    self.collation = collation
    self.isDescending = isDescending
    self.suffix = suffix
  }

  public var description: String {
    var text = text
    if let collation { text += " COLLATE \(collation)" }
    if isDescending { text += " DESC" }
    if let suffix { text += " \(suffix)" }
    return text
  }
}

/// One constraint of a table; NOT NULL belongs to the column.
public struct Constraint: Hashable, Sendable {
  /// Raw values are on disk and in fingerprints.
  public enum Kind: UInt8, Hashable, Sendable {
    case primaryKey = 1
    case unique = 2
    case foreignKey = 3
    case check = 4
    case exclusion = 5
  }

  /// What a foreign key refers to.
  public struct Reference: Hashable, Sendable {
    /// The namespace of the table; empty where there are none.
    public var namespace: String
    /// The table's name.
    public var table: String
    /// Empty where the referenced table's primary key is meant.
    public var columns: [String]
    /// The action by its SQL words, `CASCADE`; nil for NO ACTION.
    public var onDelete: String?
    /// As `onDelete`.
    public var onUpdate: String?
    /// `FULL`, `PARTIAL`; nil for SIMPLE.
    public var match: String?

    public init(
      namespace: String = "", table: String, columns: [String] = [], onDelete: String? = nil,
      onUpdate: String? = nil, match: String? = nil
    ) {
      self.namespace = namespace
      self.table = table
      self.columns = columns
      self.onDelete = onDelete
      self.onUpdate = onUpdate
      self.match = match
    }
  }

  /// Nil where nobody named it.
  public var name: String?
  public var kind: Kind
  /// The columns or expressions that it is about, in order; none for a CHECK.
  public var parts: [KeyPart]
  /// The predicate of a CHECK.
  public var expression: String?
  /// Of a foreign key alone.
  public var reference: Reference?
  /// `autoincrement`, `on conflict`, `deferrable`, `not valid`, ...; `definition` is the engine's own
  /// text of all after the name, where it keeps one (PostgreSQL).
  public var attributes: [String: String]

  @inlinable
  public init(
    name: String? = nil, kind: Kind, parts: [KeyPart] = [], expression: String? = nil,
    reference: Reference? = nil, attributes: [String: String] = [:]
  ) {
    self.name = name
    self.kind = kind
    self.parts = parts
    self.expression = expression
    self.reference = reference
    self.attributes = attributes
  }
}

extension Constraint: CustomStringConvertible {
  /// `fk_user: FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE`, for people.
  public var description: String {
    (name.map { "\($0): " } ?? "") + body
  }

  /// The constraint without its name.
  public var body: String {
    var text = attributes["definition"] ?? composedBody
    for (key, value) in attributes.sorted(by: { $0.key < $1.key }) where key != "definition" {
      text += value.isEmpty ? " [\(key)]" : " [\(key): \(value)]"
    }
    return text
  }

  private var composedBody: String {
    let columns = "(" + parts.map(\.description).joined(separator: ", ") + ")"
    var text =
      switch kind {
      case .primaryKey: "PRIMARY KEY \(columns)"
      case .unique: "UNIQUE \(columns)"
      case .foreignKey: "FOREIGN KEY \(columns)"
      case .check: "CHECK (\(expression ?? ""))"
      case .exclusion: "EXCLUDE \(expression ?? columns)"
      }
    if let reference { text += " \(reference)" }
    return text
  }
}

extension Constraint.Reference: CustomStringConvertible {
  public var description: String {
    var text = "REFERENCES " + (namespace.isEmpty ? table : "\(namespace).\(table)")
    if !columns.isEmpty { text += " (" + columns.joined(separator: ", ") + ")" }
    if let match { text += " MATCH \(match)" }
    if let onDelete { text += " ON DELETE \(onDelete)" }
    if let onUpdate { text += " ON UPDATE \(onUpdate)" }
    return text
  }
}

extension Constraint: Comparable {
  /// By kind, then name, then text; equal only where equal in all.
  public static func < (left: Self, right: Self) -> Bool {
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.name != right.name {
      guard let a = left.name, let b = right.name else { return left.name == nil }
      return a < b
    }
    let texts = (left.body, right.body)
    if texts.0 != texts.1 { return texts.0 < texts.1 }
    return left == right ? false : left.everyField.lexicographicallyPrecedes(right.everyField)
  }

  /// What the text for people does not tell apart: no value and the empty one, a column and an
  /// expression.
  private var everyField: [String] {
    func field(_ value: String?) -> [String] { value.map { ["some", $0] } ?? ["none"] }
    var fields = field(expression)
    for part in parts {
      fields += [part.text, String(part.isExpression), String(part.isDescending)]
      fields += field(part.collation) + field(part.suffix)
    }
    if let reference {
      fields += ["references", reference.namespace, reference.table] + reference.columns
      fields += field(reference.match) + field(reference.onDelete) + field(reference.onUpdate)
    }
    return fields + attributes.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
  }
}
