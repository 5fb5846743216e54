internal import SchemaModel
internal import DialectPostgreSQL

/// Sees which objects' rows in the catalog are new, changed or gone since the last look.
struct CatalogWatch {
  typealias Signature = PostgreSQL.CatalogSignature
  typealias Identity = PostgreSQL.Identity

  struct Changes {
    /// Objects with a row that came, changed or went.
    var identities: Set<Identity> = []
    /// The kinds of relations among them, as in `pg_class.relkind`, where they are known.
    var kinds: [UInt32: Character] = [:]
    /// Objects whose comments changed.
    var comments: Set<Identity> = []
    /// Something changed that any text may name.
    var isEverything = false
    var isOpaque = false
    /// All of them, and those that are an extension's; empty where they did not change.
    var dependencyCounts: [Int] = []

    /// The files of tables that rows were written to; nil where that is not known.
    var written: Set<ChangeFeed.RelationFile>?

    /// Whether the catalog is as it was.
    var isEmpty: Bool {
      identities.isEmpty && comments.isEmpty && !isEverything && !isOpaque
    }
  }

  private var mark: String?
  /// The keys of every counted catalog's rows.
  private var keys: [String: Set<Substring>] = [:]
  /// The keys of the rows of a catalog by their places; none for a catalog where they are not known.
  private var keysByPlace: [String: [String: Substring]] = [:]
  /// How many rows were ever written to each catalog; nil where that is not known for sure.
  private(set) var counters: [String: String]?
  /// How far the server's log of writes was followed; nil where it is not.
  private var position: ChangeFeed.Position?
  private var looksSinceMarks = 0
  private var roles: String?
  private var others: String?

  /// Notes what is there now; the first look and every look after a failure.
  mutating func begin(_ session: CatalogSession, beside writer: Writer) throws {
    _ = try session.written(since: &position)
    counters = try session.counters(beside: writer)
    var nothing = Changes()
    try readMarks(session, &nothing)
    try readKeys(
      of: Signature.tables(version: session.version).filter(\.isCounted), session,
      withDependencies: position != nil)
  }

  /// Another database counts from the beginning.
  mutating func forgetCounters() { counters = nil }

  /// Reads the keys of the rows in these places of the catalogs. Where nothing lies any more, what
  /// lay there is gone, unless it lies elsewhere now.
  private mutating func readPlaces(
    _ places: [String: Set<String>], _ session: CatalogSession, _ changes: inout Changes
  ) throws {
    var found: [String: [String: Substring]] = [:]
    for answer in try session.keys(at: places) {
      for row in try Self.keys(answer) {
        found[row.catalog, default: [:]][row.place] = Substring(row.key)
      }
    }
    for (name, places) in places {
      let live = found[name] ?? [:]
      var touched = Set(live.values)
      keys[name]?.formUnion(touched)
      if keysByPlace[name] != nil {
        var gone: Set<Substring> = []
        for place in places {
          if let old = keysByPlace[name]?[place] { gone.insert(old) }
          keysByPlace[name]?[place] = live[place]
        }
        // An object has many dependencies with one key.
        if name != Signature.dependencies { gone.subtract(touched) }
        keys[name]?.subtract(gone)
        touched.formUnion(gone)
      }
      if name == Signature.dependencies,
        touched.contains(where: { $0.hasSuffix(Signature.memberMark) })
      {
        changes.isEverything = true
      }
      note(touched, of: name, &changes)
    }
  }

  private mutating func readMarks(_ session: CatalogSession, _ changes: inout Changes) throws {
    looksSinceMarks = 0
    let answer = try session.marks()
    let (name, value) = (try answer.place(of: "name"), try answer.place(of: "value"))
    for row in answer.rows {
      switch row[name] {
      case "mark": mark = row[value]
      case "roles":
        if row[value] != roles { changes.isEverything = isRenamed(roles, row[value]) }
        roles = row[value]
      case "others":
        if row[value] != others { changes.isOpaque = true }
        others = row[value]
      default: break
      }
    }
  }

  private mutating func readKeys(
    of tables: [Signature.Table], _ session: CatalogSession, withDependencies: Bool = false
  ) throws {
    for table in tables {
      keys[table.name] = []
      keysByPlace[table.name] = [:]
    }
    if withDependencies { keysByPlace[Signature.dependencies] = [:] }
    guard !tables.isEmpty else { return }
    let sql = Signature.keysSQL(of: tables, withDependencies: withDependencies)
    for row in try Self.keys(session.connection.answer(to: PostgreSQLQuery(sql))) {
      keys[row.catalog]?.insert(Substring(row.key))
      keysByPlace[row.catalog]?[row.place] = Substring(row.key)
    }
  }

