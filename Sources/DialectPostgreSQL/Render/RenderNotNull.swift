internal import SchemaModel

// NOT NULL as PostgreSQL 18 has it: a constraint with a name, that may be NOT VALID or NO INHERIT.
// What a server before that shows has none of it, and is rendered as ever.
extension PostgreSQL.Render.Plan {
  /// Of a column in CREATE TABLE; nil where it gets it otherwise, or has none.
  func notNullClause(_ column: Column, _ path: ObjectPath, _ table: Table) -> String? {
    guard let notNull = column.notNull, notNull.isValid, !notNull.isInherited else { return nil }
    let clause = "NOT NULL" + (notNull.isInheritable ? "" : " NO INHERIT")
    guard let name = notNull.name, !isStandard(name, column, path, table) else { return clause }
    return "CONSTRAINT \(PostgreSQL.quote(name)) \(clause)"
  }

  /// Whether the server gives this name by itself. An heir gets its parent's, and a name that
  /// another constraint of the schema has is not given again.
  private func isStandard(
    _ name: String, _ column: Column, _ path: ObjectPath, _ table: Table
  ) -> Bool {
    name == "\(path.name)_\(column.name)_not_null" && table.attributes["inherits"] == nil
      && !repeatedConstraints.contains(PostgreSQL.quote(name, in: path.namespace))
  }

  /// An heir's own one on a column that is its parents': it stands beside the columns.
  func notNullConstraint(_ column: Column) -> String? {
    guard let notNull = column.notNull, notNull.isValid, let name = notNull.name,
      !notNull.isInherited
    else { return nil }
    return "CONSTRAINT \(PostgreSQL.quote(name)) NOT NULL \(PostgreSQL.quote(column.name))"
      + (notNull.isInheritable ? "" : " NO INHERIT")
  }

  /// Whether an heir of this column has it too.
  func isHandedDown(_ column: Column) -> Bool { column.notNull?.isInheritable == true }

  /// What is said of those that are there with the table.
  func notNullComments(_ path: ObjectPath, _ table: Table) -> [String] {
    table.columns.compactMap { column in
      guard let notNull = column.notNull, let comment = notNull.comment, let name = notNull.name,
        notNull.isValid, !notNull.isInherited
      else { return nil }
      return say(comment, path, name)
    }
  }

  private func say(_ comment: String, _ path: ObjectPath, _ name: String) -> String {
    say(
      comment, "CONSTRAINT", "\(PostgreSQL.quote(name)) ON \(PostgreSQL.Render.qualified(path))")
  }

  /// Those that come after the rows: NOT VALID, from the leaves up, so that each gets its own name;
  /// an heir without one of its own gets it with its parent, and may have been validated since.
  mutating func addNotNulls(_ path: ObjectPath, _ table: Table) {
    guard !isForDropping else { return }
    for column in table.columns {
      guard let notNull = column.notNull else { continue }
      if notNull.isInherited {
        addInherited(notNull, column.name, path, table)
      } else if !notNull.isValid, let name = notNull.name {
        let on = PostgreSQL.Render.qualified(path)
        let clause = "NOT NULL \(PostgreSQL.quote(column.name))"
        addLate(
          name,
          [
            "ALTER TABLE \(on) ADD CONSTRAINT \(PostgreSQL.quote(name)) \(clause)"
              + (notNull.isInheritable ? "" : " NO INHERIT") + " NOT VALID"
          ] + (notNull.comment.map { [say($0, path, name)] } ?? []), path, needs: [])
      }
    }
  }

