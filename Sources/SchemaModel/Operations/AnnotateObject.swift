/// What is said about an object from outside: comment, owner, grants, dependencies.
public struct AnnotateObject: SchemaChange {
  /// What is said about an object from outside of it; as in `SchemaObject`.
  public struct Notes: Hashable, Sendable {
    /// COMMENT ON it.
    public var comment: String?
    /// The role that owns it, `@self` for whoever records.
    public var owner: String?
    /// One privilege each, in the engine's order.
    public var grants: [String]
    /// What must exist before it.
    public var dependencies: [ObjectPath]
    /// What its parts need, by `column NAME` and `constraint NAME`.
    public var partDependencies: [ExactText: [ObjectPath]]

    public init(
      comment: String? = nil, owner: String? = nil, grants: [String] = [],
      dependencies: [ObjectPath] = [], partDependencies: [ExactText: [ObjectPath]] = [:]
    ) {
      self.comment = comment
      self.owner = owner
      self.grants = grants
      self.dependencies = dependencies
      self.partDependencies = partDependencies
    }

    /// What is said about an object now.
    public init(of object: SchemaObject) {
      self.init(
        comment: object.comment, owner: object.owner, grants: object.grants,
        dependencies: object.dependencies, partDependencies: object.partDependencies)
    }

    func isSaid(of object: SchemaObject) -> Bool { Notes(of: object) == self }
  }

  /// Whether nothing that a person would notice changed: only the order in which a baseline makes
  /// things.
  public var isOrderOnly: Bool {
    before.comment == after.comment && before.owner == after.owner && before.grants == after.grants
  }

  /// The object that it is said about.
  public var path: ObjectPath
  /// All notes, as they must be for the operation to fit.
  public var before: Notes
  /// All notes then.
  public var after: Notes

  public init(path: ObjectPath, before: Notes, after: Notes) {
    self.path = path
    self.before = before
    self.after = after
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    var object = try state.existing(path, for: self)
    guard before.isSaid(of: object) else {
      throw FoldError.different(
        path, expected: "the notes that were changed", found: "others", operation: summary)
    }
    object.comment = after.comment
    object.owner = after.owner
    object.grants = after.grants
    object.dependencies = after.dependencies
    object.partDependencies = after.partDependencies
    try state.put(object, at: path)
  }

  public var inverse: Operation? {
    .annotateObject(AnnotateObject(path: path, before: after, after: before))
  }
  public var kind: String { "annotate \(path.kind)" }
  public var subjects: [ObjectPath] { [path] }

  public var summary: String {
    var words: [String] = []
    if before.comment != after.comment {
      words.append("comment \(after.comment.map { "'\($0.oneLine)'" } ?? "removed")")
    }
    if before.owner != after.owner { words.append("owner \(after.owner ?? "@self")") }
    let grants = Privileges.words(
      path.kind, before.grants, after.grants, owners: (before.owner, after.owner))
    words += grants
    if grants.isEmpty, before.grants != after.grants, words.isEmpty {
      words.append("grants in another order")
    }
    if before.dependencies != after.dependencies
      || before.partDependencies != after.partDependencies
    {
      words.append("other dependencies")
    }
    return "\(kind) \(path.qualifiedName): \(words.joined(separator: ", "))"
  }
}
