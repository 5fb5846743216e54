internal import SchemaModel
internal import DialectPostgreSQL

/// The session that ran what a capture looks for, where it is ours.
struct Writer {
  private let connection: PostgreSQLConnection?

  init(_ connection: PostgreSQLConnection?) { self.connection = connection }

  var pid: Int { connection?.backendPID ?? 0 }

  /// Brings what the session did into the server's counts.
  func flushCounts() throws {
    guard let connection, connection.majorVersion >= 15 else { return }
    _ = try connection.query("SELECT pg_catalog.pg_stat_force_next_flush()")
  }
}

/// A connection that only reads the catalog: its settings and its prepared statements stay what
/// they are, whatever migrations do to the session that runs them.
final class CatalogSession {
  let connection: PostgreSQLConnection
  private var prepared: Set<String> = []
  private var texts: [String: (sql: String, name: String)] = [:]
  private var textCount = 0
  /// By a catalog's name; nil inside for one that is not watched.
  private var placesSQL: [String: String?] = [:]
  /// Prepared statements that nobody will run any more.
  private var forgotten: [String] = []

  /// Whether the server counts written rows; false for good once a script may have changed that.
  var isCounting: Bool

  private let feed: ChangeFeed?
  private let database: String
  /// Whether what this session reads is left out of the server's counts.
  var isUncounted: Bool { feed != nil }

  init(_ location: PostgreSQLLocation, mayCount: Bool, feed: ChangeFeed?) throws {
    connection = try PostgreSQLConnection(location)
    self.feed = feed
    var settings =
      PostgreSQL.CatalogQuery.session + [
        "SET statement_timeout = 0", "SET row_security = off", "SET synchronize_seqscans = off",
        "SET default_transaction_read_only = on", "SET client_min_messages = warning",
        "SET idle_session_timeout = 0",
      ]
    if feed != nil {
      settings += ["SET track_counts = off", "SET stats_fetch_consistency = none"]
    }
    let answers = try connection.answers(
      to: [PostgreSQLQuery(Self.aboutSQL)] + settings.map { PostgreSQLQuery($0) })
    database = try answers[0].first("oid") ?? ""
    isCounting = try mayCount && answers[0].first("track_counts") == "on"
  }

  private static let aboutSQL = """
    SELECT oid, pg_catalog.current_setting('track_counts') AS track_counts \
    FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
    """

  /// Whether the server ended it, as it does for a copy of the database.
  var isLost: Bool { connection.transactionStatus == .unknown }
  var version: Int { connection.majorVersion }

  /// All rows of all queries.
  func everything() throws -> [(query: PostgreSQL.CatalogQuery, answer: PostgreSQL.QueryAnswer)] {
    let queries = PostgreSQL.CatalogQuery.allCases
    // Few objects are found one by one, all of them by reading from end to end: a planner without
    // statistics cannot tell which it will be.
    func joins(_ state: String) -> [PostgreSQLQuery] {
      ["hashjoin", "mergejoin"].map { PostgreSQLQuery("SET enable_\($0) = \(state)") }
    }
    let answers = try connection.answers(
      to: joins("on") + queries.map { PostgreSQLQuery($0.sql(version: version, restricted: false)) }
        + joins("off"))
    return zip(queries, answers.dropFirst(2)).map { (query: $0, answer: $1) }
  }

  /// The rows of these objects; nil for all that a query has.
  ///
  /// Behind them the dependencies of `dependencies`.
  func rows(
    _ wanted: [(query: PostgreSQL.CatalogQuery, oids: Set<UInt32>?)],
    dependencies: Set<PostgreSQL.Identity> = []
  ) throws -> [PostgreSQL.QueryAnswer] {
    let calls = wanted.map { call($0.query, of: $0.oids) }
    return try execute(
      dependencies.isEmpty ? calls : calls + [dependenciesCall(Array(dependencies))])
  }

  func call(_ query: PostgreSQL.CatalogQuery, of oids: Set<UInt32>?) -> Call {
    let sql = query.sql(version: version, restricted: oids != nil)
    guard let oids else { return Call("catalog_\(query)", sql, []) }
    return Call("restricted_\(query)", sql, [Self.list(oids)], "oid[]")
  }

  func dependenciesCall(_ objects: [PostgreSQL.Identity]) -> Call {
    Call(
      "restricted_dependencies", PostgreSQL.CatalogQuery.dependenciesOfObjects,
      [Self.list(objects.map(\.catalog)), Self.list(objects.map(\.oid))], "oid[], oid[]")
  }

  static func list(_ oids: some Sequence<UInt32>) -> String {
    "{\(oids.map { String($0) }.joined(separator: ","))}"
  }

  /// What the server's log says was written since; nil where it does not say.
  func written(since position: inout ChangeFeed.Position?) throws -> ChangeFeed.Written? {
    try feed?.look(at: database, since: &position) { try ChangeFeed.catalogFiles(connection) }
  }

  func marks() throws -> PostgreSQL.QueryAnswer {
    try execute([Call("marks", PostgreSQL.CatalogSignature.marksSQL, [])])[0]
  }

