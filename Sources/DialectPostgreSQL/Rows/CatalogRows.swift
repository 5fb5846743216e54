public import SchemaModel

extension PostgreSQL {
  /// The catalog of one database as rows, before anybody makes sense of them; it notes which
  /// objects look different since the last look.
  public struct CatalogRows: Sendable {
    var namespaces: [UInt32: NamespaceRow] = [:]
    var extensions: [UInt32: ExtensionRow] = [:]
    var types: [UInt32: TypeRow] = [:]
    var relations: [UInt32: RelationRow] = [:]
    /// By their relation, in the order of their numbers.
    var columns: [UInt32: [ColumnRow]] = [:]
    var constraints: [UInt32: ConstraintRow] = [:]
    var indexes: [UInt32: IndexRow] = [:]
    var rules: [UInt32: RuleRow] = [:]
    var routines: [UInt32: RoutineRow] = [:]
    var triggers: [UInt32: TriggerRow] = [:]
    var policies: [UInt32: PolicyRow] = [:]
    var statistics: [UInt32: StatisticsRow] = [:]
    var eventTriggers: [UInt32: EventTriggerRow] = [:]
    var defaultPrivileges: [UInt32: DefaultPrivilegesRow] = [:]
    var publications: [UInt32: PublicationRow] = [:]
    var operators: [UInt32: OperatorRow] = [:]
    var casts: [UInt32: CastRow] = [:]
    var collations: [UInt32: CollationRow] = [:]
    var dictionaries: [UInt32: DictionaryRow] = [:]
    var configurations: [UInt32: ConfigurationRow] = [:]
    /// OIDs are unique in one catalog only, so there may be several.
    var opaque: [UInt32: [OpaqueRow]] = [:]
    var comments: [UInt32: [CommentRow]] = [:]
    private(set) var dependencies: [Identity: [DependencyRow]] = [:]
    /// Who depends on an object, extension members excepted.
    private(set) var dependents: [Identity: [Identity]] = [:]
    /// How many rows `dependencies` has, to be compared with the server's count.
    public private(set) var dependencyCount = 0
    /// How many of them say that an extension owns something.
    public private(set) var memberCount = 0

    private(set) var index: CatalogIndex

    /// What came, went or changed since `Catalog` was last made of these rows.
    public internal(set) var touched: Set<Identity> = []

    /// `runnerTables` are no part of the schema.
    public init(runnerTables: RunnerTables = RunnerTables()) {
      index = CatalogIndex(runnerTables: runnerTables)
    }

    /// Leaves a table out from now on.
    /// - Returns: false where one of that name was read already, as a part of the schema: the rows are
    ///   then to be read anew.
    public mutating func keepOut(runnerTable name: String) -> Bool {
      guard !relations.values.contains(where: { $0.name == name }) else { return false }
      index.keepOut(runnerTable: name)
      return true
    }

    /// Takes over what a query answered: all of it, or (`oids`) the rows of these objects.
    /// - Throws: `CatalogError.unreadable` or `missing` for rows that no server gives; the rows are
    ///   then to be read anew as a whole.
    public mutating func replace(
      _ query: CatalogQuery, _ answer: QueryAnswer, of oids: Set<UInt32>? = nil
    ) throws(CatalogError) {
      _ = try read(query, answer, of: oids)
    }

    /// The same; returns the names of the columns that the rows were made of.
    mutating func read(
      _ query: CatalogQuery, _ answer: QueryAnswer, of oids: Set<UInt32>? = nil
    ) throws(CatalogError) -> Set<String> {
      switch query {
      case .namespaces: try replace(\.namespaces, query, answer, oids)
      case .extensions: try replace(\.extensions, query, answer, oids)
      case .types: try replace(\.types, query, answer, oids)
      case .relations: try replace(\.relations, query, answer, oids)
      case .columns: try replace(\.columns, query, answer, oids)
      case .constraints: try replace(\.constraints, query, answer, oids)
      case .indexes: try replace(\.indexes, query, answer, oids)
      case .rules: try replace(\.rules, query, answer, oids)
      case .routines: try replace(\.routines, query, answer, oids)
      case .triggers: try replace(\.triggers, query, answer, oids)
      case .policies: try replace(\.policies, query, answer, oids)
      case .statistics: try replace(\.statistics, query, answer, oids)
      case .eventTriggers: try replace(\.eventTriggers, query, answer, oids)
      case .defaultPrivileges: try replace(\.defaultPrivileges, query, answer, oids)
      case .publications: try replace(\.publications, query, answer, oids)
      case .operators: try replace(\.operators, query, answer, oids)
      case .casts: try replace(\.casts, query, answer, oids)
      case .collations: try replace(\.collations, query, answer, oids)
      case .textSearchDictionaries: try replace(\.dictionaries, query, answer, oids)
      case .textSearchConfigurations: try replace(\.configurations, query, answer, oids)
      case .opaque: try replace(\.opaque, query, answer, oids)
      case .comments: try replace(\.comments, query, answer, oids)
      case .dependencies: try readDependencies(answer, of: nil)
      }
    }

