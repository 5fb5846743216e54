import EnginePostgreSQL
import Foundation
import SchemaModel

/// What a migration may try on a server of the user's.
struct ServerAttempt: Sendable {
  var name: String
  var script: String
  /// Left out for a superuser, whom nothing but --trust-migrations lets in.
  var isLasting = false

  static func dynamic(_ sql: String) -> String { "DO $m$ BEGIN EXECUTE $q$\(sql)$q$; END $m$" }

  static let all: [ServerAttempt] = catalogs + hidden + lasting

  private static let catalogs: [ServerAttempt] = [
    "CREATE ROLE made", "CREATE ROLE made; COMMENT ON ROLE made IS 'mine'",
    "CREATE ROLE made; ALTER ROLE made SET work_mem = 64",
    "CREATE ROLE made; DROP ROLE made", "CREATE ROLE made; GRANT app TO made",
    "CREATE ROLE made; GRANT made TO CURRENT_USER", "CREATE ROLE made; GRANT made TO app",
    "CREATE ROLE made ROLE app", "ALTER ROLE app SET work_mem = 64", "ALTER ROLE app RESET ALL",
    "ALTER ROLE ALL SET work_mem = 64", "ALTER ROLE ALL RESET ALL",
    "ALTER ROLE CURRENT_USER SET work_mem = 64", "ALTER ROLE app NOLOGIN",
    "ALTER ROLE CURRENT_USER PASSWORD 'x'", "ALTER ROLE app RENAME TO app2", "DROP ROLE app",
    "DROP ROLE lonely", "GRANT app TO CURRENT_USER", "REVOKE app FROM other",
    "COMMENT ON ROLE app IS 'other'",
    "COMMENT ON ROLE app IS NULL", "ALTER DATABASE theirs SET work_mem = 64",
    "ALTER DATABASE theirs OWNER TO CURRENT_USER", "ALTER DATABASE theirs RENAME TO ours",
    "COMMENT ON DATABASE theirs IS 'x'", "GRANT CONNECT ON DATABASE theirs TO app",
    "REVOKE CONNECT ON DATABASE theirs FROM PUBLIC", "DROP OWNED BY other",
    "REASSIGN OWNED BY other TO CURRENT_USER", "GRANT SET ON PARAMETER work_mem TO app",
    "REVOKE SET ON PARAMETER log_statement FROM app",
    "ALTER TABLESPACE pg_default SET (seq_page_cost = 2)",
    "GRANT CREATE ON TABLESPACE pg_default TO app",
    "SELECT pg_replication_origin_create('theirs')",
  ].map { ServerAttempt(name: $0, script: dynamicEach($0)) }

  /// Each statement by EXECUTE, in which no reader of words finds it.
  private static func dynamicEach(_ script: String) -> String {
    script.split(separator: "; ").map { dynamic(String($0)) }.joined(separator: ";\n")
  }

  private static let role = """
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
      EXECUTE 'ALTER ROLE app SET work_mem = 64'; RETURN NULL; END $f$;
    CREATE TABLE t (x int);
    """

  private static let hidden: [ServerAttempt] = [
    ServerAttempt(
      name: "a deferred trigger that does ALTER ROLE app SET",
      script: role + """
        CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION f();
        INSERT INTO t VALUES (1);
        """),
    ServerAttempt(
      name: "a cursor WITH HOLD whose function makes a role",
      script: """
        CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN
          EXECUTE 'CREATE ROLE made'; RETURN 1; END $f$;
        DECLARE c CURSOR WITH HOLD FOR SELECT g();
        """),
    ServerAttempt(
      name: "ALTER/**/ROLE \"app\" between SAVEPOINT and RELEASE",
      script: "SAVEPOINT s; ALTER/**/ROLE \"app\" SET work_mem = 64; RELEASE s;"),
    ServerAttempt(
      name: "BEGIN; ALTER USER app SET ...; COMMIT; of the script's own",
      script: "BEGIN; ALTER/* */USER app SET work_mem = 64; COMMIT; SELECT 1;"),
    ServerAttempt(
      name: "CREATE INDEX CONCURRENTLY, then ALTER ROLE app SET",
      script: "CREATE TABLE t (x int); CREATE INDEX CONCURRENTLY ON t (x);"
        + dynamic("ALTER ROLE app SET work_mem = 64")),
    ServerAttempt(
      name: "a procedure that commits, then makes a role",
      script: """
        CREATE PROCEDURE p() LANGUAGE plpgsql AS $f$ BEGIN
          COMMIT; EXECUTE 'CREATE ROLE made'; END $f$;
        CALL p();
        """),
    ServerAttempt(
      name: "DO with a COMMIT behind ALTER ROLE CURRENT_USER SET",
      script: "DO $m$ BEGIN ALTER ROLE CURRENT_USER SET work_mem = 64; COMMIT; END $m$"),
    ServerAttempt(
      name: "SET ROLE, search_path and operators of the migration's own",
      script: """
        CREATE SCHEMA evil; CREATE FUNCTION evil.no(oid, oid) RETURNS bool LANGUAGE sql
          AS 'SELECT false';
        CREATE OPERATOR evil.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = evil.no);
        CREATE TEMP TABLE pg_db_role_setting (x int);
        SET search_path = evil, pg_temp, pg_catalog;
        """ + dynamic("ALTER ROLE CURRENT_USER SET work_mem = 64")),
    ServerAttempt(
      name: "a string that ends where only the server thinks so, with COMMIT in it",
      script: """
        SET standard_conforming_strings = off;
        SELECT set_config('standard_conforming_strings', 'on', false);
        SELECT 'a\\'; COMMIT; ALTER ROLE CURRENT_USER SET work_mem = 64; --';
        """),
    ServerAttempt(
      name: "ALTER DATABASE of the scratch IS_TEMPLATE",
      script: """
        DO $m$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database());
        END $m$
        """),
    ServerAttempt(name: "CREATE/**/DATABASE ours", script: "CREATE/**/DATABASE ours"),
    ServerAttempt(
      name: "PREPARE TRANSACTION behind ALTER ROLE app SET",
      script: "BEGIN; ALTER/**/ROLE app SET work_mem = 64; PREPARE TRANSACTION 'p';"
        + "COMMIT PREPARED 'p';"),
  ]

