internal import SchemaModel

extension PostgreSQL.Render {
  /// All that a baseline must do, before it has an order: nodes with what they need, and what is
  /// done when every object stands.
  struct Plan {
    let schema: Schema
    let rows: SeedRows
    let options: Options
    /// Whether it is made to find the order of a removal.
    let isForDropping: Bool
    let left: Set<ObjectPath>
    /// Tables by their qualified, quoted name, as `inherits` and `partition of` spell it.
    let tables: [String: ObjectPath]
    /// The parent's path of every partition.
    let parents: [ObjectPath: ObjectPath]
    /// The indexes, and the constraints with an index, of every table.
    let indexes: [ObjectPath: [ObjectPath]]
    let repeatedConstraints: Set<String>
    /// Only where it is for dropping.
    private(set) var sharedSequences: Set<ObjectPath> = []
    var nodes: [NodeID: Node] = [:]
    var finishing: [FinishingStep: [String]] = [:]
    /// What is given away when all stands: of whom, in which schema, by which statements.
    var gifts: [Gift] = []

    init(
      _ schema: Schema, rows: SeedRows = SeedRows(), options: Options = Options(),
      isForDropping: Bool = false
    ) {
      self.schema = schema
      self.rows = rows
      self.options = options
      self.isForDropping = isForDropping
      left = unmakeable(schema)
      var tables: [String: ObjectPath] = [:]
      var indexes: [ObjectPath: [ObjectPath]] = [:]
      for (path, object) in schema.objects {
        if path.kind == .table { tables[qualified(path)] = path }
        if let index = object.index {
          indexes[.table(index.table, namespace: path.namespace), default: []].append(path)
        }
      }
      self.tables = tables
      repeatedConstraints = PostgreSQL.Render.repeatedConstraints(schema)
      self.indexes = indexes
      parents = schema.objects.compactMapValues { object in
        object.table?.attributes["partition of"].flatMap { tables[PostgreSQL.requoted($0)] }
      }
      for path in schema.paths where !left.contains(path) {
        if let object = schema.objects[path] { add(path, object) }
      }
      connect()
      if isForDropping {
        sharedSequences = Plan.sharedSequences(schema) { ownerOfSequence($0) }
        addOwnership()
      }
    }

    mutating func add(_ path: ObjectPath, _ object: SchemaObject) {
      switch object.content {
      case .table(let table): addTable(path, object, table)
      case .index(let index): addIndex(path, object, index)
      case .definition(let definition): addDefinition(path, object, definition)
      }
    }

    mutating func add(
      _ id: NodeID, _ key: SortKey, _ statements: [String], needs: Set<NodeID> = []
    ) {
      nodes[id] = Node(id: id, key: key, statements: statements, needs: needs)
    }

    /// What triggers of partitions need that fire otherwise than their parents', by the tables' depth.
    var clonedTriggers: [(depth: Int, statements: [String])] = []

    mutating func finish(_ step: FinishingStep, _ statements: [String]) {
      if !statements.isEmpty { finishing[step, default: []] += statements }
    }

    /// The object nodes of some paths, without `path` itself.
    func needs(_ paths: [ObjectPath], of path: ObjectPath) -> Set<NodeID> {
      Set(paths.filter { $0 != path }.map { NodeID(path: $0) })
    }

    func mayRender(_ dependencies: [ObjectPath]?) -> Bool {
      !(dependencies ?? []).contains(where: left.contains)
    }

    /// The table, view or materialized view of this name.
    func relation(_ name: String, namespace: String) -> ObjectPath {
      let paths = [ObjectKind.table, .view, .materializedView].map {
        ObjectPath($0, namespace: namespace, name: name)
      }
      return paths.first { schema.objects[$0] != nil } ?? paths[0]
    }

    /// The table of a name as a server has written it.
    func table(named name: String) -> ObjectPath? { tables[PostgreSQL.requoted(name)] }

    /// The node that makes a constraint: its own, or its table's where it is part of CREATE TABLE.
    func maker(of constraint: String, table: ObjectPath) -> NodeID {
      let own = NodeID(path: table, part: .constraint(constraint))
      return nodes[own] == nil ? NodeID(path: table) : own
    }

    /// Whether a materialized view can be filled whatever privileges there are: whoever owns it
    /// owns all that it reads.
    func isFillable(_ path: ObjectPath) -> Bool {
      guard path.kind == .materializedView else { return false }
      guard options.owners else { return true }
      let owner = schema.objects[path]?.owner
      var seen: Set = [path]
      var waiting = [path]
      while let path = waiting.popLast() {
        guard let object = schema.objects[path] else { continue }
        if object.owner != owner, ![.namespace, .extension].contains(path.kind) { return false }
        waiting += object.dependencies.filter { seen.insert($0).inserted }
      }
      return true
    }

    /// What is left to do once every object stands, step by step.
    func finish(refreshes: [String]) -> [(FinishingStep, [String])] {
      var finishing = finishing
      finishing[.refreshes] = refreshes
      finishing[.clonedTriggers] = clonedTriggers.sorted { $0.depth < $1.depth }
        .flatMap(\.statements)
      finishing[.owners] = handOver()
      finishing[.sequenceValues] = setSequences(rows)
      return finishing.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }
  }

  enum FinishingStep: Int {
    case ownedSequences, sequenceValues, clonedTriggers, rowSecurity, publicSchema
    case schemaOwners, schemaGrants, owners, grants, columnGrants, refreshes, publications,
      defaultPrivileges, eventTriggers

    var title: String {
      switch self {
      case .ownedSequences: "Sequences that go with a column"
      case .sequenceValues: "Where sequences stand"
      case .clonedTriggers: "Triggers of partitions"
      case .rowSecurity: "Row security and replica identity"
      case .refreshes: "Contents of materialized views"
      case .publicSchema: "Schema public"
      case .schemaOwners, .owners: "Owners"
      case .schemaGrants, .grants, .columnGrants: "Privileges"
      case .publications: "Publications"
      case .defaultPrivileges: "Default privileges"
      case .eventTriggers: "Event triggers"
      }
    }
  }
}
