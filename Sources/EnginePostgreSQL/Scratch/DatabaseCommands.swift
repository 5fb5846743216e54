internal import SchemaSQL

/// What is done to whole databases, from a connection to another one.
struct DatabaseCommands {
  let connection: PostgreSQLConnection

  /// Random enough to be nobody's.
  static let prefix = "strata_scratch_"

  static func newName() -> String {
    prefix
      + (0..<2).map { _ in
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined()
  }

  /// - Parameter template: a database to copy, which nobody may be connected to; nil makes an empty
  ///   one, whatever the server's administrators put into template1.
  func create(_ name: String, template: String?, isOwnCluster: Bool) throws {
    var sql = "CREATE DATABASE \(name) TEMPLATE \(template ?? "template0")"
    if template == nil { sql += " ENCODING 'UTF8'" }
    // Cheaper where no disk is waited for.
    if isOwnCluster, connection.majorVersion >= 15 { sql += " STRATEGY file_copy" }
    if let template { try disconnectAll(from: template) }
    try connection.execute(sql)
  }

  func drop(_ name: String) throws {
    if connection.majorVersion >= 13 {
      try connection.execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    } else {
      try disconnectAll(from: name)
      try connection.execute("DROP DATABASE IF EXISTS \(name)")
    }
  }

  func rename(_ old: String, to new: String) throws {
    try disconnectAll(from: old)
    try connection.execute("ALTER DATABASE \(old) RENAME TO \(new)")
  }

  private func disconnectAll(from name: String) throws {
    _ = try connection.query(
      """
      SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
      WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()
      """, parameters: [name])
  }
}
