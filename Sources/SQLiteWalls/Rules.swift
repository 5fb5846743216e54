/// What a connection's SQL may do, action by action; nil where it may.
///
/// Pragmas and modules are let through by name: one that this SQLite knows and this list does not is
/// refused, since nobody has looked at what it reaches.
struct Rules: Sendable {
  enum Kind: Sendable { case migration, query }

  var kind: Kind

  /// Pragmas that reach no further than the connection and its database.
  private static let pragmas: Set<String> = [
    "analysis_limit", "application_id", "auto_vacuum", "automatic_index", "busy_timeout",
    "cache_size", "cache_spill", "case_sensitive_like", "cell_size_check", "checkpoint_fullfsync",
    "collation_list", "compile_options", "count_changes", "data_version", "database_list",
    "default_cache_size", "defer_foreign_keys", "empty_result_callbacks", "encoding",
    "foreign_key_check", "foreign_key_list", "foreign_keys", "freelist_count",
    "full_column_names", "fullfsync", "function_list", "ignore_check_constraints",
    "incremental_vacuum", "index_info", "index_list", "index_xinfo", "integrity_check",
    "journal_mode", "journal_size_limit", "legacy_alter_table", "legacy_file_format",
    "locking_mode", "max_page_count", "mmap_size", "module_list", "optimize", "page_count",
    "page_size", "pragma_list", "query_only", "quick_check", "read_uncommitted",
    "recursive_triggers", "reverse_unordered_selects", "secure_delete", "short_column_names",
    "shrink_memory", "stats", "synchronous", "table_info", "table_list", "table_xinfo",
    "temp_store", "threads", "trusted_schema", "user_version", "wal_autocheckpoint",
    "wal_checkpoint",
  ]

  /// Pragmas that may be read, and what setting them does.
  private static let readOnlyPragmas: [String: String] = [
    "hard_heap_limit": "limits the memory of the whole process",
    "schema_version": "can make SQLite misread its own schema",
    "soft_heap_limit": "limits the memory of the whole process",
  ]

  /// Pragmas whose argument names what to read.
  private static let readingPragmas: Set<String> = [
    "foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo",
    "integrity_check", "quick_check", "table_info", "table_list", "table_xinfo",
  ]

  /// Pragmas that do something without an argument.
  private static let actingPragmas: Set<String> = [
    "incremental_vacuum", "optimize", "shrink_memory", "wal_checkpoint",
  ]

  func refusalOfPragma(_ spelled: String, _ value: String?) -> Refusal? {
    let name = spelled.lowercased()
    let found = "PRAGMA \(name)" + (value.map { " = \($0)" } ?? "")
    if name == "writable_schema" {
      let isOff = ["0", "off", "false", "no", "reset"].contains((value ?? "off").lowercased())
      if isOff, kind == .migration || value == nil { return nil }
      return Refusal(found: found, effect: "lets the schema be overwritten behind SQLite's back")
    }
    if let effect = Self.readOnlyPragmas[name] {
      return value == nil ? nil : Refusal(found: found, effect: effect)
    }
    guard Self.pragmas.contains(name) else {
      // To SQLite a name that it does not know is no error, and does nothing.
      guard SQLLibrary.current.pragmas.contains(name) || name.hasSuffix("_directory") else {
        return nil
      }
      return Refusal(found: found, effect: "reaches beyond the database")
    }
    guard kind == .query else { return nil }
    let isReading =
      value == nil
      ? !Self.actingPragmas.contains(name) : Self.readingPragmas.contains(name)
    let effect = value == nil ? "acts on the database" : "changes a setting"
    return isReading ? nil : Refusal(found: found, effect: effect)
  }

  /// Functions of SQLite's shell and of extensions that some builds hold, and those that SQLite
  /// itself keeps out of schemas.
  static let functions: Set<String> = SQLLibrary.current.actingFunctions.union([
    "edit", "eval", "fts3_tokenizer", "load_extension", "lsmode", "readfile", "writefile",
    "zipfile",
  ])

  static func refusal(ofFunction name: String) -> Refusal {
    Refusal(
      found: "\(name.lowercased())()",
      effect: "reaches files, other programs or memory outside the database")
  }

  private static let modules: Set<String> = [
    "dbstat", "fts3", "fts3tokenize", "fts4", "fts4aux", "fts5", "fts5vocab", "geopoly", "rtree",
    "rtree_i32",
  ]

  func refusalOfModule(_ spelled: String) -> Refusal? {
    let name = spelled.lowercased()
    // What SQLite does not know it refuses itself, with better words.
    guard !Self.modules.contains(name), SQLLibrary.current.modules.contains(name) else {
      return nil
    }
    return Refusal(
      found: "a virtual table of the module \(name)",
      effect: "is not known to stay inside the database")
  }

  /// Tables that are windows on files, in builds that hold them.
  static let outerTables = SQLLibrary.current.modules
    .intersection(["csv", "fsdir", "lsdir", "vsv", "zipfile"])
  static let pageTables: Set<String> = ["sqlite_dbpage"]

  static func refusal(ofTable name: String) -> Refusal {
    Refusal(found: "the table \(name)", effect: "reaches other files")
  }

  static func refusal(ofWriting name: String) -> Refusal {
    outerTables.contains(name.lowercased())
      ? refusal(ofTable: name)
      : Refusal(found: "a change of \(name)", effect: "overwrites the database's own pages")
  }
}