    /// Takes over the dependencies of all objects, or of these.
    /// - Throws: as `replace(_:_:of:)`.
    public mutating func replaceDependencies(
      _ answer: QueryAnswer, of identities: Set<Identity>?
    ) throws(CatalogError) {
      _ = try readDependencies(answer, of: identities)
    }

    private mutating func readDependencies(
      _ answer: QueryAnswer, of identities: Set<Identity>?
    ) throws(CatalogError) -> Set<String> {
      var found: [Identity: [DependencyRow]] = [:]
      var fields = Fields(answer.columns, .dependencies)
      for values in answer.rows {
        let row: DependencyRow = try fields.row(values)
        found[row.identity, default: []].append(row)
      }
      for identity in identities ?? Set(dependencies.keys).union(found.keys) {
        let old = dependencies[identity] ?? []
        let new = found[identity] ?? []
        guard old != new else { continue }
        touch(old, new)
        note(old, new)
        for row in old where row.kind != "e" {
          if let place = dependents[row.target]?.firstIndex(of: identity) {
            dependents[row.target]?.remove(at: place)
          }
        }
        for row in new where row.kind != "e" {
          dependents[row.target, default: []].append(identity)
        }
        dependencyCount += new.count - old.count
        memberCount += new.count { $0.kind == "e" } - old.count { $0.kind == "e" }
        dependencies[identity] = new.isEmpty ? nil : new
      }
      return fields.namesRead
    }

    private mutating func replace<Row: CatalogRow>(
      _ place: WritableKeyPath<Self, [UInt32: Row]>, _ query: CatalogQuery, _ answer: QueryAnswer,
      _ oids: Set<UInt32>?
    ) throws(CatalogError) -> Set<String> {
      var found: [UInt32: Row] = [:]
      found.reserveCapacity(answer.rows.count)
      var fields = Fields(answer.columns, query)
      for values in answer.rows {
        let row: Row = try fields.row(values)
        found[row.oid] = row
      }
      for oid in oids ?? Set(self[keyPath: place].keys).union(found.keys) {
        let old = self[keyPath: place][oid]
        let new = found[oid]
        guard old != new else { continue }
        if let old {
          touched.formUnion(old.affected)
          old.note(in: &index, isThere: false)
        }
        if let new {
          touched.formUnion(new.affected)
          new.note(in: &index, isThere: true)
        }
        self[keyPath: place][oid] = new
      }
      return fields.namesRead
    }

    private mutating func replace<Row: CatalogRow>(
      _ place: WritableKeyPath<Self, [UInt32: [Row]]>, _ query: CatalogQuery, _ answer: QueryAnswer,
      _ oids: Set<UInt32>?
    ) throws(CatalogError) -> Set<String> {
      var found: [UInt32: [Row]] = [:]
      var fields = Fields(answer.columns, query)
      for values in answer.rows {
        let row: Row = try fields.row(values)
        found[row.oid, default: []].append(row)
      }
      for oid in oids ?? Set(self[keyPath: place].keys).union(found.keys) {
        let old = self[keyPath: place][oid]
        let new = found[oid]
        guard old != new else { continue }
        touch(old ?? [], new ?? [])
        note(old ?? [], new ?? [])
        self[keyPath: place][oid] = new
      }
      return fields.namesRead
    }

    /// Rows that only changed their places concern nobody: the server gives them as they lie.
    private mutating func touch<Row: CatalogRow>(_ old: [Row], _ new: [Row]) {
      for row in Set(old).symmetricDifference(new) { touched.formUnion(row.affected) }
    }

    private mutating func note<Row: CatalogRow>(_ old: [Row], _ new: [Row]) {
      for row in old { row.note(in: &index, isThere: false) }
      for row in new { row.note(in: &index, isThere: true) }
    }

    func comment(on identity: Identity, part: Int = 0) -> String? {
      comments[identity.oid]?.first { $0.catalog == identity.catalog && $0.part == part }?.text
    }

    /// Whether every statement may run more than it says.
    public var hasEventTriggers: Bool { !eventTriggers.isEmpty }

    /// The place of a sequence, an identity column's too, and where it starts; nil for what is none.
    public func sequence(_ oid: UInt32) -> (path: ObjectPath, start: Int64)? {
      guard let row = relations[oid], row.kind == "S",
        let start = (row.sequence?.start).flatMap({ Int64($0) })
      else { return nil }
      return (ObjectPath(.sequence, namespace: row.namespace, name: row.name), start)
    }

    /// Whether anything is of a relation's row type: its values look different when the relation does.
    public func isRowTypeUsed(_ relation: UInt32) -> Bool {
      guard let type = relations[relation]?.rowType, type != 0 else { return false }
      return (dependents[Identity(.type, type)] ?? []).contains {
        // Every relation has a type for arrays of its rows.
        !$0.is(.type) || !(dependents[$0] ?? []).isEmpty
      }
    }

    func dependencies(of identity: Identity) -> [DependencyRow] {
      dependencies[identity] ?? []
    }
  }
}
