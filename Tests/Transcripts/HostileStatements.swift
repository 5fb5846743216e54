/// SQL that reaches for what is not its own, as a migration or a query might hold it. `@D` is the
/// folder around the store, where victim.db lies; each runs after `own (x)` was made.
enum HostileStatements {
  static let all = attaching + vacuuming + pragmas + functions + schemas + modules + others

  static let attaching = [
    "ATTACH '@D/new.db' AS o",
    "ATTACH '@D/new.db' AS o; CREATE TABLE o.t (x); INSERT INTO o.t VALUES (1)",
    "ATTACH'@D/victim.db'AS o; DELETE FROM o.v",
    "ATTACH/**/DATABASE/**/'@D/victim.db'/**/AS/**/o; DROP TABLE o.v",
    "-- a word\n  attach \"@D/victim.db\" as o; UPDATE o.v SET x = 1",
    "AtTaCh ('@D/' || 'victim.db') AS o; INSERT INTO o.v VALUES (1)",
    "ATTACH (SELECT '@D/victim.db') AS o",
    "ATTACH 'file:@D/victim.db?mode=rw' AS o; DELETE FROM o.v",
    "ATTACH 'file:@D/new.db?mode=rwc&vfs=unix-none' AS o; CREATE TABLE o.t (x)",
    "ATTACH '@D/victim.db' AS o KEY 'k'",
    "ATTACH '@D/victim.db' AS o; CREATE TABLE a AS SELECT * FROM o.v",
    "ATTACH 'relative.db' AS o; CREATE TABLE o.t (x)",
    "ATTACH '' AS o",
    "ATTACH ':memory:' AS o",
    "ATTACH NULL AS o",
    "EXPLAIN ATTACH '@D/new.db' AS o",
    "BEGIN; ATTACH '@D/new.db' AS o; COMMIT",
    "SELECT ';'; ATTACH '@D/new.db' AS o; CREATE TABLE o.t (x)",
    "SELECT 1 /* ; */ ; /* ; */ ATTACH '@D/new.db' AS o",
    "DETACH main",
  ]

  static let vacuuming = [
    "VACUUM INTO '@D/dump.db'",
    "VACUUM/**/INTO'@D/f'",
    "vacuum \"main\" into ('@D/' || 'dump.db')",
    "VACUUM INTO 'file:@D/f?mode=rwc'",
    "VACUUM INTO 'relative.db'",
    "VACUUM INTO printf('%s/%s', '@D', 'f')",
    "VACUUM INTO ''",
    "VACUUM",
  ]

  static let pragmas = [
    "PRAGMA temp_store_directory = '@D'",
    "pragma/**/\"temp_store_directory\"('@D')",
    "PRAGMA main.temp_store_directory = '@D'",
    "PRAGMA data_store_directory = '@D'",
    "PRAGMA lock_proxy_file = '@D/lock'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'junk'",
    "PRAGMA main.writable_schema(1)",
    "PRAGMA writable_schema = 'yes'; UPDATE sqlite_schema SET rootpage = 1",
    "PRAGMA writable_schema = OFF",
    "PRAGMA schema_version = 1",
    "PRAGMA hard_heap_limit = 1",
    "PRAGMA soft_heap_limit = 1",
    "PRAGMA journal_mode = OFF; BEGIN; INSERT INTO own VALUES (1); ROLLBACK",
    "PRAGMA journal_mode = WAL; INSERT INTO own VALUES (1)",
    "PRAGMA locking_mode = EXCLUSIVE; INSERT INTO own VALUES (1)",
    "PRAGMA mmap_size = 268435456",
    "PRAGMA trusted_schema = ON; PRAGMA cell_size_check = OFF",
    "PRAGMA nonsense = '@D/f'",
    "PRAGMA key = 'secret'; PRAGMA rekey = 'secret'",
    "PRAGMA activate_extensions = 'see'",
    "SELECT * FROM pragma_temp_store_directory('@D')",
    "SELECT * FROM pragma_database_list",
  ]

  static let functions = [
    "SELECT load_extension('@D/evil.so')",
    "SELECT load_extension('@D/evil.so', 'entry')",
    "SELECT \"LOAD_EXTENSION\"/**/('@D/evil')",
    "SELECT fts3_tokenizer('x', x'0011223344556677')",
    "SELECT hex(fts3_tokenizer('simple'))",
    "INSERT INTO own SELECT fts3_tokenizer('porter')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('@D/f', 'x')",
    "SELECT edit('x', 'touch @D/f')",
    "SELECT eval('ATTACH ''@D/new.db'' AS o')",
    "SELECT sqlite_log(1, 'x')",
    "SELECT zeroblob(2000000000)",
    "SELECT length(printf('%.*c', 50000000, 'x'))",
  ]

  static let schemas = [
    "CREATE TRIGGER t AFTER INSERT ON own BEGIN SELECT load_extension('@D/e'); END; "
      + "INSERT INTO own VALUES (1)",
    "CREATE TRIGGER t AFTER INSERT ON own BEGIN DELETE FROM own; END; ATTACH '@D/new.db' AS o",
    "CREATE VIEW w AS SELECT fts3_tokenizer('x', x'00'); SELECT * FROM w",
    "CREATE TABLE a (b DEFAULT (load_extension('@D/e'))); INSERT INTO a DEFAULT VALUES",
    "CREATE TABLE a (b CHECK (fts3_tokenizer('x', x'00') IS NULL)); INSERT INTO a VALUES (1)",
    "CREATE TABLE a (b, c AS (load_extension('@D/e'))); INSERT INTO a VALUES (1)",
    "CREATE INDEX i ON own (load_extension('@D/e'))",
    "CREATE TEMP TABLE a (x); INSERT INTO a VALUES (1)",
    "INSERT INTO sqlite_schema VALUES ('table', 'a', 'a', 1, 'x')",
    "DELETE FROM sqlite_master",
  ]

  static let modules = [
    "CREATE VIRTUAL TABLE a USING csv(filename='/etc/passwd')",
    "CREATE VIRTUAL TABLE a USING zipfile('@D/f.zip')",
    "CREATE VIRTUAL TABLE a USING sqlite_stmt",
    "SELECT * FROM fsdir('/etc')",
    "UPDATE sqlite_dbpage SET data = zeroblob(4096)",
    "CREATE VIRTUAL TABLE a USING fts4(x, tokenize=fts3_tokenizer '@D/e')",
    "CREATE VIRTUAL TABLE a USING fts5(x); DELETE FROM a_data",
    "CREATE VIRTUAL TABLE a USING fts5(x, content='@D/victim.db'); SELECT * FROM a",
    "CREATE VIRTUAL TABLE a USING rtree(id, l, h); UPDATE a_node SET data = x'00'",
    "CREATE VIRTUAL TABLE a USING dbstat; SELECT * FROM a",
  ]

  static let others = [
    ".shell touch @D/f",
    ".output @D/f\nSELECT 1;",
    ".read /etc/passwd",
    "\\copy own to '@D/f'",
    "COPY own TO PROGRAM 'touch @D/f'",
    "SELECT 1 INTO OUTFILE '@D/f'",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE own",
  ]
}
