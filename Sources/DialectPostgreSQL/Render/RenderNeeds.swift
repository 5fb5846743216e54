internal import SchemaModel

extension PostgreSQL.Render.Plan {
  /// Adds what nodes need beyond what the catalog says of their objects.
  mutating func connect() {
    let trees = PartitionTrees(self)
    let indexMakers = indexMakers()
    let pending = PendingChecks(self)
    let notNulls = PendingNotNulls(self)
    for id in Array(nodes.keys) {
      guard let object = schema.objects[id.path] else { continue }
      var needs: Set<NodeID> = []
      switch id.part {
      case .object:
        if let table = object.table { needs = needsOfTable(id.path, table, pending) }
        if object.index != nil { needs = trees.attachments(of: owner(of: id.path, object)) }
        if let definition = object.definition {
          needs = needsOfDefinition(definition, id.path, object)
          if id.path.kind == .trigger {
            needs.formUnion(trees.attachments(of: owner(of: id.path, object)))
          }
        }
      case .constraint(let name):
        needs = needsOfConstraint(name, id.path, object, trees)
        needs.formUnion(pending.earlier[id] ?? [])
        needs.formUnion(notNulls.needs[id] ?? [])
      case .attachment:
        needs = checks(of: id.path) { constraint in
          // What comes from the parent later can only be commented on.
          !PendingChecks.isHandedDown(constraint) || constraint.attributes["inherited"] == nil
        }
        if let table = object.table {
          for parent in ancestors(of: id.path, table) { needs.formUnion(checks(of: parent)) }
        }
        if parents[id.path] == nil { needs.formUnion(indexes(of: id.path)) }
        needs = pending.without(needs, of: id.path)
      case .indexAttachment(let name):
        let parent = name.map { constraint(named: $0, object)?.attributes["index attached to"] }
        let text = (parent ?? nil) ?? object.index?.attributes["attached to"] ?? ""
        let table = object.index == nil ? id.path : owner(of: id.path, object)
        if parents[table] == nil { needs.insert(NodeID(path: table, part: .attachment)) }
        if let maker = indexMakers[PostgreSQL.requoted(text)] { needs.insert(maker) }
      case .rows, .columnDefault, .ownership: break
      }
      nodes[id]?.needs.formUnion(needs)
    }
  }

  /// An heir is made after all that its parents hand down: what it has from them is then the same
  /// as in the original, and what it lacks can be taken away.
  private func needsOfTable(
    _ path: ObjectPath, _ table: Table, _ pending: PendingChecks
  ) -> Set<NodeID> {
    var needs: Set<NodeID> = []
    if isForDropping, let parent = parents[path] { needs.insert(NodeID(path: parent)) }
    guard table.attributes["inherits"] != nil else { return needs }
    for parent in ancestors(of: path, table) {
      needs.insert(NodeID(path: parent))
      needs.formUnion(pending.without(checks(of: parent), of: path))
      for column in schema.objects[parent]?.table?.columns ?? [] {
        needs.insert(NodeID(path: parent, part: .columnDefault(column.name)))
      }
    }
    return needs
  }

  /// A view that groups by a primary key needs the key, a rule with ON CONFLICT the constraint;
  /// the catalog names only their table.
  private func needsOfDefinition(
    _ definition: Definition, _ path: ObjectPath, _ object: SchemaObject
  ) -> Set<NodeID> {
    var needs: Set<NodeID> = []
    if [.enumeration, .domain, .rangeType].contains(path.kind) {
      // A sequence and a type may have one name, if the sequence is first.
      needs.insert(
        NodeID(path: ObjectPath(.sequence, namespace: path.namespace, name: path.name)))
    }
    if definition.table != nil {
      let owner = owner(of: path, object)
      needs.formUnion([NodeID(path: owner), NodeID(path: owner, part: .rows)])
    }
    guard ["GROUP BY", "ON CONFLICT"].contains(where: definition.text.contains) else {
      return needs
    }
    for table in object.dependencies {
      for constraint in schema.objects[table]?.table?.constraints ?? []
      where [.primaryKey, .unique, .exclusion].contains(constraint.kind) {
        needs.insert(maker(of: constraint.name ?? "", table: table))
      }
    }
    return needs
  }

