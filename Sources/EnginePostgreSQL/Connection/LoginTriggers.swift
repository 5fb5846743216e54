internal import SchemaModel
internal import DialectPostgreSQL

// Version 17 has triggers that fire when somebody logs in. They are made for those who use a
// database; a session that only looks at it, or makes another one beside it, should leave no row in
// somebody's log of logins, and a trigger that raises should not keep it out.
extension PostgreSQLConnection {
  /// A session of Strata's own, in which no trigger fires at the login, as far as its role may say so:
  /// a superuser, or who was granted SET ON PARAMETER event_triggers. Another's session is any
  /// client's. All other event triggers fire.
  /// - Throws: as `init(_:)`.
  static func withoutLoginTriggers(
    _ location: PostgreSQLLocation
  ) throws -> PostgreSQLConnection {
    let connection: PostgreSQLConnection
    do {
      connection = try PostgreSQLConnection(location, options: "-c event_triggers=off")
    } catch {
      // An older server does not know the setting, a pooler takes no options, a role may not set it.
      guard case PostgreSQLEngineError.cannotConnect(_, let message) = error,
        ["event_triggers", "startup parameter"].contains(where: message.contains)
      else { throw error }
      return try PostgreSQLConnection(location)
    }
    try connection.execute("SET event_triggers = on")
    return connection
  }

  /// Keeps the login triggers of a scratch database from firing, for whoever logs in there next: the
  /// migration tool and captures too. The database says whether it has any, and is told that it has
  /// none. A new one, and one that is enabled, says so anew.
  ///
  /// Where the role is no superuser nothing is done. It could make such a trigger only on a service
  /// that lets its users, and there it fires.
  func silenceLoginTriggers(of database: String) throws {
    guard majorVersion >= 17, parameter("is_superuser") == "on" else { return }
    // Who is at it right now is not waited for.
    _ = try query(
      """
      UPDATE pg_catalog.pg_database SET dathasloginevt = false WHERE oid = (
        SELECT oid FROM pg_catalog.pg_database WHERE datname = $1 AND dathasloginevt
        FOR UPDATE SKIP LOCKED)
      """, parameters: [database])
  }
}
