/// The constraint behind a column's NOT NULL, as far as the server tells: from PostgreSQL 18 on
/// each has one, others show no more than that the column is NOT NULL.
///
/// It is kept among the column's attributes, so that a store says it without a field of its own.
public struct NotNull: Hashable, Sendable {
  /// Nil where the server does not tell, and for one that comes from a parent under the name that
  /// the parent's has.
  public var name: String?
  /// False for NOT VALID: rows from before may hold NULL.
  public var isValid: Bool
  /// False for NO INHERIT.
  public var isInheritable: Bool
  /// Whether only the parents of a table say it. Of a partition it is said only where it is NOT
  /// VALID: a partition has its columns' own before it is attached.
  public var isInherited: Bool
  /// COMMENT ON CONSTRAINT.
  public var comment: String?

  public init(
    name: String? = nil, isValid: Bool = true, isInheritable: Bool = true,
    isInherited: Bool = false, comment: String? = nil
  ) {
    self.name = name
    self.isValid = isValid
    self.isInheritable = isInheritable
    self.isInherited = isInherited
    self.comment = comment
  }

  /// The attributes of a column that hold it.
  enum Key: String, CaseIterable {
    case name = "not null constraint"
    case notValid = "not null not valid"
    case noInherit = "not null no inherit"
    case inherited = "not null inherited"
    case comment = "not null comment"
  }

  /// Whether the server tells of constraints behind NOT NULL.
  var isTold: Bool { name != nil || isInherited }

  /// `CONSTRAINT n NOT NULL NO INHERIT NOT VALID`, for people: without a name that the server made
  /// of the column's.
  func clause(of column: String) -> String {
    var text = "NOT NULL"
    if let name, !name.hasSuffix("_\(column)_not_null") { text = "CONSTRAINT \(name) \(text)" }
    if !isInheritable { text += " NO INHERIT" }
    if !isValid { text += " NOT VALID" }
    return text
  }

  /// What makes `new` of it, in words. That another server tells more is no change.
  func changes(to new: NotNull) -> [String] {
    var words: [String] = []
    if isTold, new.isTold {
      if let name, let other = new.name, name != other {
        words.append("NOT NULL constraint \(name) -> \(other)")
      }
      if isInherited != new.isInherited {
        words.append(new.isInherited ? "NOT NULL now only inherited" : "NOT NULL now its own")
      }
    }
    if isInheritable != new.isInheritable {
      words.append(new.isInheritable ? "NOT NULL now inheritable" : "NOT NULL now NO INHERIT")
    }
    if isValid != new.isValid {
      words.append(new.isValid ? "NOT NULL now validated" : "NOT NULL now NOT VALID")
    }
    if comment != new.comment {
      words.append("NOT NULL comment \(comment ?? "none") -> \(new.comment ?? "none")")
    }
    return words
  }
}

extension Column {
  /// The constraint behind NOT NULL; nil for a nullable column. To set it leaves `isNullable` alone.
  public var notNull: NotNull? {
    get {
      guard !isNullable else { return nil }
      return NotNull(
        name: self[.name], isValid: self[.notValid] == nil,
        isInheritable: self[.noInherit] == nil, isInherited: self[.inherited] != nil,
        comment: self[.comment])
    }
    set {
      self[.name] = newValue?.name
      self[.notValid] = newValue?.isValid == false ? "" : nil
      self[.noInherit] = newValue?.isInheritable == false ? "" : nil
      self[.inherited] = newValue?.isInherited == true ? "" : nil
      self[.comment] = newValue?.comment
    }
  }

  private subscript(_ key: NotNull.Key) -> String? {
    get { attributes[key.rawValue] }
    set { attributes[key.rawValue] = newValue }
  }

  /// Whether an attribute is part of `notNull`.
  static func isOfNotNull(_ attribute: String) -> Bool { NotNull.Key(rawValue: attribute) != nil }
}

extension AlterColumn {
  /// Whether it changes the column itself, and not only how the constraint behind its NOT NULL is
  /// called, what is said of it, and who says it.
  public var isOfColumn: Bool {
    guard var old = before.notNull, var new = after.notNull, old != new else { return true }
    for key in [\NotNull.name, \NotNull.comment] {
      old[keyPath: key] = nil
      new[keyPath: key] = nil
    }
    old.isInherited = false
    new.isInherited = false
    var columns = (before, after)
    columns.0.notNull = old
    columns.1.notNull = new
    return columns.0 != columns.1
  }
}

extension Definition {
  /// The attribute that holds the name of the constraint behind a domain's NOT NULL, where the
  /// server tells it.
  public static let notNullAttribute = NotNull.Key.name.rawValue
}

extension Schema {
  /// Without the names that a recorded schema leaves out, since nobody told them when it was
  /// recorded: an earlier server, or a writer that did not ask.
  public func tellingNotNulls(as recorded: Schema) -> Schema {
    var result = self
    for (path, object) in objects {
      guard let other = recorded.objects[path], other != object else { continue }
      switch (object.content, other.content) {
      case (.table(var table), .table(let old)):
        for place in table.columns.indices {
          guard let notNull = old.column(named: table.columns[place].name)?.notNull,
            !notNull.isTold
          else { continue }
          table.columns[place].notNull?.name = nil
          table.columns[place].notNull?.isInherited = false
        }
        result.objects[path]?.content = .table(table)
      case (.definition(var domain), .definition(let old)) where path.kind == .domain:
        if old.attributes[Definition.notNullAttribute] == nil {
          domain.attributes[Definition.notNullAttribute] = nil
        }
        result.objects[path]?.content = .definition(domain)
      default: break
      }
    }
    return result
  }
}
