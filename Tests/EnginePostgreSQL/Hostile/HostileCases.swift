/// Migrations that reach for what is outside of their database. In their texts `@D` is a folder in
/// which everybody may write, with a file `secret`; `@S` is the server's socket folder; `@N` is
/// another scratch database.
struct HostileCase: Sendable {
  var name: String
  var sql: String

  init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }

  static let all =
    programs + files + settings + databases + connections + roles + outside + code + readers

  static let programs = [
    HostileCase("COPY TO PROGRAM", "COPY a TO PROGRAM 'cat > @D/out'"),
    HostileCase("COPY FROM PROGRAM", "COPY a (x) FROM PROGRAM 'touch @D/out; echo 1'"),
    HostileCase(
      "COPY PROGRAM behind comments", "COPY/**/a/* ; */TO --\n PROGRAM/**/'touch @D/out'"),
    HostileCase(
      "COPY PROGRAM put together in DO",
      "DO $$BEGIN EXECUTE 'CO'||'PY a TO PRO'||'GRAM ''touch @D/out'''; END$$"),
    HostileCase(
      "COPY PROGRAM in a function of its own",
      """
      CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS
      $$BEGIN COPY a TO PROGRAM 'touch @D/out'; END$$; SELECT f()
      """),
    HostileCase("COPY of a query to a program", "COPY (SELECT 1) TO PROGRAM E'\\164ouch @D/out'"),
  ]

  static let files = [
    HostileCase("COPY TO a file", "COPY a TO '@D/out'"),
    HostileCase("COPY FROM a file", "COPY a (x) FROM '@D/secret'"),
    HostileCase(
      "COPY FROM a file, put together",
      "DO $$BEGIN EXECUTE format('COPY a(x) FROM %L', '@D/secret'); END$$"),
    HostileCase("pg_read_file", "INSERT INTO a SELECT 2, pg_read_file('@D/secret')"),
    HostileCase(
      "\"pg_read_file\" quoted", "INSERT INTO a SELECT 2, pg_catalog.\"pg_read_file\"('@D/secret')"),
    HostileCase(
      "pg_read_binary_file",
      "INSERT INTO a SELECT 2, convert_from(pg_read_binary_file('@D/secret'), 'UTF8')"),
    HostileCase("pg_ls_dir", "INSERT INTO a SELECT 2, string_agg(n, ',') FROM pg_ls_dir('@D') n"),
    HostileCase("pg_stat_file", "INSERT INTO a SELECT 2, 'secret' FROM pg_stat_file('@D/secret')"),
    HostileCase(
      "lo_import", "INSERT INTO a SELECT 2, convert_from(lo_get(lo_import('@D/secret')), 'UTF8')"),
    HostileCase(
      "lo_export",
      "CREATE TABLE o AS SELECT lo_from_bytea(0, 'x') AS o; SELECT lo_export(o, '@D/out') FROM o"),
    HostileCase("CREATE TABLESPACE", "CREATE TABLESPACE t LOCATION '@D'"),
    HostileCase(
      "file_fdw",
      """
      CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
      CREATE FOREIGN TABLE f (x text) SERVER s OPTIONS (filename '@D/secret');
      INSERT INTO a SELECT 2, x FROM f
      """),
    HostileCase(
      "adminpack", "CREATE EXTENSION adminpack; SELECT pg_file_write('@D/out', 'x', false)"),
  ]

  static let settings = [
    HostileCase("ALTER SYSTEM", "ALTER SYSTEM SET work_mem = '1GB'"),
    HostileCase("ALTER/**/SYSTEM RESET ALL", "ALTER/**/SYSTEM RESET ALL"),
    HostileCase("pg_reload_conf", "SELECT pg_reload_conf()"),
    HostileCase("pg_rotate_logfile", "SELECT pg_rotate_logfile()"),
    HostileCase(
      "log files by settings", "SET log_directory = '@D'; SET logging_collector = on"),
    HostileCase(
      "libraries for later sessions",
      """
      DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = ''evil''',
      current_database()); END$$
      """),
    HostileCase("ALTER ROLE ALL SET", "ALTER ROLE ALL SET search_path = evil"),
  ]

  static let databases = [
    HostileCase("CREATE DATABASE", "CREATE DATABASE outside"),
    HostileCase("DROP DATABASE postgres", "DROP DATABASE postgres"),
    HostileCase("DROP DATABASE of a neighbour", "DROP DATABASE @N"),
    HostileCase("DROP DATABASE of a neighbour by force", "DROP DATABASE @N WITH (FORCE)"),
    HostileCase("ALTER DATABASE of a neighbour", "ALTER DATABASE @N SET search_path = evil"),
    HostileCase("ALTER DATABASE template1", "ALTER DATABASE template1 RENAME TO t"),
    HostileCase(
      "CREATE DATABASE after granting itself the right",
      "ALTER ROLE postgres CREATEDB; CREATE DATABASE outside"),
    HostileCase(
      "CREATE DATABASE as a role made for it",
      "CREATE ROLE maker CREATEDB; GRANT maker TO postgres; SET ROLE maker; CREATE DATABASE outside"
    ),
  ]

  static let connections = [
    HostileCase(
      "dblink to its own server",
      "CREATE EXTENSION dblink; SELECT dblink_exec('host=@S user=postgres dbname=@N', 'DROP TABLE victim')"
    ),
    HostileCase(
      "dblink over TCP", "CREATE EXTENSION dblink; SELECT dblink_connect('host=127.0.0.1 port=@P')"),
    HostileCase(
      "postgres_fdw over TCP",
      """
      CREATE EXTENSION postgres_fdw;
      CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '@P');
      CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (user 'u', password 'p');
      CREATE FOREIGN TABLE f (x text) SERVER s; INSERT INTO a SELECT 2, x FROM f
      """),
    HostileCase(
      "CREATE SUBSCRIPTION",
      "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=@P' PUBLICATION p"),
  ]

  static let roles = [
    HostileCase("CREATE ROLE SUPERUSER", "CREATE ROLE evil SUPERUSER LOGIN"),
    HostileCase("ALTER ROLE SUPERUSER of itself", "ALTER ROLE postgres SUPERUSER"),
    HostileCase("ALTER ROLE of Strata's superuser", "ALTER ROLE strata_superuser PASSWORD 'x'"),
    HostileCase(
      "SET ROLE to the superuser", "SET ROLE strata_superuser; CREATE ROLE evil SUPERUSER"),
    HostileCase(
      "SET SESSION AUTHORIZATION",
      "SET SESSION AUTHORIZATION strata_superuser; CREATE ROLE evil SUPERUSER"),
    HostileCase(
      "GRANT of the superuser", "GRANT strata_superuser TO postgres; SET ROLE strata_superuser"),
    HostileCase(
      "GRANT pg_execute_server_program",
      "GRANT pg_execute_server_program TO postgres; COPY a TO PROGRAM 'touch @D/out'"),
    HostileCase(
      "GRANT pg_write_server_files to a role made for it",
      """
      CREATE ROLE x; GRANT x TO postgres; GRANT pg_write_server_files TO x; SET ROLE x;
      COPY (SELECT 1) TO '@D/out'
      """),
    HostileCase(
      "GRANT pg_read_server_files, in DO",
      """
      DO $$BEGIN EXECUTE 'GRANT pg_read_server_files TO '||quote_ident(current_user);
      EXECUTE 'COPY a(x) FROM ''@D/secret'''; END$$
      """),
    HostileCase(
      "GRANT pg_signal_backend",
      """
      GRANT pg_signal_backend TO postgres;
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user
      """),
    HostileCase(
      "GRANT of Strata's reader", "GRANT strata_reader TO postgres; SET ROLE strata_reader"),
    HostileCase("DROP ROLE of Strata's reader", "DROP ROLE strata_reader"),
    HostileCase(
      "ending other sessions",
      """
      DO $$BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND usename LIKE 'strata%'; END$$
      """),
    HostileCase(
      "reading passwords", "INSERT INTO a SELECT 2, string_agg(rolpassword, ',') FROM pg_authid"),
    HostileCase(
      "writing the catalog", "UPDATE pg_authid SET rolsuper = true WHERE rolname = 'postgres'"),
    HostileCase(
      "writing the catalog by allow_system_table_mods",
      "SET allow_system_table_mods = on; UPDATE pg_authid SET rolsuper = true"),
  ]

  static let outside = [
    HostileCase("LOAD", "LOAD '@D/evil.so'"),
    HostileCase(
      "a function in C",
      "CREATE FUNCTION sys(cstring) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'"),
    HostileCase(
      "an internal function under another name",
      "CREATE FUNCTION f(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'"),
    HostileCase("plpython3u", "CREATE EXTENSION plpython3u"),
    HostileCase("plperlu", "CREATE LANGUAGE plperlu"),
    HostileCase(
      "plpython3u trusted by a migration",
      "UPDATE pg_language SET lanpltrusted = true; CREATE EXTENSION plpython3u"),
  ]
}
