internal import SchemaModel

/// How scratch databases are had on a server of the user's.
struct ServerAccess {
  var trustsMigrations = false
  var announce: ((ServerPowers) -> Void)?
  /// On the roles that migrations of this host made; another host of the same process has another.
  let mark = RoleMark.text(host: ProcessMark.hexadecimal(UInt32.random(in: 0...UInt32.max)))

  /// Says what the role may do, before anything is done.
  /// - Throws: `mayNotCreateDatabases`, `mayDoLastingHarm`.
  func begin(_ connection: PostgreSQLConnection) throws {
    let powers = try ServerPowers(connection)
    guard powers.makesDatabases else {
      throw PostgreSQLEngineError.mayNotCreateDatabases(role: powers.role, server: powers.server)
    }
    guard powers.isContained || trustsMigrations else {
      throw PostgreSQLEngineError.mayDoLastingHarm(powers)
    }
    try CommitCheck.prepare(connection)
    LiveDatabases.watch(connection.location)
    announce?(powers)
  }

  func markedRoles(_ connection: PostgreSQLConnection) throws -> Set<String> {
    try RoleMark.roles(connection, mark: mark) { _ in true }
  }

  /// What a migration's transaction is to run before it commits.
  /// - Throws: `PostgreSQLEngineError`.
  func check(_ connection: PostgreSQLConnection) throws -> CommitCheck {
    CommitCheck(
      version: connection.majorVersion, mark: mark,
      before: try CommitCheck.before(connection, mark: mark))
  }
}
