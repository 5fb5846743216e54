internal import SchemaModel

/// Which server it was that lacks something.
public struct ServerBuild: Hashable, Sendable, CustomStringConvertible {
  /// The major version.
  public var version: Int
  /// Where its programs are; nil where it is somebody else's.
  public var folder: String?

  /// Whether the system's packages are for it.
  var isPackaged: Bool {
    folder.map { $0.hasPrefix("/usr/lib/postgresql/") || $0.hasPrefix("/usr/pgsql-") } ?? true
  }

  public var description: String {
    "PostgreSQL \(version)" + (isPackaged ? "" : " (\(folder ?? ""))")
  }
}

/// Where an extension that is not installed comes from.
enum PostgreSQLPackages {
  static let otherServer =
    "let STRATA_PG_BIN name the programs of one that has it, as those of Debian, Fedora and "
    + "apt.postgresql.org do, or name a server that has it with --scratch"

  static func advice(extension name: String, _ server: ServerBuild) -> String {
    if !server.isPackaged { return otherServer }
    let version = server.version
    if contributed.contains(name) {
      return "it comes with PostgreSQL's own extras (Debian and Ubuntu: apt install "
        + "postgresql-\(version); Fedora: postgresql-contrib)"
    }
    if let package = packages[name] {
      return "Debian and Ubuntu, with apt.postgresql.org where need be: apt install "
        + "postgresql-\(version)-\(package)"
    }
    return "install the package that has it, or name a server that has it with --scratch"
  }

  private static let contributed: Set<String> = [
    "adminpack", "amcheck", "autoinc", "bloom", "bool_plperl", "btree_gin", "btree_gist", "citext",
    "cube", "dblink", "dict_int", "dict_xsyn", "earthdistance", "file_fdw", "fuzzystrmatch",
    "hstore", "insert_username", "intagg", "intarray", "isn", "lo", "ltree", "moddatetime",
    "old_snapshot", "pageinspect", "pg_buffercache", "pg_freespacemap", "pg_prewarm",
    "pg_stat_statements", "pg_surgery", "pg_trgm", "pg_visibility", "pg_walinspect", "pgcrypto",
    "pgrowlocks", "pgstattuple", "postgres_fdw", "refint", "seg", "sslinfo", "tablefunc", "tcn",
    "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "xml2",
  ]

  private static let packages: [String: String] = [
    "vector": "pgvector", "postgis": "postgis-3", "postgis_topology": "postgis-3",
    "postgis_raster": "postgis-3", "postgis_tiger_geocoder": "postgis-3", "pg_cron": "cron",
    "pg_partman": "partman", "hypopg": "hypopg", "pgaudit": "pgaudit", "pgtap": "pgtap",
    "pgrouting": "pgrouting", "h3": "h3", "ip4r": "ip4r", "hll": "hll", "rum": "rum",
    "semver": "semver", "pg_hint_plan": "pg-hint-plan", "pglogical": "pglogical", "age": "age",
    "pgmq": "pgmq", "pg_repack": "repack", "prefix": "prefix", "periods": "periods",
    "temporal_tables": "temporal-tables", "timescaledb": "timescaledb",
  ]
}
