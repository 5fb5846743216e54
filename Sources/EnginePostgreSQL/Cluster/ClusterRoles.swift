internal import SchemaModel
internal import DialectPostgreSQL

/// Who is who in a cluster of our own, and what keeps them apart: roles, privileges and the server's
/// own settings, not the words of a migration.
///
/// Migrations are the role `postgres`, as histories often name it; as on managed services it is no
/// superuser. The superuser is Strata's alone and has a password that no migration can read. What a
/// capture reads is read as a third role that may read everything and is no superuser either: a
/// query may call functions of the migration's (of an index, of a check), with the reader's rights.
enum ClusterRoles {
  static let superuser = PostgreSQL.CatalogQuery.temporarySuperuser
  static let migrations = PostgreSQL.CatalogQuery.temporaryOwner
  static let reader = "strata_reader"

  /// Roles that are there before any migration.
  static func isBuiltIn(_ role: String) -> Bool {
    [superuser, migrations, reader].contains(role) || role.hasPrefix("pg_")
  }

  /// The lines of pg_hba.conf; a database's replication is nobody's.
  static let authentication = ["local all \(superuser) scram-sha-256", "local all all trust"]
  static let authenticationOfSuperuser = "local all \(superuser) scram-sha-256"

  /// What a session has before its first statement, whatever a migration set for its database: a
  /// name, or an operator, that a migration made must not be found in the place of the server's own.
  static func options(version: Int) -> String {
    var settings = ["search_path=pg_catalog", "role=none", "row_security=off"]
    if version >= 17 { settings.append("event_triggers=off") }
    return settings.map { "-c \($0)" }.joined(separator: " ")
  }

  /// Settings that only superusers may change, and that managed services let their users change.
  private static let grantedSettings = [
    "session_replication_role", "deadlock_timeout", "lc_messages", "log_duration",
    "log_error_verbosity", "log_lock_waits", "log_min_duration_statement",
    "log_min_error_statement",
    "log_min_messages", "log_statement", "log_temp_files", "temp_file_limit", "track_activities",
    "track_counts", "track_functions", "track_io_timing",
  ]

  /// What a server that runs programs, reads files and ends sessions asks for. Up to version 15
  /// whoever may make roles may grant these too, unless they count as superusers; nobody can log in
  /// as one, and their members get nothing of it.
  private static let reachingRoles = [
    "pg_execute_server_program", "pg_read_server_files", "pg_write_server_files",
    "pg_signal_backend", "pg_create_subscription", "pg_use_reserved_connections",
    "pg_signal_autovacuum_worker",
  ]

  /// One line each, for the server's single-user mode: first those for the whole cluster.
  static func setup(version: Int) -> [String] {
    let roles = reachingRoles.map { PostgreSQL.literal($0) }.joined(separator: ", ")
    var lines = [
      "CREATE ROLE \(migrations) LOGIN CREATEROLE",
      "UPDATE pg_authid SET rolsuper = true WHERE rolname IN (\(roles))",
      // With all that it is made of: from 16 on one may hand on only what one was given so.
      "GRANT pg_monitor, pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables "
        + "TO \(migrations) WITH ADMIN OPTION",
      // A copy of these two can be asked for only by who owns them.
      "UPDATE pg_database SET datistemplate = false",
      "REVOKE ALL ON DATABASE postgres, template0, template1 FROM PUBLIC",
      // An error that is caught would end this mode all the same.
      "DO $$ BEGIN IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_walinspect') "
        + "THEN CREATE EXTENSION pg_walinspect; END IF; END $$",
      "CREATE ROLE \(reader) LOGIN BYPASSRLS",
      // As a member of the migrations' role it cannot be granted to it, nor to what that is granted
      // to; and what has a privilege elsewhere cannot be dropped.
      "GRANT \(migrations), pg_read_all_data, pg_monitor TO \(reader)",
      "GRANT CONNECT ON DATABASE postgres TO \(reader)",
    ]
    if version >= 15 {
      lines += [
        "GRANT SET ON PARAMETER \(grantedSettings.joined(separator: ", ")) TO \(migrations)",
        "GRANT SET ON PARAMETER track_counts TO \(reader)",
      ]
    }
    if version >= 17 { lines.append("GRANT SET ON PARAMETER event_triggers TO \(reader)") }
    return lines
  }

  /// Of each database that others are copies of: what is there from the beginning is the migrations'
  /// role's, as in any database that such a role runs a dump in.
  static func setupOfTemplate(version: Int) -> [String] {
    var lines = [
      "UPDATE pg_extension SET extowner = '\(migrations)'::regrole WHERE extname = 'plpgsql'"
    ]
    if version < 15 {
      lines += [
        "ALTER SCHEMA public OWNER TO \(migrations)",
        // Or pg_dump tells it of every database.
        "UPDATE pg_init_privs SET initprivs = n.nspacl FROM pg_namespace n WHERE n.oid = objoid "
          + "AND classoid = 'pg_namespace'::regclass AND n.nspname = 'public'",
      ]
    }
    return lines
  }

  /// Makes the roles what they were, whatever a migration changed in them.
  static let renewal: String = {
    [migrations, reader].flatMap { role in
      [
        "ALTER ROLE \(role) RESET ALL",
        "ALTER ROLE \(role) LOGIN INHERIT NOCREATEDB CONNECTION LIMIT -1 VALID UNTIL 'infinity'",
      ]
    }.joined(separator: "; ") + "; ALTER ROLE \(migrations) CREATEROLE"
  }()

  /// Makes a cluster what a server is that somebody set up: the migrations' role is a superuser.
  static let opening = [
    "ALTER ROLE \(migrations) SUPERUSER CREATEDB REPLICATION BYPASSRLS",
    "UPDATE pg_database SET datistemplate = true WHERE datname IN ('template0', 'template1')",
    "GRANT CONNECT ON DATABASE postgres, template0, template1 TO PUBLIC",
    "GRANT TEMPORARY ON DATABASE postgres TO PUBLIC",
  ]
}