  /// The rows of `placesSQL` and `keysSQL`.
  private static func keys(
    _ answer: PostgreSQL.QueryAnswer
  ) throws -> some Sequence<(catalog: String, key: String, place: String)> {
    let (catalog, key) = (try answer.place(of: "catalog"), try answer.place(of: "key"))
    let place = try answer.place(of: "place")
    return answer.rows.lazy.compactMap { row in
      guard let catalog = row[catalog], let key = row[key], let place = row[place] else {
        return nil
      }
      return (catalog, key, place)
    }
  }

  /// What changed since the last look.
  mutating func changes(_ session: CatalogSession, beside writer: Writer) throws -> Changes {
    guard let since = mark else {
      try begin(session, beside: writer)
      return Changes(isEverything: true)
    }
    if let written = try session.written(since: &position) {
      return try follow(written, session, since)
    }
    var changes = Changes()
    let now = try session.counters(beside: writer)
    let written = writtenCatalogs(now)
    counters = now
    try readMarks(session, &changes)
    if written?.isEmpty ?? false { return changes }
    try search(written, session, since, &changes)
    return changes
  }

  /// Searches these catalogs, or all, for rows that are new since `since`, and for what is gone.
  private mutating func search(
    _ names: Set<String>?, _ session: CatalogSession, _ since: String, _ changes: inout Changes
  ) throws {
    for name in names ?? Set(keysByPlace.keys) { keysByPlace[name] = nil }
    var counts: [String: Int] = [:]
    for answer in try session.signature(since: since, of: names) {
      let (catalog, count) = (try answer.place(of: "catalog"), try answer.place(of: "count"))
      let newKeys = try answer.place(of: "keys")
      for row in answer.rows {
        guard let name = row[catalog] else { continue }
        let new = (row[newKeys] ?? "").split(separator: " ")
        note(new, of: name, &changes)
        let numbers = (row[count] ?? "").split(separator: ":").compactMap { Int($0) }
        if name == Signature.dependencies {
          changes.dependencyCounts = numbers
        } else if keys[name] != nil {
          keys[name]?.formUnion(new)
          counts[name] = numbers.first
        }
      }
    }
    try findGone(counts, session, &changes)
  }

  /// What changed, by the places in the catalogs that were written to.
  private mutating func follow(
    _ written: ChangeFeed.Written, _ session: CatalogSession, _ since: String
  ) throws -> Changes {
    var changes = Changes()
    changes.written = written.files
    // Where it is not known what lay in a place, what was deleted is found by what is left; and many
    // places are found by looking at all. No other catalog than these is looked at.
    let searched = written.places.filter { name, places in
      (keys[name] != nil || name == Signature.dependencies)
        && (places.count > Self.placeCountMax
          || written.shrunk.contains(name) && keysByPlace[name] == nil)
    }
    let places = written.places.filter { searched[$0.key] == nil }
    looksSinceMarks += 1
    if !searched.isEmpty || looksSinceMarks >= Self.looksMax
      || !Signature.markedCatalogs.isDisjoint(with: written.places.keys)
    {
      try readMarks(session, &changes)
    }
    try readPlaces(places, session, &changes)
    if !searched.isEmpty { try search(Set(searched.keys), session, since, &changes) }
    return changes
  }

  private static let placeCountMax = 2000
  /// An old mark makes a search find more than is new.
  private static let looksMax = 50

  /// The catalogs that anything was written to; nil where nobody can be sure.
  private func writtenCatalogs(_ now: [String: String]?) -> Set<String>? {
    guard let now, let counters else { return nil }
    return Set(now.filter { counters[$0.key] != $0.value }.keys)
  }

  /// Rows that went leave a count that is too small.
  private mutating func findGone(
    _ counts: [String: Int], _ session: CatalogSession, _ changes: inout Changes
  ) throws {
    let tables = Signature.tables(version: session.version).filter {
      $0.isCounted && counts[$0.name] != nil && keys[$0.name]?.count != counts[$0.name]
    }
    guard !tables.isEmpty else { return }
    let before = keys
    try readKeys(of: tables, session)
    for table in tables {
      let now = keys[table.name] ?? []
      note((before[table.name] ?? []).symmetricDifference(now), of: table.name, &changes)
    }
  }

  private func note(
    _ keys: some Sequence<Substring>, of table: String, _ changes: inout Changes
  ) {
    for key in keys {
      guard let identity = Signature.identity(key) else { continue }
      if table == "pg_description" {
        changes.comments.insert(identity)
      } else {
        changes.identities.insert(identity)
        if let kind = Signature.relationKind(key) { changes.kinds[identity.oid] = kind }
        if key.hasSuffix(Signature.opaqueMark) { changes.isOpaque = true }
      }
    }
  }

  /// Whether a role that was there has another name or is gone; new ones are in no text yet.
  private func isRenamed(_ old: String?, _ new: String?) -> Bool {
    let roles = Set((new ?? "").split(separator: " "))
    return !(old ?? "").split(separator: " ").allSatisfy(roles.contains)
  }
}
