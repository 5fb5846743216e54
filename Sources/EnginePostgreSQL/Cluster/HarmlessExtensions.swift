internal import SchemaModel

/// What extensions may be created by whoever owns a database: those that managed services offer, and
/// that reach no file, no program and no other server.
enum HarmlessExtensions {
  static let names: Set<String> = contributed.union(others)

  private static let contributed: Set<String> = [
    "amcheck", "autoinc", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dict_int",
    "dict_xsyn", "earthdistance", "fuzzystrmatch", "hstore", "insert_username", "intagg",
    "intarray",
    "isn", "jsonb_plperl", "bool_plperl", "lo", "ltree", "moddatetime", "old_snapshot",
    "pageinspect", "pg_buffercache", "pg_freespacemap", "pg_prewarm", "pg_stat_statements",
    "pg_trgm", "pg_visibility", "pgcrypto", "pgrowlocks", "pgstattuple", "plperl", "plpgsql",
    "pltcl", "refint", "seg", "sslinfo", "tablefunc", "tcn", "tsm_system_rows", "tsm_system_time",
    "unaccent", "uuid-ossp", "xml2",
  ]

  private static let others: Set<String> = [
    "address_standardizer", "address_standardizer_data_us", "age", "h3", "h3_postgis", "hll",
    "hypopg", "ip4r", "periods", "pg_bigm", "pg_graphql", "pg_hashids", "pg_hint_plan", "pg_ivm",
    "pg_jsonschema", "pg_partman", "pg_repack", "pg_similarity", "pg_uuidv7", "pgaudit", "pgjwt",
    "pgmq", "pgrouting", "pgtap", "plv8", "postgis", "postgis_raster", "postgis_sfcgal",
    "postgis_tiger_geocoder", "postgis_topology", "prefix", "q3c", "rum", "semver",
    "temporal_tables", "timescaledb", "unit", "vchord", "vector", "vectorscale",
  ]

  /// Why an extension is for superusers alone.
  static func reason(_ name: String) -> String {
    switch name {
    case "dblink", "postgres_fdw", "http", "pg_net", "citus", "pglogical":
      "the extension \(name) connects to other servers"
    case "file_fdw", "adminpack", "orafce":
      "the extension \(name) reads or writes the server's files"
    case _ where name.hasPrefix("pl") && (name.hasSuffix("u") || name == "plsh"):
      "the language \(name) reaches files, programs and networks"
    case _ where name.hasSuffix("_fdw"): "the extension \(name) reaches beyond the database"
    default: "Strata does not know that the extension \(name) stays inside the database"
    }
  }
}