  private mutating func addInherited(
    _ notNull: NotNull, _ column: String, _ path: ObjectPath, _ table: Table
  ) {
    let source = notNullSource(column, path)
    guard let name = source?.name ?? notNull.name else { return }
    var statements: [String] = []
    if notNull.isValid, let source, !source.isValid {
      let on = PostgreSQL.Render.qualified(path)
      statements.append("ALTER TABLE \(on) VALIDATE CONSTRAINT \(PostgreSQL.quote(name))")
    }
    if let comment = notNull.comment { statements.append(say(comment, path, name)) }
    guard !statements.isEmpty else { return }
    let sources = ancestors(of: path, table).compactMap { ancestor in
      self.notNull(column, ancestor)?.name.map { NodeID(path: ancestor, part: .constraint($0)) }
    }
    addLate(name, statements, path, needs: Set(sources))
  }

  private mutating func addLate(
    _ name: String, _ statements: [String], _ path: ObjectPath, needs: Set<NodeID>
  ) {
    let key = SortKey(
      phase: .constraints, group: PostgreSQL.Render.qualified(path), rank: 30, name: name)
    add(
      NodeID(path: path, part: .constraint(name)), key, statements,
      needs: needs.union([NodeID(path: path), NodeID(path: path, part: .rows)]))
  }

  private func notNull(_ column: String, _ path: ObjectPath) -> NotNull? {
    schema.objects[path]?.table?.column(named: column)?.notNull
  }

  /// Where what a table only inherits comes from: its first parent that has it as the heir is made,
  /// or else one that gets it, NOT VALID, afterwards.
  private func notNullSource(_ column: String, _ path: ObjectPath) -> NotNull? {
    var seen: Set = [path]
    var waiting = [path]
    var late: NotNull?
    while let next = waiting.popLast() {
      guard let table = schema.objects[next]?.table else { continue }
      let above = (parents[next].map { [$0] } ?? []) + parents(of: table).reversed()
      for parent in above where seen.insert(parent).inserted {
        waiting.append(parent)
      }
      guard next != path, let found = notNull(column, next), !found.isInherited,
        found.isInheritable
      else { continue }
      if found.isValid { return found }
      if late == nil { late = found }
    }
    return late
  }
}

/// Which tables get something from which when a NOT VALID one is made: they must stand, with their
/// own, before it.
struct PendingNotNulls {
  typealias NodeID = PostgreSQL.Render.NodeID

  /// By the node that makes it.
  private(set) var needs: [NodeID: Set<NodeID>] = [:]

  init(_ plan: PostgreSQL.Render.Plan) {
    let pending = plan.schema.objects.compactMapValues { object in
      let columns = object.table?.columns.filter { $0.notNull?.isValid == false } ?? []
      return columns.isEmpty ? nil : columns
    }
    guard !pending.isEmpty else { return }
    for (path, object) in plan.schema.objects {
      guard let table = object.table else { continue }
      for ancestor in plan.ancestors(of: path, table) {
        for column in pending[ancestor] ?? [] {
          guard let name = column.notNull?.name else { continue }
          var earlier: Set = [
            NodeID(path: path), NodeID(path: path, part: .rows),
            NodeID(path: path, part: .attachment),
          ]
          if let own = table.column(named: column.name)?.notNull, !own.isInherited, !own.isValid,
            let name = own.name
          {
            earlier.insert(NodeID(path: path, part: .constraint(name)))
          }
          needs[NodeID(path: ancestor, part: .constraint(name)), default: []].formUnion(earlier)
        }
      }
    }
  }
}

extension PostgreSQL.Render {
  /// The qualified, quoted names that more than one constraint has: PostgreSQL makes no name that
  /// another constraint of the schema has.
  static func repeatedConstraints(_ schema: Schema) -> Set<ExactText> {
    var seen: Set<ExactText> = []
    var repeated: Set<ExactText> = []
    for (path, object) in schema.objects {
      guard let table = object.table else { continue }
      let names =
        table.columns.compactMap { $0.attributes.isEmpty ? nil : $0.notNull?.name }
        + table.constraints.compactMap(\.name)
      for name in names.map({ PostgreSQL.quote($0, in: path.namespace) })
      where !seen.insert(name).inserted {
        repeated.insert(name)
      }
    }
    return repeated
  }
}
