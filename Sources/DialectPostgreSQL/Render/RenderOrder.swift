internal import SchemaModel

extension PostgreSQL.Render {
  /// What one node of the plan makes: an object, or a part that may be made after it.
  struct NodeID: Hashable, Comparable {
    var path: ObjectPath
    var part = Part.object

    enum Part: Hashable {
      case object
      case rows
      case columnDefault(String)
      case constraint(String)
      /// A table made a partition of its parent.
      case attachment
      /// The index (of the constraint of this name, or the object itself) made a part of the
      /// parent's index.
      case indexAttachment(String?)
      /// That a sequence goes with the column that owns it.
      case ownership
    }

    /// For people: what a circle is made of.
    var description: String {
      switch part {
      case .object: "\(path)"
      case .rows: "the rows of \(path)"
      case .columnDefault(let column): "the default of \(path.qualifiedName).\(column)"
      case .constraint(let name): "constraint \(name) of \(path)"
      case .attachment: "the attachment of \(path)"
      case .ownership: "the owner of \(path)"
      case .indexAttachment(let name): "the attachment of index \(name ?? path.qualifiedName)"
      }
    }

    static func < (left: Self, right: Self) -> Bool {
      left.path != right.path ? left.path < right.path : left.description < right.description
    }
  }

  /// Where a node stands among those that could be made at the same time.
  struct SortKey: Comparable {
    var phase: Phase
    /// The table that a part belongs to: its parts stay together.
    var group = ""
    var rank = 0
    var name: String

    static func < (left: Self, right: Self) -> Bool {
      if left.phase != right.phase { return left.phase.rawValue < right.phase.rawValue }
      if left.group != right.group { return left.group < right.group }
      return left.rank != right.rank ? left.rank < right.rank : left.name < right.name
    }

    var title: String { phase.title }
  }

  enum Phase: Int {
    case settings, namespaces, extensions, collations, types, routines, operators, casts
    case textSearch, sequences, tables, rows, defaults, partitions, constraints, indexPartitions
    case foreignKeys, views, rules, triggers, policies, statistics

    var title: String {
      switch self {
      case .settings: "Settings"
      case .namespaces: "Schemas"
      case .extensions: "Extensions"
      case .collations: "Collations"
      case .types: "Types"
      case .routines: "Functions"
      case .operators: "Operators"
      case .casts: "Casts"
      case .textSearch: "Text search"
      case .sequences: "Sequences"
      case .tables: "Tables"
      case .rows: "Rows"
      case .defaults: "Defaults"
      case .partitions: "Partitions"
      case .constraints: "Constraints and indexes"
      case .indexPartitions: "Indexes of partitions"
      case .foreignKeys: "Foreign keys"
      case .views: "Views"
      case .rules: "Rules"
      case .triggers: "Triggers"
      case .policies: "Policies"
      case .statistics: "Statistics"
      }
    }
  }

  struct Node {
    var id: NodeID
    var key: SortKey
    var statements: [String]
    /// What must be made before; what is no node is there already, or never will be.
    var needs: Set<NodeID> = []
  }

  /// The nodes such that each follows all it needs; among those that could be next, the one with
  /// the least key is.
  /// - Throws: `PostgreSQL.RenderError.circle`.
  static func order(_ nodes: [NodeID: Node]) throws -> [Node] {
    let sorted = nodes.values.sorted { ($0.key, $0.id) < ($1.key, $1.id) }
    let places = Dictionary(
      sorted.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var missing = [Int](repeating: 0, count: sorted.count)
    var users = [[Int]](repeating: [], count: sorted.count)
    for (place, node) in sorted.enumerated() {
      for need in node.needs where need != node.id {
        guard let other = places[need] else { continue }
        missing[place] += 1
        users[other].append(place)
      }
    }
    var ready = Heap()
    for place in sorted.indices where missing[place] == 0 { ready.insert(place) }
    var result: [Node] = []
    while let place = ready.popLeast() {
      result.append(sorted[place])
      for user in users[place] {
        missing[user] -= 1
        if missing[user] == 0 { ready.insert(user) }
      }
    }
    guard result.count == sorted.count else {
      throw PostgreSQL.RenderError.circle(circle(in: nodes, besides: Set(result.map(\.id))))
    }
    return result
  }

  /// The names of one circle among the nodes that are not `done`, each of which needs another.
  private static func circle(in nodes: [NodeID: Node], besides done: Set<NodeID>) -> [String] {
    guard var current = nodes.keys.filter({ !done.contains($0) }).min() else { return [] }
    var way: [NodeID] = []
    var places: [NodeID: Int] = [:]
    while places[current] == nil {
      places[current] = way.count
      way.append(current)
      let needs = nodes[current]?.needs.filter {
        nodes[$0] != nil && !done.contains($0) && $0 != current
      }
      guard let next = needs?.min() else { return way.map(\.description) }
      current = next
    }
    return way[(places[current] ?? 0)...].map(\.description)
  }

  /// Numbers, of which the least comes out first.
  private struct Heap {
    private var items: [Int] = []

    mutating func insert(_ item: Int) {
      items.append(item)
      var child = items.count - 1
      while child > 0, items[child] < items[(child - 1) / 2] {
        items.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }

    mutating func popLeast() -> Int? {
      guard let least = items.first, let last = items.popLast() else { return nil }
      guard !items.isEmpty else { return least }
      items[0] = last
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < items.count else { return least }
        if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
        guard items[child] < items[parent] else { return least }
        items.swapAt(child, parent)
        parent = child
      }
    }
  }
}
