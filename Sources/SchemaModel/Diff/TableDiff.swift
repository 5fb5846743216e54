/// The operations that turn one table into another.
struct TableDiff {
  private let path: ObjectPath
  private var working: Table
  private let target: Table
  private var operations: [Operation] = []

  /// `renames`: new column name -> old column name; `replaced`: columns that share only the name
  /// with an old one.
  static func append(
    _ path: ObjectPath, _ old: Table, _ new: Table, renames: [ExactText: ExactText],
    replaced: Set<ExactText>, to operations: inout [Operation]
  ) {
    var diff = TableDiff(path: path, working: old, target: new)
    swap(&diff.operations, &operations)
    if !renames.isEmpty { diff.renameColumns(renames) }
    let constraints = ConstraintPairs(diff.working, new, renames: renames)
    diff.drop(constraints.dropped)
    diff.changeColumns(replaced)
    diff.change(constraints)
    diff.changeOptions()
    swap(&diff.operations, &operations)
  }

  private init(path: ObjectPath, working: Table, target: Table) {
    self.path = path
    self.working = working
    self.target = target
  }

  private mutating func renameColumns(_ renames: [ExactText: ExactText]) {
    let moves = renames.filter { new, old in
      new != old && target.column(named: new.text) != nil
        && working.column(named: old.text) != nil
    }.map { (from: $0.value, to: $0.key) }.sorted { $0.to < $1.to }
    let sources = Set(moves.map(\.from))
    // What had a name that a column takes, and was not renamed itself, is gone.
    for move in moves where !sources.contains(move.to) { dropColumn(move.to.text) }
    let table = working
    let steps = RenamePlan.steps(
      moves, isTaken: { table.column(named: $0.text) != nil }, aside: { "\($0)~renaming" }
    ).map { (from: $0.from.text, to: $0.to.text) }
    for (from, to) in steps {
      operations.append(
        .renameColumn(RenameColumn(table: path, name: from, newName: to)))
      if let index = working.columns.firstIndex(where: { $0.name == from }) {
        working.columns[index].name = to
      }
      working.renameKeyParts(from, to: to)
    }
  }

  /// With the constraints that are about it; nothing where there is none.
  private mutating func dropColumn(_ name: String) {
    guard let position = working.columns.firstIndex(where: { $0.name == name }) else { return }
    let concerned = working.constraints.filter { constraint in
      constraint.parts.contains { !$0.isExpression && $0.text == name }
    }
    drop(concerned)
    working.constraints.removeAll { concerned.contains($0) }
    operations.append(
      .dropColumn(
        DropColumn(table: path, column: working.columns.remove(at: position), position: position)))
  }

  private mutating func drop(_ constraints: [Constraint]) {
    for constraint in constraints {
      operations.append(
        .dropConstraint(DropConstraint(table: path, constraint: constraint)))
    }
  }

  private mutating func changeColumns(_ replaced: Set<ExactText>) {
    let hasSameNames =
      replaced.isEmpty && working.columns.count == target.columns.count
      && working.hasPrefixOfNames(target)
    if hasSameNames {
      for index in working.columns.changedIndices(in: target.columns) {
        operations.append(
          .alterColumn(
            AlterColumn(
              table: path, before: working.columns[index], after: target.columns[index])))
      }
      return
    }
    for (position, column) in working.columns.enumerated().reversed()
    where target.column(named: column.name) == nil || replaced.contains(column.name) {
      operations.append(
        .dropColumn(DropColumn(table: path, column: column, position: position)))
      working.columns.remove(at: position)
    }
    for (position, column) in target.columns.enumerated() {
      if let old = working.column(named: column.name) {
        guard old != column else { continue }
        operations.append(
          .alterColumn(AlterColumn(table: path, before: old, after: column)))
      } else {
        operations.append(
          .addColumn(AddColumn(table: path, column: column, position: position)))
        working.columns.insert(column, at: min(position, working.columns.count))
      }
    }
    let names = (working.columns.map(\.name), target.columns.map(\.name))
    if names.0 != names.1 {
      operations.append(
        .reorderColumns(ReorderColumns(table: path, before: names.0, after: names.1)))
    }
  }

