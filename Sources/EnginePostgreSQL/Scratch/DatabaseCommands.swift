internal import SchemaModel
internal import DialectPostgreSQL

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What is done to whole databases, from a connection to another one.
struct DatabaseCommands {
  let connection: PostgreSQLConnection

  static let prefix = "strata_scratch_"

  /// Whose it is, and a random number behind it.
  static func newName() -> String {
    prefix + ProcessMark.current().digits
      + ProcessMark.hexadecimal(UInt32.random(in: 0...UInt32.max))
  }

  /// Whose database a name says it is; nil for one that is not of ours.
  static func mark(of name: String) -> ProcessMark? {
    let digits = name.dropFirst(prefix.count)
    guard name.hasPrefix(prefix), digits.utf8.count == ProcessMark.digitCount + 8,
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    return ProcessMark(digits: digits.prefix(ProcessMark.digitCount))
  }

  /// Ends what is making databases right now: one that is only half made cannot be dropped, and
  /// would be there a moment later.
  func stopMaking(_ isWanted: (String) -> Bool) throws {
    let start = "CREATE DATABASE "
    for _ in 0..<100 {
      let rows = try connection.query(
        """
        SELECT pid, query FROM pg_catalog.pg_stat_activity
        WHERE state = 'active' AND query LIKE $1 AND pid <> pg_catalog.pg_backend_pid()
        """, parameters: ["\(start)strata\\_scratch\\_%"])
      let pids = rows.filter { row in
        let name = (row[1] ?? "").dropFirst(start.count).prefix { $0 != " " }
        return isWanted(String(name))
      }.compactMap { $0[0] }
      if pids.isEmpty { return }
      for pid in pids {
        _ = try connection.query(
          "SELECT pg_catalog.pg_terminate_backend($1::int)", parameters: [pid])
      }
      usleep(20_000)
    }
  }

  /// - Parameter template: a database to copy, which nobody may be connected to; nil makes an empty
  ///   one, whatever the server's administrators put into template1.
  /// - Parameter owner: who shall own it in a cluster of our own.
  func create(_ name: String, template: String?, owner: String?) throws {
    var sql = "CREATE DATABASE \(name) TEMPLATE \(template ?? "template0")"
    if template == nil { sql += " ENCODING 'UTF8'" }
    // Cheaper where no disk is waited for. The number names the database's folder, and so says where
    // ext4 makes its files (`ClusterFolder.spreadFolders`): not where the last cluster's were.
    if let owner { sql += " OWNER \(owner)" }
    if owner != nil, connection.majorVersion >= 15 {
      sql += " STRATEGY file_copy OID \(Int32.random(in: 1 << 20...Int32.max))"
    }
    if let template { try disconnectAll(from: template) }
    try connection.execute(sql)
  }

  func drop(_ name: String) throws {
    do {
      try dropNow(name)
    } catch PostgreSQLEngineError.failed(let failure) where failure.code == "55006" {
      // Prepared transactions and subscriptions outlive their sessions, and only their own database
      // can end them.
      let inside = try PostgreSQLConnection(connection.location.with(database: name))
      try Self.endPrepared(inside)
      try Self.dropSubscriptions(inside)
      try dropNow(name)
    }
  }

  /// Without a word to the server that they name.
  private static func dropSubscriptions(_ connection: PostgreSQLConnection) throws {
    let names = try connection.query(
      """
      SELECT pg_catalog.quote_ident(subname) FROM pg_catalog.pg_subscription WHERE subdbid = (
        SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
      """
    ).compactMap { $0.first ?? nil }
    for name in names {
      try connection.execute("ALTER SUBSCRIPTION \(name) DISABLE")
      try connection.execute("ALTER SUBSCRIPTION \(name) SET (slot_name = NONE)")
      try connection.execute("DROP SUBSCRIPTION \(name)")
    }
  }

  private static func endPrepared(_ connection: PostgreSQLConnection) throws {
    for name in try preparedTransactions(connection) {
      try connection.execute("ROLLBACK PREPARED \(PostgreSQL.literal(name))")
    }
  }

  /// Those of the connection's database.
  static func preparedTransactions(_ connection: PostgreSQLConnection) throws -> [String] {
    try connection.query(
      """
      SELECT gid FROM pg_catalog.pg_prepared_xacts
      WHERE database = pg_catalog.current_database() ORDER BY 1
      """
    ).compactMap { $0.first ?? nil }
  }

  private func dropNow(_ name: String) throws {
    try disconnectAll(from: name)
    try? dropSlots(of: name)
    let template = try connection.query(
      "SELECT FROM pg_catalog.pg_database WHERE datname = $1 AND datistemplate", parameters: [name])
    // A migration made it one, and templates are not dropped.
    if !template.isEmpty { try connection.execute("ALTER DATABASE \(name) IS_TEMPLATE false") }
    try connection.execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
  }

  /// Logical replication slots of a database keep it.
  private func dropSlots(of name: String) throws {
    _ = try connection.query(
      """
      SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots
      WHERE database = $1 AND NOT active
      """, parameters: [name])
  }

  /// How large a database is; nil where it is gone, or where something goes on in it without a
  /// session.
  func idleByteCount(of name: String) throws -> Int? {
    let rows = try connection.query(
      """
      SELECT pg_catalog.pg_database_size(d.oid) FROM pg_catalog.pg_database d WHERE datname = $1
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts p WHERE p.database = d.datname)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots s WHERE s.database = d.datname)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_subscription s WHERE s.subdbid = d.oid)
      """, parameters: [name])
    return rows.first?.first.flatMap { $0.flatMap { Int($0) } }
  }

  func rename(_ old: String, to new: String) throws {
    try disconnectAll(from: old)
    try connection.execute("ALTER DATABASE \(old) RENAME TO \(new)")
  }

  /// Ends the sessions of a database. What is done to the database next would wait for them too, but
  /// look again only after a tenth of a second.
  private func disconnectAll(from name: String) throws {
    for _ in 0..<100 {
      let ended = try connection.query(
        """
        SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
        WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()
          AND backend_type <> 'autovacuum worker'
        """, parameters: [name])
      if ended.isEmpty { return }
      usleep(1000)
    }
  }
}
