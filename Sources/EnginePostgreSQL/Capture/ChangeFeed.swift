internal import SchemaModel
internal import DialectPostgreSQL

/// What was written to a database, as the server's write-ahead log tells it: the cost is that of
/// what was written, however large the database is.
///
/// It is for a cluster of our own, with `pg_walinspect` in the database `postgres`, where no
/// migration sees it. Where the log cannot be read, or something is still under way, it says so,
/// and the catalogs are searched instead.
final class ChangeFeed {
  struct Written {
    /// A catalog's name -> where its rows lie, or lay, that came, changed or went.
    var places: [String: Set<String>] = [:]
    /// The catalogs that rows were deleted from.
    var shrunk: Set<String> = []
    /// The files of other relations that rows were written to.
    var files: Set<RelationFile> = []
  }

  struct RelationFile: Hashable {
    /// 0 for the database's own.
    var tablespace: UInt32
    /// Whether it is one for all databases.
    var isShared: Bool
    var number: UInt32
  }

  /// How far a database's writes are known.
  struct Position {
    fileprivate var database: String
    fileprivate var end: String
    /// Whether nothing was under way there.
    fileprivate var isQuiet: Bool
  }

  /// Reading more of the log takes longer than searching the catalogs.
  private static let byteCountMax = 8 << 20
  private static let defaultTablespace: UInt32 = 1663

  private let connection: PostgreSQLConnection
  /// The files of each database's catalogs by number; they change only by a rewrite.
  private var catalogs: [String: [CatalogFile: String]] = [:]

  struct CatalogFile: Hashable {
    var number: UInt32
    var isShared: Bool
  }

  /// Nil where the server does not tell.
  init?(_ server: PostgreSQLLocation) {
    guard let connection = try? PostgreSQLConnection(server), connection.majorVersion >= 15
    else { return nil }
    self.connection = connection
    do {
      let setting = try connection.query("SHOW wal_level").first?.first ?? nil
      guard setting == "logical" else { return nil }
      try connection.execute(
        """
        CREATE EXTENSION IF NOT EXISTS pg_walinspect; \
        SET synchronous_commit = on; SET jit = off; SET plan_cache_mode = force_generic_plan; \
        PREPARE feed (pg_lsn, text, text) AS \(Self.feedSQL); \
        PREPARE message AS SELECT pg_logical_emit_message(true, 'strata', ''); \
        PREPARE quiet AS \(Self.quietSQL)
        """)
      guard try isUnderstood() else { return nil }
    } catch {
      return nil
    }
  }

  /// A server of another version may use other words: they are tried once.
  private func isUnderstood() throws -> Bool {
    let name = connection.location.database ?? ""
    let database = try connection.query(
      "SELECT oid FROM pg_database WHERE datname = $1", parameters: [name]
    ).first?.first.flatMap { $0 }
    guard let database else { return false }
    func look(_ position: inout Position?) throws -> Written? {
      try self.look(at: database, since: &position) { try Self.catalogFiles(connection) }
    }
    var position: Position?
    _ = try look(&position)
    try connection.execute("CREATE TABLE strata_feed (a int); INSERT INTO strata_feed VALUES (1)")
    let made = try look(&position)
    try connection.execute("DROP TABLE strata_feed")
    let dropped = try look(&position)
    return made?.places["pg_class"]?.isEmpty == false && made?.files.isEmpty == false
      && dropped?.shrunk.contains("pg_class") == true
  }

  /// The names of a database's catalogs by their files.
  static func catalogFiles(_ connection: PostgreSQLConnection) throws -> [CatalogFile: String] {
    var files: [CatalogFile: String] = [:]
    let answer = try connection.answer(
      to: PostgreSQLQuery(
        """
        SELECT pg_catalog.pg_relation_filenode(oid) AS file, relisshared, relname \
        FROM pg_catalog.pg_class WHERE oid < 16384 AND relkind IN ('r', 't')
        """))
    let (file, name) = (try answer.place(of: "file"), try answer.place(of: "relname"))
    let isShared = try answer.place(of: "relisshared")
    for row in answer.rows {
      guard let number = row[file].flatMap({ UInt32($0) }), let name = row[name] else { continue }
      files[CatalogFile(number: number, isShared: row[isShared] == "t")] = name
    }
    return files
  }

  /// What was written to the database of this OID since `position`, which moves on; nil where that
  /// cannot be said.
  ///
  /// Call it before what was written is read: what comes between is told the next time. A position
  /// in another database is that of the one that this is a copy of: what was written there is told
  /// too, since some of it may have come before the copy.
  func look(
    at database: String, since position: inout Position?,
    catalogFiles: () throws -> [CatalogFile: String]
  ) throws -> Written? {
    let before = position
    position = nil
    guard let before else {
      position = try? begin(database)
      return nil
    }
    guard
      let answers = try? connection.answers(
        to: [
          // Its commit brings all before it to where the log can be read.
          PostgreSQLQuery(prepared: "message"),
          PostgreSQLQuery(prepared: "feed", [before.end, database, before.database]),
          PostgreSQLQuery(prepared: "quiet"),
        ], apart: true), answers.count == 3,
      let last = try? Self.end(answers[1])
    else {
      // What it does not reach any more was removed, or it is too much, or a script ended us.
      position = try? begin(database)
      return nil
    }
    let isQuiet = try answers[2].first("is_quiet") == "t"
    position = Position(database: database, end: last, isQuiet: isQuiet)
    // What was under way may have written where this look does not reach, and end later.
    guard isQuiet, before.isQuiet else { return nil }
    if catalogs[database] == nil {
      catalogs[database] = try catalogs[before.database] ?? catalogFiles()
    }
    let written = try Self.written(answers[1], catalogs[database] ?? [:])
    if written == nil { catalogs[database] = nil }
    return written
  }

