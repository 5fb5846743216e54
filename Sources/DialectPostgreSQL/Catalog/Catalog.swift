public import SchemaModel

extension PostgreSQL {
  /// What the rows of one database's catalog mean.
  public struct Catalog: Sendable {
    /// What the model keeps of the rows that were read; the tables of the migration tools are not
    /// in it.
    public private(set) var schema = Schema()
    /// The CREATE texts of the migration tools' own tables, by name.
    public private(set) var runnerTables: [ExactText: String] = [:]
    /// What stands on these tables, and no tool put there: `trigger t on alembic_version`.
    public private(set) var runnerParts: [String] = []
    /// The objects of the model.
    public private(set) var paths: [PostgreSQL.Identity: ObjectPath] = [:]
    /// The names of a table's columns by their numbers, which outlive the names.
    private var columns: [Identity: [Int: ExactText]] = [:]
    /// The objects that the model has no kind for: named, and nothing more.
    public private(set) var unmodelled: [ObjectPath] = []
    /// The tables of `runnerTables` with their sequences, which are no part of the schema.
    public private(set) var hiddenRelations: Set<UInt32> = []
    /// What each object's dependencies name, and who names an object: a rename concerns those who
    /// must say the new name.
    private var links: [Identity: [Identity]] = [:]
    private var namers: [Identity: Set<Identity>] = [:]
    private let sessionRole: String

    /// How the role that runs the migrations is called in owners and privileges.
    static let sessionRole = "@self"

    /// Rows in, schema out. `sessionRole` runs the migrations and is `@self` in what comes out.
    /// - Throws: `CatalogError.ambiguous` for two objects with one name.
    public init(_ rows: CatalogRows, sessionRole: String) throws(CatalogError) {
      self.sessionRole = sessionRole
      let builder = Builder(rows, sessionRole: sessionRole)
      _ = try rebuild(builder.allIdentities(), builder)
    }

    /// Follows rows that changed since: objects that were not touched are kept as they are. Clear
    /// the rows' notes with `rows.forget()` afterwards.
    /// - Returns: what became of the objects that may look different now.
    /// - Throws: `CatalogError.ambiguous`; the value is of no use then.
    public mutating func update(_ rows: CatalogRows) throws(CatalogError) -> [ObjectChange] {
      let builder = Builder(rows, sessionRole: sessionRole)
      return try rebuild(builder.identitiesToRebuild(), builder)
    }

    private mutating func rebuild(
      _ identities: Set<Identity>, _ builder: Builder
    ) throws(CatalogError) -> [ObjectChange] {
      var wanted = identities
      // By what has another place now, or none: its old one.
      var moved: [Identity: ObjectPath?] = [:]
      for identity in identities {
        let path = builder.path(of: identity)
        let old = paths[identity]
        guard old != path else { continue }
        moved.updateValue(old, forKey: identity)
        paths[identity] = path
        wanted.formUnion(namers[identity] ?? [])
      }
      // All old places first: what was renamed may stand where another was.
      for case let path? in moved.values { schema.objects[path] = nil }
      builder.paths = paths
      var changes: [ObjectChange] = []
      changes.reserveCapacity(wanted.count)
      for identity in wanted {
        let path = paths[identity]
        var change = ObjectChange(
          identity: identity, old: moved[identity] ?? path, new: path,
          oldColumns: columns.removeValue(forKey: identity))
        link(identity, [])
        if let path, let object = builder.object(identity) {
          schema.objects[path] = object
          link(identity, builder.links[identity] ?? [])
          change.newColumns = builder.columnNames(identity)
          columns[identity] = change.newColumns
        }
        changes.append(change)
      }
      try refuseAmbiguity()
      unmodelled = Set(builder.rows.opaque.values.joined().map(\.path)).sorted()
      runnerTables = builder.runnerTables()
      runnerParts = builder.runnerParts()
      hiddenRelations = builder.hidden.union(
        builder.hidden.flatMap { builder.ownedSequences(of: $0).map(\.oid) })
      return changes
    }

    private mutating func link(_ identity: Identity, _ targets: [Identity]) {
      for target in links[identity] ?? [] { namers[target]?.remove(identity) }
      for target in targets { namers[target, default: []].insert(identity) }
      links[identity] = targets.isEmpty ? nil : targets
    }

    /// What is two objects in the server must not become one here.
    private func refuseAmbiguity() throws(CatalogError) {
      guard paths.count != schema.objects.count else { return }
      var seen: Set<ObjectPath> = []
      for path in paths.values where !seen.insert(path).inserted {
        throw .ambiguous("two objects would both be \(path) here; rename one")
      }
    }
  }

  /// An object that may look different than before.
  public struct ObjectChange: Sendable {
    /// What the server knows it by, under both of its names.
    public let identity: PostgreSQL.Identity
    /// Nil where it was not there.
    public let old: ObjectPath?
    /// Nil where it is gone.
    public let new: ObjectPath?
    /// The names of a table's columns by their numbers.
    let oldColumns: [Int: ExactText]?
    var newColumns: [Int: ExactText]?
  }
}

extension PostgreSQL.CatalogRows {
  /// Begins a new count of what was touched, after a `Catalog` has followed these rows.
  public mutating func forget() { touched = [] }
}
