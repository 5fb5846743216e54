import SchemaModel

/// One column on the way back: its name as it was, and what was found.
struct TrackedColumn {
  var name: String
  var shaped: EventSequence?
  var created: EventSequence?

  mutating func follow(_ recorded: RecordedOperation, _ sequence: EventSequence) {
    // What another version of the engine shows otherwise, nobody shaped.
    guard created == nil, !recorded.isSpelling else { return }
    switch recorded.operation {
    case .alterColumn(let change) where change.after.name == name && change.isOfColumn:
      if shaped == nil { shaped = sequence }
    case .renameColumn(let change) where change.newName == name:
      if shaped == nil { shaped = sequence }
      name = change.name
    case .addColumn(let change) where change.column.name == name: create(sequence)
    case .createObject(let change)
    where change.object.table?.column(named: name) != nil: create(sequence)
    default: break
    }
  }

  private mutating func create(_ sequence: EventSequence) {
    created = sequence
    if shaped == nil { shaped = sequence }
  }
}

/// One constraint on the way back.
struct TrackedConstraint {
  var now: Constraint
  var shaped: EventSequence?
  var created: EventSequence?

  /// What another version of the engine shows otherwise, nobody shaped: it is followed, no more.
  mutating func follow(_ recorded: RecordedOperation, _ sequence: EventSequence) {
    guard created == nil else { return }
    switch recorded.operation {
    case .alterConstraint(let change) where change.after == now:
      if shaped == nil, !recorded.isSpelling { shaped = sequence }
      now = change.before
    case .renameColumn(let change):
      for part in now.parts.indices
      where now.parts[part].text == change.newName && !now.parts[part].isExpression {
        now.parts[part].text = change.name
      }
    case .addConstraint(let change) where change.constraint == now && !recorded.isSpelling:
      create(sequence)
    case .dropConstraint(let change)
    where recorded.isSpelling && change.constraint.name == now.name: now = change.constraint
    case .createObject: create(sequence)
    default: break
    }
  }

  private mutating func create(_ sequence: EventSequence) {
    created = sequence
    if shaped == nil { shaped = sequence }
  }
}

extension ReplaceObject {
  /// Whether it changes what the object does, not only the name of the table it follows.
  var isShaping: Bool {
    guard case .index(let old) = before.content, case .index(let new) = after.content else {
      return before.owningTable == after.owningTable
    }
    let clauses = ["method", "include", "nulls not distinct", "options", "tablespace"]
    return old.parts != new.parts || old.isUnique != new.isUnique
      || old.predicate != new.predicate
      || clauses.contains { old.attributes[$0] != new.attributes[$0] }
  }
}