  private func begin(_ database: String) throws -> Position? {
    let answer = try connection.answer(
      to: PostgreSQLQuery(
        "SELECT pg_current_wal_flush_lsn() AS end_lsn, q.* FROM (\(Self.quietSQL)) q"))
    guard let end = try answer.first("end_lsn") else { return nil }
    return Position(database: database, end: end, isQuiet: try answer.first("is_quiet") == "t")
  }

  /// How far the log was read.
  private static func end(_ answer: PostgreSQL.QueryAnswer) throws -> String? {
    let (kind, text) = (try answer.place(of: "kind"), try answer.place(of: "text"))
    return answer.rows.first { $0[kind] == "end" }?[text]
  }

  /// Nil where a record's words are not understood, or a catalog has another file.
  private static func written(
    _ answer: PostgreSQL.QueryAnswer, _ catalogs: [CatalogFile: String]
  ) throws -> Written? {
    let (recordKind, recordText) = (try answer.place(of: "kind"), try answer.place(of: "text"))
    var written = Written()
    for row in answer.rows {
      guard let kind = row[recordKind], let text = row[recordText] else { return nil }
      if kind == "end" { continue }
      guard !kind.hasPrefix("RelMap"), let file = relation(in: text) else { return nil }
      let catalog = catalogs[CatalogFile(number: file.number, isShared: file.isShared)]
      if kind.hasPrefix("Heap2/NEW_CID") {
        guard let name = catalog, let place = place(in: text) else { return nil }
        written.places[name, default: []].insert(place)
      } else if let name = catalog {
        if kind.hasPrefix("Heap/DELETE") { written.shrunk.insert(name) }
      } else {
        written.files.insert(file)
      }
    }
    return written
  }

  /// `rel 1663/5/1249; tid 70/48; ...`, or with colons and commas from 16 on.
  private static func relation(in text: String) -> RelationFile? {
    guard let numbers = numbers(behind: "rel", in: text), numbers.count == 3 else { return nil }
    return RelationFile(
      tablespace: numbers[0] == defaultTablespace ? 0 : numbers[0], isShared: numbers[1] == 0,
      number: numbers[2])
  }

  private static func place(in text: String) -> String? {
    guard let numbers = numbers(behind: "tid", in: text), numbers.count == 2 else { return nil }
    return "(\(numbers[0]),\(numbers[1]))"
  }

  /// The numbers with slashes between that follow the first of a word.
  private static func numbers(behind word: StaticString, in text: String) -> [UInt32]? {
    var text = text
    return text.withUTF8 { bytes in
      word.withUTF8Buffer { word in
        let last = bytes.count - word.count
        guard last >= 0,
          let start = (0...last).first(where: { start in
            word.indices.allSatisfy { bytes[start + $0] == word[$0] }
          })
        else { return nil }
        var numbers: [UInt32] = []
        var number: UInt32?
        for byte in bytes[(start + word.count)...] {
          switch byte {
          case UInt8(ascii: "0")...UInt8(ascii: "9"):
            number = (number ?? 0) &* 10 &+ UInt32(byte - UInt8(ascii: "0"))
          case UInt8(ascii: "/"):
            guard let part = number else { return nil }
            numbers.append(part)
            number = nil
          default:
            if number == nil, numbers.isEmpty { continue }
            return number.map { numbers + [$0] }
          }
        }
        return number.map { numbers + [$0] }
      }
    }
  }

  /// The records that change rows of the databases of the OIDs `$2` and `$3`, as kind and text.
  /// Whether nothing is under way.
  private static let quietSQL = """
    SELECT pg_snapshot_xmin(s) = pg_snapshot_xmax(s) AS is_quiet FROM pg_current_snapshot() s
    """

  private static let feedSQL = """
    WITH r AS MATERIALIZED (SELECT end_lsn, resource_manager AS m, record_type AS t, \
    CASE WHEN record_type LIKE 'NEW\\_CID%' OR resource_manager = 'RelMap' THEN description \
    ELSE block_ref END AS x FROM pg_current_wal_flush_lsn() e, \
    LATERAL pg_get_wal_records_info($1, e) WHERE e - $1 <= \(byteCountMax)) \
    SELECT 'end' AS kind, max(end_lsn)::text AS text FROM r UNION ALL \
    SELECT m || '/' || t, x FROM r \
    WHERE m = 'RelMap' AND x ~ ('\\m(' || $2 || '|' || $3 || ')\\M') \
    OR (x LIKE '%/' || $2 || '/%' OR x LIKE '%/' || $3 || '/%' \
    OR x LIKE '%/0/%' AND t LIKE 'NEW\\_CID%') AND (m = 'Heap2' \
    AND (t LIKE 'NEW\\_CID%' OR t LIKE 'MULTI\\_INSERT%') OR m = 'Heap' \
    AND (t LIKE '%INSERT%' OR t LIKE '%UPDATE%' OR t LIKE '%DELETE%'))
    """
}
