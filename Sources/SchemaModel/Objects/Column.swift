/// One column of a table, view-like relations excepted.
public struct Column: Hashable, Sendable {
  /// Unquoted.
  public var name: String
  /// As the engine spells it; empty where SQLite's column has none.
  public var type: String
  /// False for NOT NULL.
  public var isNullable: Bool
  /// The default's SQL expression.
  public var defaultExpression: String?
  /// The collation's name, where it is not that of the type.
  public var collation: String?
  /// How its value is computed; nil for a column that is written to.
  public var generation: Generation?
  /// PostgreSQL's identity clause, from GENERATED on.
  public var identity: String?
  /// COMMENT ON COLUMN.
  public var comment: String?
  /// What only one dialect has, by its own word: `not null on conflict`, `storage`, ...
  public var attributes: [String: String]

  /// GENERATED ALWAYS AS.
  public struct Generation: Hashable, Sendable {
    /// The SQL expression, without the parentheses around it.
    public var expression: String
    /// STORED; else it is computed when it is read.
    public var isStored: Bool

    public init(expression: String, isStored: Bool) {
      self.expression = expression
      self.isStored = isStored
    }
  }

  @inlinable
  public init(
    name: String, type: String, isNullable: Bool = true, defaultExpression: String? = nil,
    collation: String? = nil, generation: Generation? = nil, identity: String? = nil,
    comment: String? = nil, attributes: [String: String] = [:]
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.defaultExpression = defaultExpression
    self.collation = collation
    self.generation = generation
    self.identity = identity
    self.comment = comment
    self.attributes = attributes
  }
}

extension Column: CustomStringConvertible {
  /// `email VARCHAR(255) NOT NULL DEFAULT ''`, for people.
  public var description: String {
    ([name] + clauses).joined(separator: " ")
  }

  /// Everything but the name, clause by clause.
  var clauses: [String] {
    var clauses: [String] = type.isEmpty ? [] : [type]
    if let collation { clauses.append("COLLATE \(collation)") }
    if let generation {
      let storage = generation.isStored ? "STORED" : "VIRTUAL"
      clauses.append("GENERATED AS (\(generation.expression)) \(storage)")
    }
    if let identity { clauses.append(identity) }
    let notNull = notNull
    if let notNull { clauses.append(notNull.clause(of: name)) }
    if let defaultExpression { clauses.append("DEFAULT \(defaultExpression)") }
    for (key, value) in attributes.sorted(by: { $0.key < $1.key })
    where notNull == nil || !Self.isOfNotNull(key) {
      clauses.append(value.isEmpty ? "[\(key)]" : "[\(key): \(value)]")
    }
    if notNull?.isInherited == true, attributes["inherited"] == nil {
      clauses.append("[not null inherited]")
    }
    if let comment = notNull?.comment { clauses.append("[not null comment: \(comment)]") }
    if let comment { clauses.append("COMMENT '\(comment)'") }
    return clauses
  }
}
