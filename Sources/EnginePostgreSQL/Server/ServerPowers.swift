internal import SchemaModel
internal import DialectPostgreSQL

/// What a role may do on a server of the user's, beside making databases there.
public struct ServerPowers: Hashable, Sendable {
  /// Where the server is, for people, without a password.
  public var server: String
  /// The role that connected: `current_user`.
  public var role: String
  /// Whether no privilege is asked of it.
  public var isSuperuser: Bool
  /// CREATEDB, without which there are no scratch databases.
  public var makesDatabases: Bool
  /// CREATEROLE.
  public var makesRoles: Bool
  /// What it may do that no transaction undoes, in words that follow "it may".
  public var lasting: [String]
  /// Other sessions of the same role, which any role may end.
  public var sessionCount: Int

  /// Whether all that it may do outside of its own databases is undone with the transaction that
  /// did it.
  public var isContained: Bool { lasting.isEmpty }

  /// - Throws: `PostgreSQLEngineError`.
  init(_ connection: PostgreSQLConnection) throws {
    let answer = try connection.answer(to: PostgreSQLQuery(Self.sql))
    guard !answer.rows.isEmpty else {
      throw PostgreSQLEngineError.unreadable("no role of the session in pg_roles")
    }
    server = connection.location.description
    role = try answer.first("rolname") ?? "?"
    isSuperuser = try answer.first("rolsuper") == "t"
    makesDatabases = try answer.first("rolcreatedb") == "t" || isSuperuser
    makesRoles = try answer.first("rolcreaterole") == "t" || isSuperuser
    sessionCount = try answer.first("session_count").flatMap { Int($0) } ?? 0
    if isSuperuser {
      lasting = ["run programs on it, read and write its files, and end anybody's sessions"]
      return
    }
    lasting = []
    if try answer.first("becomes_superuser") == "t" {
      lasting.append("become a superuser (SET ROLE)")
    }
    if try answer.first("replicates") == "t" {
      lasting.append("make replication slots, which stay")
    }
    if makesRoles, connection.majorVersion < 16 {
      lasting.append(
        "make itself a member of any role, of pg_execute_server_program too (CREATEROLE before "
          + "version 16)")
    }
    for name in (try answer.first("predefined_roles") ?? "").split(separator: " ") {
      lasting.append(Self.words[String(name)] ?? "use \(name)")
    }
  }

  private static let words = [
    "pg_execute_server_program": "run programs on it",
    "pg_write_server_files": "write its files", "pg_read_server_files": "read its files",
    "pg_signal_backend": "end other sessions", "pg_create_subscription": "connect to other servers",
  ]

  private static let sql = """
    SELECT r.rolname, r.rolsuper, r.rolcreatedb, r.rolcreaterole,
      EXISTS (SELECT FROM pg_catalog.pg_roles AS s
        WHERE s.rolsuper AND pg_catalog.pg_has_role(r.oid, s.oid, 'MEMBER')) AS becomes_superuser,
      EXISTS (SELECT FROM pg_catalog.pg_roles AS s
        WHERE s.rolreplication AND pg_catalog.pg_has_role(r.oid, s.oid, 'MEMBER')) AS replicates,
      (SELECT pg_catalog.string_agg(s.rolname, ' ' ORDER BY s.rolname)
        FROM pg_catalog.pg_roles AS s WHERE pg_catalog.pg_has_role(r.oid, s.oid, 'MEMBER')
        AND s.rolname IN ('pg_execute_server_program', 'pg_write_server_files',
          'pg_read_server_files', 'pg_signal_backend', 'pg_create_subscription'))
        AS predefined_roles,
      (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a
        WHERE a.usesysid = r.oid AND a.pid <> pg_catalog.pg_backend_pid()) AS session_count
    FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user
    """

  /// One line for whoever starts the run.
  public var notice: String {
    let makes = makesRoles ? "databases and roles" : "databases"
    var text = "migrations run on \(server) as \(role), which "
    if isContained {
      text +=
        "may make \(makes) there; whatever else they change outside of their scratch database is "
        + "refused and undone"
    } else {
      text +=
        (isSuperuser ? "is a superuser there" : "has lasting powers there")
        + ": a migration could \(lasting.joined(separator: ", ")), which nothing undoes"
    }
    if !isSuperuser, sessionCount > 0 {
      text +=
        "; \(sessionCount) other \(sessionCount == 1 ? "session" : "sessions") of \(role) could be "
        + "ended by them"
    }
    return text
  }
}