  /// The names of catalogs and the keys of their rows in these places, an answer for each catalog.
  func keys(at places: [String: Set<String>]) throws -> [PostgreSQL.QueryAnswer] {
    var calls: [Call] = []
    for (name, places) in places {
      let known = placesSQL[name]
      let found =
        known ?? .some(PostgreSQL.CatalogSignature.placesSQL(version: version, of: name))
      placesSQL[name] = found
      guard let sql = found ?? nil else { continue }
      let list = "{\"\(places.joined(separator: "\",\""))\"}"
      calls.append(Call("places_\(name)", sql, [list], "tid[]"))
    }
    return try execute(calls)
  }

  /// How many rows were ever written to each catalog; nil where nobody can be sure of that.
  func counters(beside writer: Writer) throws -> [String: String]? {
    guard version >= 15, isCounting else { return nil }
    try writer.flushCounts()
    let sql = PostgreSQL.CatalogSignature.countersSQL(version: version)
    var counters: [String: String] = [:]
    let answer = try execute([Call("counters", sql, [String(writer.pid)], "text")])[0]
    let (catalog, count) = (try answer.place(of: "catalog"), try answer.place(of: "count"))
    for row in answer.rows {
      if let name = row[catalog] { counters[name] = row[count] }
    }
    return counters.removeValue(forKey: "others") == "0" ? counters : nil
  }

  /// `names`: only of these catalogs, an answer for each.
  func signature(since mark: String, of names: Set<String>? = nil) throws -> [PostgreSQL
    .QueryAnswer]
  {
    guard let names else {
      let sql = PostgreSQL.CatalogSignature.sql(version: version)
      return try execute([Call("signature", sql, [mark], "text")])
    }
    return try execute(
      names.sorted().map { name in
        let sql = PostgreSQL.CatalogSignature.sql(version: version, of: [name])
        return Call("signature_\(name)", sql, [mark], "text")
      })
  }

  /// Runs a statement whose text is often the same as the last time, so that it is planned once.
  /// `place` says which of several such statements it is.
  func answer(
    to sql: String, at place: String, parameters: [String] = [], type: String = ""
  ) throws -> PostgreSQL.QueryAnswer {
    try execute([call(sql, at: place, parameters, type)])[0]
  }

  /// The same, to be run with others.
  func call(_ sql: String, at place: String, _ parameters: [String], _ type: String) -> Call {
    let known = texts[place]
    if known?.sql != sql {
      if let known { forgotten.append(known.name) }
      textCount += 1
      texts[place] = (sql, "\(place)_\(textCount)")
    }
    return Call(texts[place]?.name ?? place, sql, parameters, type)
  }

  /// Reads rows of tables.
  ///
  /// The planner puts the text of an SQL function in the place of its call in an index, and finds
  /// the function's names under the reader's search path. Where they are unknown under ours, the
  /// table is read under the database's own, and under one of all schemas.
  func readingTables<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch {
      guard Self.isUnknownName(error) else { throw error }
    }
    defer { _ = try? connection.query("SELECT set_config('search_path', 'pg_catalog', false)") }
    try connection.execute("RESET search_path")
    do {
      return try body()
    } catch {
      guard Self.isUnknownName(error) else { throw error }
    }
    _ = try connection.query(Self.everySchemaSQL)
    return try body()
  }

  /// Of a function, a table, a type, a column, an operator's family, a schema.
  private static func isUnknownName(_ error: any Error) -> Bool {
    guard case PostgreSQLEngineError.failed(let failure) = error else { return false }
    return ["42883", "42P01", "42704", "42703", "3F000"].contains(failure.code)
  }

  private static let everySchemaSQL = """
    SELECT pg_catalog.set_config('search_path', pg_catalog.string_agg( \
    pg_catalog.quote_ident(nspname), ', ' ORDER BY nspname <> 'public', nspname), false) \
    FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    """

  struct Call {
    var name: String
    var sql: String
    var parameters: [String]
    var type: String

    init(_ name: String, _ sql: String, _ parameters: [String], _ type: String = "") {
      self.name = name
      self.sql = sql
      self.parameters = parameters
      self.type = type
    }
  }

  /// Runs statements that are planned once, all in one round trip.
  func execute(_ calls: [Call]) throws -> [PostgreSQL.QueryAnswer] {
    var queries = forgotten.filter(prepared.contains).map {
      PostgreSQLQuery("DEALLOCATE \"\($0)\"")
    }
    prepared.subtract(forgotten)
    forgotten = []
    for call in calls where prepared.insert(call.name).inserted {
      let types = call.type.isEmpty ? "" : " (\(call.type))"
      queries.append(PostgreSQLQuery("PREPARE \"\(call.name)\"\(types) AS \(call.sql)"))
    }
    let newCount = queries.count
    queries += calls.map { PostgreSQLQuery(prepared: $0.name, $0.parameters) }
    if queries.isEmpty { return [] }
    do {
      return Array(try connection.answers(to: queries).dropFirst(newCount))
    } catch {
      // Which of them are prepared now, nobody knows.
      try? connection.execute("DEALLOCATE ALL")
      prepared = []
      throw error
    }
  }
}