  private func needsOfConstraint(
    _ name: String, _ path: ObjectPath, _ object: SchemaObject, _ trees: PartitionTrees
  ) -> Set<NodeID> {
    guard let constraint = constraint(named: name, object) else { return [] }
    switch constraint.kind {
    case .check: return []
    case .primaryKey, .unique, .exclusion: return trees.attachments(of: path)
    case .foreignKey:
      guard let reference = constraint.reference else { return [] }
      let target = ObjectPath.table(reference.table, namespace: reference.namespace)
      var needs = trees.attachments(of: path).union(trees.attachments(of: target))
      needs.formUnion(trees.indexAttachments(of: target))
      for key in schema.objects[target]?.table?.constraints ?? []
      where [.primaryKey, .unique].contains(key.kind) {
        needs.insert(maker(of: key.name ?? "", table: target))
      }
      for index in indexes[target] ?? [] where schema.objects[index]?.index?.isUnique == true {
        needs.insert(NodeID(path: index))
      }
      return needs
    }
  }

  /// What makes a table's own indexes, and keys.
  private func indexes(of table: ObjectPath) -> Set<NodeID> {
    let keys = (schema.objects[table]?.table?.constraints ?? []).filter {
      [.primaryKey, .unique, .exclusion].contains($0.kind)
    }
    return Set(
      keys.map { NodeID(path: table, part: .constraint($0.name ?? "")) }
        + (indexes[table] ?? []).map { NodeID(path: $0) })
  }

  private func checks(
    of table: ObjectPath, where isWanted: (Constraint) -> Bool = { _ in true }
  ) -> Set<NodeID> {
    let constraints = schema.objects[table]?.table?.constraints ?? []
    let checks = constraints.filter { $0.kind == .check && isWanted($0) }
    return Set(checks.map { NodeID(path: table, part: .constraint($0.name ?? "")) })
  }

  private func constraint(named name: String, _ object: SchemaObject) -> Constraint? {
    object.table?.constraints.first { $0.name == name }
  }

  func owner(of path: ObjectPath, _ object: SchemaObject) -> ObjectPath {
    relation(object.owningTable ?? "", namespace: path.namespace)
  }

  /// Who makes the index of each qualified, quoted name.
  private func indexMakers() -> [ExactText: NodeID] {
    var makers: [ExactText: NodeID] = [:]
    for id in nodes.keys {
      switch id.part {
      case .object where id.path.kind == .index: makers[PostgreSQL.Render.qualified(id.path)] = id
      case .constraint(let name):
        // A CHECK or a foreign key may have the name of another table's index.
        let kind = schema.objects[id.path].flatMap { constraint(named: name, $0)?.kind }
        guard [.primaryKey, .unique, .exclusion].contains(kind) else { continue }
        makers[PostgreSQL.quote(name, in: id.path.namespace)] = id
      default: break
      }
    }
    return makers
  }
}

/// What belongs together because of partitions: a parent's index or trigger is made when all are
/// attached, so that none is made twice.
private struct PartitionTrees {
  typealias NodeID = PostgreSQL.Render.NodeID

  private var attachments: [ObjectPath: Set<NodeID>] = [:]
  private var indexAttachments: [ObjectPath: Set<NodeID>] = [:]
  private let parents: [ObjectPath: ObjectPath]

  init(_ plan: PostgreSQL.Render.Plan) {
    parents = plan.parents
    for id in plan.nodes.keys {
      switch id.part {
      case .attachment:
        // Where the parent is there already, its indexes take those that a partition brings.
        guard parents[id.path] != nil else { continue }
        attachments[root(of: id.path), default: []].insert(id)
      case .indexAttachment:
        let object = plan.schema.objects[id.path]
        let table = object.flatMap { $0.index == nil ? nil : plan.owner(of: id.path, $0) }
        indexAttachments[root(of: table ?? id.path), default: []].insert(id)
      default: break
      }
    }
  }

  func attachments(of table: ObjectPath) -> Set<NodeID> { attachments[root(of: table)] ?? [] }

  func indexAttachments(of table: ObjectPath) -> Set<NodeID> {
    indexAttachments[root(of: table)] ?? []
  }

  private func root(of table: ObjectPath) -> ObjectPath {
    PartitionTree.place(of: table, in: parents).root
  }
}

enum PartitionTree {
  /// The topmost parent, and how many parents are above a table; a circle, which no catalog has,
  /// ends where it began.
  static func place(
    of table: ObjectPath, in parents: [ObjectPath: ObjectPath]
  ) -> (root: ObjectPath, depth: Int) {
    var root = table
    for depth in 0..<parents.count {
      guard let parent = parents[root] else { return (root, depth) }
      root = parent
    }
    return (root, parents.count)
  }
}
