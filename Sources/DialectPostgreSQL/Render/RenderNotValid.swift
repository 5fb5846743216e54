internal import SchemaModel

/// CHECKs that are NOT VALID or NOT ENFORCED, and what of a parent's table they came to.
///
/// What is below the parent when it gets such a constraint has it NOT VALID too; what comes below it
/// later has it as valid.
struct PendingChecks {
  typealias NodeID = PostgreSQL.Render.NodeID

  /// The nodes by which a table came below the parent, by the parent's constraint: they are first.
  private(set) var earlier: [NodeID: Set<NodeID>] = [:]
  private let names: [ObjectPath: Set<ExactText>]

  init(_ plan: PostgreSQL.Render.Plan) {
    names = plan.schema.objects.compactMapValues { object in
      let names = object.table.map { table in
        table.constraints.filter(Self.isHandedDown).compactMap(\.name)
      }
      return (names ?? []).isEmpty ? nil : Set<ExactText>(names ?? [])
    }
    for (path, names) in names {
      guard let table = plan.schema.objects[path]?.table else { continue }
      let place =
        plan.parents[path] == nil
        ? NodeID(path: path) : NodeID(path: path, part: .attachment)
      for ancestor in plan.ancestors(of: path, table) {
        for name in names {
          earlier[NodeID(path: ancestor, part: .constraint(name.text)), default: []].insert(place)
        }
      }
    }
  }

  static func isHandedDown(_ constraint: Constraint) -> Bool {
    constraint.kind == .check && constraint.isUnproven
      && ["inherited", "local and inherited"].contains { constraint.attributes[$0] != nil }
  }

  /// Those of a parent's nodes that do not come after this table.
  func without(_ checks: Set<NodeID>, of path: ObjectPath) -> Set<NodeID> {
    guard let names = names[path] else { return checks }
    return checks.filter { id in
      if case .constraint(let name) = id.part, id.path != path { return !names.contains(name) }
      return true
    }
  }
}

extension Constraint {
  /// Whether rows that are there need not meet it: NOT VALID, or NOT ENFORCED at all.
  var isUnproven: Bool {
    ["not valid", "not enforced"].contains { attributes[$0] != nil }
  }
}

extension PostgreSQL.Render.Plan {
  /// The tables above one, in whose columns and CHECKs it has a part.
  func ancestors(of path: ObjectPath, _ table: Table) -> Set<ObjectPath> {
    var found: Set<ObjectPath> = []
    var waiting = parents(of: table) + (parents[path].map { [$0] } ?? [])
    while let next = waiting.popLast() {
      guard found.insert(next).inserted, let table = schema.objects[next]?.table else { continue }
      waiting += parents(of: table) + (parents[next].map { [$0] } ?? [])
    }
    return found
  }
}
