/// A table: its columns in their order, its constraints, and the engine's own text.
public struct Table: Hashable, Sendable {
  /// In the order of the table.
  public var columns: [Column]
  /// A bag in canonical order (by kind, name and text): the order they are written in has no
  /// meaning, and the definition keeps it.
  public var constraints: [Constraint]
  /// The engine's own CREATE text, where it keeps one (SQLite): what a baseline executes.
  public var definition: String?
  /// `strict`, `without rowid`, `virtual`: module and arguments, `partition by`, `inherits`, ...
  public var attributes: [String: String]

  public init(
    columns: [Column], constraints: [Constraint] = [], definition: String? = nil,
    attributes: [String: String] = [:]
  ) {
    self.columns = columns
    self.constraints = constraints
    self.definition = definition
    self.attributes = attributes
    sortConstraints()
  }

  /// A table whose constraints are in their order already, as a snapshot holds them.
  @inlinable
  public init(
    columns: [Column], sortedConstraints: [Constraint], definition: String?,
    attributes: [String: String]
  ) {
    self.columns = columns
    constraints = sortedConstraints
    self.definition = definition
    self.attributes = attributes
  }

  mutating func sortConstraints() {
    if constraints.count > 1 { constraints.sort() }
  }

  mutating func insert(_ constraint: Constraint) {
    constraints.append(constraint)
    sortConstraints()
  }

  /// Whether its columns have the names of the other's first ones. A column is never copied for
  /// this: it is mostly strings, and a copy counts a reference for each.
  public func hasPrefixOfNames(_ other: Table) -> Bool {
    guard columns.count <= other.columns.count else { return false }
    return columns.withUnsafeBufferPointer { own in
      other.columns.withUnsafeBufferPointer { others in
        own.indices.allSatisfy { own[$0].name == others[$0].name }
      }
    }
  }

  /// Nil where there is none. Names are compared as they are, case and all.
  public func column(named name: String) -> Column? { columns.first { $0.name == name } }
}

/// An index; `table` is the name of its table in the index's own namespace.
public struct Index: Hashable, Sendable {
  /// The name of its table, in the index's own namespace.
  public var table: String
  /// What is indexed, in order.
  public var parts: [KeyPart]
  /// UNIQUE.
  public var isUnique: Bool
  /// The WHERE expression of a partial index.
  public var predicate: String?
  /// The engine's own CREATE text, where it keeps one.
  public var definition: String?
  /// `method`, `include`, `storage`, ...
  public var attributes: [String: String]

  public init(
    table: String, parts: [KeyPart], isUnique: Bool = false, predicate: String? = nil,
    definition: String? = nil, attributes: [String: String] = [:]
  ) {
    self.table = table
    self.parts = parts
    self.isUnique = isUnique
    self.predicate = predicate
    self.definition = definition
    self.attributes = attributes
  }
}

/// An object that is its definition: a view, a trigger, a routine, an enum, ...
public struct Definition: Hashable, Sendable {
  /// The table (or view) it belongs to: a trigger's, a policy's.
  public var table: String?
  /// The engine's own text.
  public var text: String
  /// Ordered parts with names: a view's columns, an enum's labels, a composite's fields.
  public var members: [String]
  /// Facts that the text also tells, for asking: `timing`, `event`, `language`, ...
  public var attributes: [String: String]

  public init(
    table: String? = nil, text: String, members: [String] = [], attributes: [String: String] = [:]
  ) {
    self.table = table
    self.text = text
    self.members = members
    self.attributes = attributes
  }
}

/// One object of a schema: what it is, and what is said about it from outside.
public struct SchemaObject: Hashable, Sendable {
  /// What an object is.
  public enum Content: Hashable, Sendable {
    case table(Table)
    case index(Index)
    case definition(Definition)
  }

  /// One allocation for all of it: a schema of thousands of objects is copied whenever a revision
  /// changes one of them.
  private final class Storage: @unchecked Sendable {
    var content: Content
    var comment: String?
    var owner: String?
    var grants: [String]
    var dependencies: [ObjectPath]
    var partDependencies: [ExactText: [ObjectPath]]

    init(
      _ content: Content, _ comment: String?, _ owner: String?, _ grants: [String],
      _ dependencies: [ObjectPath], _ partDependencies: [ExactText: [ObjectPath]]
    ) {
      self.content = content
      self.comment = comment
      self.owner = owner
      self.grants = grants
      self.dependencies = dependencies
      self.partDependencies = partDependencies
    }

    func copy() -> Storage {
      Storage(content, comment, owner, grants, dependencies, partDependencies)
    }
  }

  /// Written to only by who holds it alone.
  private var storage: Storage

  public init(
    _ content: Content, comment: String? = nil, owner: String? = nil, grants: [String] = [],
    dependencies: [ObjectPath] = [], partDependencies: [ExactText: [ObjectPath]] = [:]
  ) {
    storage = Storage(content, comment, owner, grants, dependencies, partDependencies)
  }

  private mutating func own() {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
  }

  /// What it is.
  public var content: Content {
    _read { yield storage.content }
    _modify {
      own()
      yield &storage.content
    }
  }

  /// COMMENT ON it.
  public var comment: String? {
    _read { yield storage.comment }
    _modify {
      own()
      yield &storage.comment
    }
  }

  /// The role that owns it, `@self` for whoever records; nil where the dialect has no owners.
  public var owner: String? {
    _read { yield storage.owner }
    _modify {
      own()
      yield &storage.owner
    }
  }

  /// One readable privilege each, in the engine's order.
  public var grants: [String] {
    _read { yield storage.grants }
    _modify {
      own()
      yield &storage.grants
    }
  }

  /// What must exist before it, so that a baseline can be ordered without a database.
  public var dependencies: [ObjectPath] {
    _read { yield storage.dependencies }
    _modify {
      own()
      yield &storage.dependencies
    }
  }

  /// The same for parts that a baseline may create after the object itself, by `column NAME` (its
  /// default) and `constraint NAME`: only so can objects that need each other be ordered.
  public var partDependencies: [ExactText: [ObjectPath]] {
    _read { yield storage.partDependencies }
    _modify {
      own()
      yield &storage.partDependencies
    }
  }

  public static func == (left: Self, right: Self) -> Bool {
    let (left, right) = (left.storage, right.storage)
    return left === right
      || left.content == right.content && left.comment == right.comment
        && left.owner == right.owner && left.grants == right.grants
        && left.dependencies == right.dependencies
        && left.partDependencies == right.partDependencies
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(content)
    hasher.combine(comment)
    hasher.combine(owner)
    hasher.combine(grants)
    hasher.combine(dependencies)
    hasher.combine(partDependencies)
  }

  /// Its content, where it is a table.
  public var table: Table? {
    if case .table(let table) = content { table } else { nil }
  }

  /// Its content, where it is an index.
  public var index: Index? {
    if case .index(let index) = content { index } else { nil }
  }

  /// Its content, where it is its definition.
  public var definition: Definition? {
    if case .definition(let definition) = content { definition } else { nil }
  }

  /// The engine's own text of it, where it keeps one.
  public var text: String? {
    switch content {
    case .table(let table): table.definition
    case .index(let index): index.definition
    case .definition(let definition): definition.text
    }
  }

  /// The name of the table that it belongs to: an index's, a trigger's.
  public var owningTable: String? {
    switch content {
    case .table: nil
    case .index(let index): index.table
    case .definition(let definition): definition.table
    }
  }
}
