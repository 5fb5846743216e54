import Foundation
import SchemaModel

@testable import EnginePostgreSQL

/// What the server lacks on which the tests run, and what scripts have there in its place.
///
/// The suites run on every version that is promised. Not every server has all of contrib, ICU, or what
/// came with a later version.
enum ServerTraits {
  static let version = (try? Shared.connection().majorVersion) ?? 0

  /// Whether the server's log tells what was written.
  static let followsLog = version >= 15 && !lacking.contains("extension pg_walinspect")

  /// Of `needs`: what is not there.
  private static let lacking: Set<String> = {
    guard let server = try? Shared.connection() else { return [] }
    func fails(_ sql: String) -> Bool { (try? server.execute("BEGIN; \(sql); ROLLBACK")) == nil }
    var lacking: Set<String> = []
    let available = (try? server.query("SELECT name FROM pg_available_extensions")) ?? []
    let names = Set(available.compactMap { $0.first ?? nil })
    for name in extensions where !names.contains(name) { lacking.insert("extension \(name)") }
    for (name, sql) in [
      ("ICU", "CREATE COLLATION probe (provider = icu, locale = 'und')"),
      ("libxml", "SELECT xmlparse(document '<a/>')"),
      ("LZ4", "CREATE TABLE probe (a text COMPRESSION lz4)"),
      // Files are there whose own libraries are not.
      ("libpqwalreceiver", "LOAD 'libpqwalreceiver'"),
      ("extension postgres_fdw", "CREATE EXTENSION postgres_fdw"),
    ] where fails(sql) {
      lacking.insert(name)
      _ = try? server.execute("ROLLBACK")
    }
    for major in 14...18 where version < major { lacking.insert("version \(major)") }
    return lacking
  }()

  private static let extensions = [
    "bloom", "btree_gist", "citext", "dblink", "file_fdw", "hstore", "pg_stat_statements",
    "pg_trgm",
    "pg_walinspect", "postgres_fdw", "unaccent", "uuid-ossp",
  ]

  /// Words of a script, in small letters, and what they need.
  private static let needs: [(words: String, need: String)] =
    extensions.flatMap { name in
      ["", "if not exists "].flatMap { words in
        [name, "\"\(name)\""].map { ("create extension \(words)\($0)", "extension \(name)") }
      }
    } + [
      ("drop extension hstore", "extension hstore"), ("provider=icu", "ICU"),
      ("provider = icu", "ICU"), ("-x-icu", "ICU"), (" xml", "libxml"),
      ("lz4", "LZ4"), ("create subscription", "libpqwalreceiver"),
      // Before 15 pg_dump says of public only what has changed since initdb, and of another public
      // nothing.
      ("drop schema public;\ncreate schema public;", "version 15"),
      ("nulls not distinct", "version 15"), ("security_invoker", "version 15"),
      ("unlogged sequence", "version 15"), ("on delete set null (", "version 15"),
      ("on delete set default (", "version 15"), ("for tables in schema", "version 15"),
    ]

  /// What stands in the place of a text of the long histories, where the server lacks what it needs:
  /// all the rest of them is tried nevertheless.
  private static let standIns: [(need: String, text: String, other: String)] = [
    ("extension hstore", "create extension hstore;\n", ""),
    ("extension hstore", "comment on extension hstore is 'changed';\n", ""),
    ("extension pg_trgm", "create extension pg_trgm;\n", ""),
    ("extension pg_trgm", "gin (st gin_trgm_ops)", "gin (to_tsvector('simple', st))"),
    ("extension citext", "create extension citext;\n", ""),
    ("extension citext", "c2 citext", "c2 text"),
    ("extension btree_gist", "create extension btree_gist;", "select 1;"),
    ("extension btree_gist", "exclude using gist (a_id with =, id2 with <>), ", ""),
    ("ICU", "(provider=icu, locale='und', deterministic=false)", "(provider=libc, locale='C')"),
    ("version 15", "unique nulls not distinct (t)", "unique (t)"),
    ("version 15", "(id, kode, st), app.b where (id > 3)", ", app.b"),
    ("version 15", "for tables in schema app", "for table app.a"),
    ("version 15", "(security_barrier, security_invoker=on)", "(security_barrier)"),
    ("version 15", "for table s.t where (a>1)", "for table s.t"),
  ]

  /// The scripts of a long history as this server takes them.
  static func adapted(_ scripts: [String]) -> [String] {
    scripts.map { script in
      standIns.filter { lacking.contains($0.need) }.reduce(script) {
        $0.replacing($1.text, with: $1.other)
      }
    }.filter { missing(for: $0).isEmpty }
  }

  /// What a script needs and the server lacks.
  static func missing(for script: String) -> Set<String> {
    let text = script.lowercased()
    return Set(needs.filter { text.contains($0.words) }.map(\.need)).intersection(lacking)
  }

  /// Those cases that this server can run.
  static func runnable<Case>(_ cases: [Case], _ script: (Case) -> String) -> [Case] {
    cases.filter { missing(for: script($0)).isEmpty }
  }
}
