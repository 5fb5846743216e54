public import SchemaModel

extension PostgreSQL {
  /// What the rows of one database's catalog mean.
  public struct Catalog: Sendable {
    public let schema: Schema
    /// The CREATE texts of the migration tools' own tables, by name.
    public let runnerTables: [String: String]
    public let identities: Identities
    /// The objects that the model has no kind for: named, and nothing more.
    public let unmodelled: [ObjectPath]
    /// Those tables with their sequences, which are no part of the schema.
    public let hiddenRelations: Set<UInt32>
    /// What each object's dependencies name: a rename concerns those who must say the new name.
    private let links: [Identity: [Identity]]

    /// How the role that runs the migrations is called in owners and privileges.
    static let sessionRole = "@self"

    /// Rows in, schema out. `sessionRole` runs the migrations and is `@self` in what comes out.
    ///
    /// `reusing`: what these rows meant before. Objects that were not touched since are taken over
    /// as they are. Clear the rows' notes with `rows.forget()` afterwards.
    /// - Throws: `CatalogError.ambiguous` for two objects with one name.
    public init(
      _ rows: CatalogRows, sessionRole: String, keepsRunners: Bool = false,
      reusing known: Catalog? = nil
    ) throws(CatalogError) {
      let builder = Builder(rows, sessionRole: sessionRole, keepsRunners: keepsRunners)
      let identities = known.map { builder.identitiesToRebuild($0) } ?? builder.allIdentities()
      var paths = known?.identities.paths ?? [:]
      var renamed: Set<Identity> = []
      for identity in identities {
        let path = builder.path(of: identity)
        if paths[identity] != path {
          renamed.insert(identity)
          paths[identity] = path
        }
      }
      builder.paths = paths
      var wanted = identities
      if let known, !renamed.isEmpty {
        for (identity, targets) in known.links where targets.contains(where: renamed.contains) {
          wanted.insert(identity)
        }
      }
      var schema = known?.schema ?? Schema()
      var links = known?.links ?? [:]
      var columns = known?.identities.columns ?? [:]
      // All old places first: what was renamed may stand where another was.
      for identity in renamed {
        if let old = known?.identities.paths[identity] { schema.objects[old] = nil }
      }
      for identity in wanted {
        links[identity] = nil
        columns[identity] = nil
        guard let path = paths[identity], let object = builder.object(identity) else { continue }
        schema.objects[path] = object
        links[identity] = builder.links[identity]
        columns[identity] = builder.columnNames(identity)
      }
      try Self.refuseAmbiguity(paths, schema, wanted)
      self.schema = schema
      unmodelled = Set(rows.opaque.values.joined().map(\.path)).sorted()
      self.links = links
      self.identities = Identities(paths: paths, columns: columns)
      runnerTables = builder.runnerTables()
      hiddenRelations = builder.hidden.union(
        builder.sequenceOwners.filter { builder.hidden.contains($0.value.relation) }.keys)
    }

    /// The model compares names as Unicode does, PostgreSQL by their bytes: what is two objects
    /// there must not become one here.
    private static func refuseAmbiguity(
      _ paths: [Identity: ObjectPath], _ schema: Schema, _ wanted: Set<Identity>
    ) throws(CatalogError) {
      if paths.count != schema.objects.count {
        var seen: Set<ObjectPath> = []
        for path in paths.values where !seen.insert(path).inserted {
          throw .ambiguous(
            "two objects would both be \(path) here: their names differ only in how Unicode "
              + "writes the same characters; rename one")
        }
      }
      for identity in wanted {
        guard let path = paths[identity], let table = schema.objects[path]?.table else { continue }
        let names = table.columns.map(\.name)
        if names.contains(where: { $0.utf8.contains { $0 >= 0x80 } }),
          Set(names).count != names.count
        {
          throw .ambiguous(
            "two columns of \(path) have names that differ only in how Unicode writes the same "
              + "characters; rename one")
        }
      }
    }
  }

  /// Which object of the model is which of the server.
  public struct Identities: Sendable {
    public let paths: [Identity: ObjectPath]
    /// The names of a table's columns by their numbers, which outlive the names.
    public let columns: [Identity: [Int: String]]
  }
}

extension PostgreSQL.CatalogRows {
  /// Begins a new count of what was touched, after a `Catalog` was made of these rows.
  public mutating func forget() { touched = [] }
}