  private static let lasting: [ServerAttempt] = [
    "COPY (SELECT 1) TO PROGRAM 'touch @/ran'", "COPY (SELECT 1) TO '@/ran'",
    "COPY lines FROM '/etc/passwd'", "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_export(lo_from_bytea(0, 'x'), '@/ran')",
    "SELECT pg_create_physical_replication_slot('theirs', true)",
    "SELECT pg_create_logical_replication_slot('theirs', 'test_decoding')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'theirs'",
    "SELECT pg_reload_conf()", "CREATE EXTENSION dblink", "ALTER SYSTEM SET work_mem = 64",
    "SELECT pg_file_write('@/ran', 'x', false)",
  ].map {
    ServerAttempt(
      name: $0.replacingOccurrences(of: "@", with: "DIR"),
      script: $0.contains("lines") ? "CREATE TABLE lines (x text);" + dynamic($0) : dynamic($0),
      isLasting: true)
  }
}

/// A server of somebody's, with roles and a database that are none of Strata's.
final class ServerBed {
  let cluster: PostgreSQLCluster
  let folder: String
  let server: PostgreSQLConnection
  private let session: PostgreSQLConnection

  init() throws {
    cluster = try PostgreSQLCluster()
    // The server's user writes there where it can.
    folder = "/tmp/strata-matrix-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    chmod(folder, 0o777)
    server = try PostgreSQLConnection(cluster.location)
    try server.execute(
      """
      CREATE ROLE app LOGIN; CREATE ROLE other; GRANT app TO other;
      CREATE ROLE lonely;
      ALTER ROLE app SET work_mem = 128; COMMENT ON ROLE app IS 'theirs';
      ALTER ROLE ALL SET log_lock_waits = on; GRANT SET ON PARAMETER log_statement TO app;
      CREATE ROLE plain LOGIN CREATEDB; CREATE ROLE maker LOGIN CREATEDB CREATEROLE;
      """)
    try server.execute("CREATE DATABASE theirs OWNER other")
    var location = cluster.location
    location.parameters["application_name"] = "theirs"
    session = try PostgreSQLConnection(location)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func location(of role: String) -> PostgreSQLLocation {
    var location = cluster.location
    location.parameters["user"] = role
    return location
  }

  /// Everything that the databases of the server share, and what a program could have left.
  func state() throws -> [String] {
    let rows = try server.query(
      """
      SELECT 'role ' || to_jsonb(a)::text FROM pg_authid AS a
      UNION ALL SELECT concat_ws(' ', 'member', roleid, member, admin_option) FROM pg_auth_members
      UNION ALL SELECT concat_ws(' ', 'setting', setdatabase, setrole, setconfig)
        FROM pg_db_role_setting
      UNION ALL SELECT concat_ws(' ', 'database', datname, datdba, datacl, datistemplate)
        FROM pg_database
      UNION ALL SELECT concat_ws(' ', 'tablespace', spcname, spcowner, spcacl, spcoptions)
        FROM pg_tablespace
      UNION ALL SELECT concat_ws(' ', 'comment', objoid, description) FROM pg_shdescription
      UNION ALL SELECT concat_ws(' ', 'label', objoid, label) FROM pg_shseclabel
      UNION ALL SELECT concat_ws(' ', 'parameter', parname, paracl) FROM pg_parameter_acl
      UNION ALL SELECT concat_ws(' ', 'origin', roname) FROM pg_replication_origin
      UNION ALL SELECT concat_ws(' ', 'slot', slot_name) FROM pg_replication_slots
      UNION ALL SELECT concat_ws(' ', 'prepared', gid) FROM pg_prepared_xacts
      UNION ALL SELECT concat_ws(' ', 'file', name, setting) FROM pg_file_settings
      UNION ALL SELECT concat_ws(' ', 'loaded', pg_conf_load_time())
      ORDER BY 1
      """)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let isThere = (try? session.query("SELECT 1")) != nil
    return rows.compactMap { $0.first ?? nil } + files.map { "wrote \($0)" }
      + (isThere ? [] : ["a session was ended"])
  }

  /// What became of an attempt, in a few words.
  func outcome(of attempt: ServerAttempt, as role: String, trusts: Bool) -> String {
    let engine = PostgreSQLEngine(
      source: .url(location(of: role).url), trustsMigrations: trusts)
    do {
      let scratch = try engine.makeScratch()
      defer { scratch.discard() }
      _ = try scratch.run(
        script: attempt.script.replacingOccurrences(of: "@", with: folder))
      return "ran"
    } catch PostgreSQLEngineError.refusedOnServer {
      return "undone by Strata"
    } catch PostgreSQLEngineError.mayDoLastingHarm {
      return "not let in"
    } catch {
      return "refused by PostgreSQL"
    }
  }
}
