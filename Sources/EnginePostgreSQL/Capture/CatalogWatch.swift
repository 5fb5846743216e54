internal import SchemaModel
internal import SchemaSQL

/// Sees which objects' rows in the catalog are new, changed or gone since the last look.
struct CatalogWatch {
  typealias Signature = PostgreSQL.CatalogSignature
  typealias Identity = PostgreSQL.Identity

  struct Changes {
    /// Objects with a row that came, changed or went.
    var identities: Set<Identity> = []
    /// Objects whose comments changed.
    var comments: Set<Identity> = []
    /// Something changed that any text may name.
    var isEverything = false
    var isOpaque = false
    var dependencyCount = 0
    var memberCount = 0

    var isEmpty: Bool {
      identities.isEmpty && comments.isEmpty && !isEverything && !isOpaque
    }
  }

  private var mark: String?
  /// The keys of every counted catalog's rows.
  private var keys: [String: Set<Substring>] = [:]
  private var roles: String?
  private var mappings: String?

  /// Notes what is there now; the first look and every look after a failure.
  mutating func begin(_ session: CatalogSession) throws {
    keys = [:]
    let now = "SELECT (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text"
    let row = try session.connection.query(now).first
    read(try session.signature(since: row?.first.flatMap { $0 } ?? "3"))
    let tables = Signature.tables(version: session.version).filter(\.isCounted)
    try readKeys(of: tables, session)
  }

  private mutating func read(_ answer: [[String?]]) {
    for row in answer where row.count == 3 {
      switch row[0] {
      case "mark": mark = row[1]
      case "roles": roles = row[2]
      case "mappings": mappings = row[2]
      default: break
      }
    }
  }

  private mutating func readKeys(of tables: [Signature.Table], _ session: CatalogSession) throws {
    for table in tables { keys[table.name] = [] }
    guard !tables.isEmpty else { return }
    for row in try session.connection.query(Signature.keysSQL(of: tables)) where row.count == 2 {
      guard let name = row[0], let key = row[1] else { continue }
      keys[name]?.insert(Substring(key))
    }
  }

  /// What changed since the last look.
  mutating func changes(_ session: CatalogSession) throws -> Changes {
    guard let mark else {
      try begin(session)
      return Changes(isEverything: true)
    }
    let answer = try session.signature(since: mark)
    var changes = Changes()
    var counts: [String: Int] = [:]
    for row in answer where row.count == 3 {
      guard let name = row[0] else { continue }
      let count = row[1].flatMap { Int($0) } ?? 0
      switch name {
      case "mark": break
      case "roles": if row[2] != roles { changes.isEverything = isRenamed(roles, row[2]) }
      case "mappings": if row[2] != mappings { changes.isOpaque = true }
      case "pg_depend":
        let counts = (row[1] ?? "").split(separator: ":").compactMap { Int($0) }
        changes.dependencyCount = counts.first ?? 0
        changes.memberCount = counts.last ?? 0
        note((row[2] ?? "").split(separator: " "), of: name, &changes)
      default:
        let new = (row[2] ?? "").split(separator: " ")
        note(new, of: name, &changes)
        guard keys[name] != nil else { continue }
        keys[name]?.formUnion(new)
        counts[name] = count
      }
    }
    read(answer)
    try findGone(counts, session, &changes)
    return changes
  }

  /// Rows that went leave a count that is too small.
  private mutating func findGone(
    _ counts: [String: Int], _ session: CatalogSession, _ changes: inout Changes
  ) throws {
    let tables = Signature.tables(version: session.version).filter {
      $0.isCounted && keys[$0.name]?.count != counts[$0.name]
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