  private mutating func change(_ pairs: ConstraintPairs) {
    for (old, new) in pairs.altered {
      operations.append(
        .alterConstraint(AlterConstraint(table: path, before: old, after: new)))
    }
    for constraint in pairs.added {
      operations.append(
        .addConstraint(AddConstraint(table: path, constraint: constraint)))
    }
  }

  private mutating func changeOptions() {
    if working.attributes != target.attributes {
      operations.append(
        .alterTable(
          AlterTable(table: path, before: working.attributes, after: target.attributes)))
    }
    if working.definition != target.definition {
      let edit = TextEdit(from: working.definition, to: target.definition)
      operations.append(.rewriteText(RewriteText(table: path, edit: edit)))
    }
  }
}

/// Which constraint of the old table is which of the new one: `dropped` and `added` are those that
/// are nothing of the other table's.
///
/// The rules come one after another, the most certain first, and what one has paired is gone for the
/// next: equal in all; else of one name; else of one text; else of one text but for columns that were
/// renamed; else the same thing in another form.
struct ConstraintPairs {
  var dropped: [Constraint]
  var altered: [(Constraint, Constraint)] = []
  var added: [Constraint]

  /// `renames`: new column name -> old column name.
  init(_ old: Table, _ new: Table, renames: [ExactText: ExactText]) {
    if old.constraints == new.constraints {
      dropped = []
      added = []
      return
    }
    dropped = old.constraints
    added = new.constraints
    _ = takePairs { $0 == $1 }
    altered += takePairs(where: Self.haveOneName)
    altered += takePairs(where: Self.haveOneText)
    if !renames.isEmpty {
      let following = ExpressionWords(renames)
      altered += takePairs { Self.saySame($0, $1, following) }
    }
    altered += takePairs { Self.areOneInAnotherForm($0, $1, isRenaming: !renames.isEmpty) }
  }

  private static func haveOneName(_ old: Constraint, _ new: Constraint) -> Bool {
    old.kind == new.kind && old.name != nil && old.name == new.name
  }

  /// It was given another name, or a name at all.
  private static func haveOneText(_ old: Constraint, _ new: Constraint) -> Bool {
    old.kind == new.kind && old.body == new.body
  }

  /// The text of an expression follows a column that was renamed.
  private static func saySame(
    _ old: Constraint, _ new: Constraint, _ following: ExpressionWords
  ) -> Bool {
    guard old.kind == new.kind, old.name == new.name, let before = old.expression,
      let after = new.expression
    else { return false }
    return following.renamed(before) == following.plain(after)
  }

  /// Where neither name nor text says so: what a table can have only once, or what followed a
  /// change of its columns.
  private static func areOneInAnotherForm(
    _ old: Constraint, _ new: Constraint, isRenaming: Bool
  ) -> Bool {
    guard old.kind == new.kind else { return false }
    switch old.kind {
    // A table has one.
    case .primaryKey: return true
    // Other columns are another rule.
    case .unique: return false
    // The same columns refer to something else; under another name it would be another constraint.
    case .foreignKey: return old.parts == new.parts && old.name == new.name
    // What the words of an expression do not tell: the engine may write it anew.
    case .check, .exclusion: return isRenaming && old.name == new.name
    }
  }

  /// Takes out of `dropped` and `added` the pairs for which `isSame` holds, each constraint at most
  /// once.
  private mutating func takePairs(
    where isSame: (_ old: Constraint, _ new: Constraint) -> Bool
  ) -> [(Constraint, Constraint)] {
    var pairs: [(Constraint, Constraint)] = []
    for old in dropped {
      guard let match = added.firstIndex(where: { isSame(old, $0) }),
        let index = dropped.firstIndex(of: old)
      else { continue }
      pairs.append((old, added.remove(at: match)))
      dropped.remove(at: index)
    }
    return pairs
  }
}

extension [Column] {
  /// The places where an array of the same length has another column; none is copied.
  fileprivate func changedIndices(in other: [Column]) -> [Int] {
    withUnsafeBufferPointer { own in
      other.withUnsafeBufferPointer { others in
        own.indices.filter { $0 < others.count && own[$0] != others[$0] }
      }
    }
  }
}
