/// An object that is not a table with another definition: a view, a trigger, an index, a routine.
public struct ReplaceObject: SchemaChange {
  /// What is made anew under its name.
  public var path: ObjectPath
  /// The object as it must be for the operation to fit.
  public var before: SchemaObject
  /// The object then.
  public var after: SchemaObject

  public init(path: ObjectPath, before: SchemaObject, after: SchemaObject) {
    self.path = path
    self.before = before
    self.after = after
  }

  public func apply<State: SchemaState>(to state: inout State) throws {
    let found = try state.existing(path, for: self)
    guard found == before else {
      throw FoldError.different(
        path, expected: "the definition that was replaced", found: "another one",
        operation: summary)
    }
    try state.put(after, at: path)
  }

  public var inverse: Operation? {
    .replaceObject(ReplaceObject(path: path, before: after, after: before))
  }
  public var kind: String { "alter \(path.kind)" }
  public var subjects: [ObjectPath] { [path] }

  public var isAidOnly: Bool {
    guard case .definition(var old) = before.content, case .definition(let new) = after.content
    else { return false }
    let before = old
    func isNews(_ key: String) -> Bool {
      !Privileges.isAid(key) && !Replacement.isNewlyTold(key, before, new)
    }
    old.attributes = old.attributes.filter { isNews($0.key) }
      .merging(new.attributes.filter { !isNews($0.key) }) { first, _ in first }
    return old == new
  }

  public var summary: String {
    let name = "\(kind) \(path.qualifiedName)"
    if case .index(let old) = before.content, case .index(let new) = after.content {
      return name + ": " + Self.difference(old, new)
    }
    guard case .definition(let old) = before.content, case .definition(let new) = after.content
    else { return name + ": another definition" }
    let words = Replacement.words(path.kind, old, new)
    return name + ": " + (words.isEmpty ? "another text" : words.joined(separator: ", "))
  }

  private static func difference(_ old: Index, _ new: Index) -> String {
    var words: [String] = []
    if old.table != new.table { words.append("follows its table, now \(new.table)") }
    if old.parts != new.parts {
      let parts = [old, new].map { $0.parts.map(\.description).joined(separator: ", ") }
      words.append("(\(parts[0])) -> (\(parts[1]))")
    }
    if old.isUnique != new.isUnique { words.append(new.isUnique ? "now unique" : "not unique") }
    switch (old.predicate?.oneLine, new.predicate?.oneLine) {
    case (nil, let after?): words.append("now where \(after)")
    case (let before?, nil): words.append("no longer where \(before)")
    case (let before?, let after?) where before != after:
      words.append("where \(before) -> \(after)")
    default: break
    }
    words += AttributeWords.changes(old.attributes, new.attributes)
    return words.isEmpty ? "another text" : words.joined(separator: ", ")
  }
}
