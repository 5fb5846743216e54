internal import SchemaModel
internal import DialectPostgreSQL

/// The statement that runs in a migration's own transaction before its COMMIT, on a server of the
/// user's.
///
/// It marks the roles that the transaction made, so that a role and its mark become visible in one
/// moment, and raises where the transaction changed anything else of what databases share. It looks
/// at what became of the shared catalogs: how a statement was written, by whom it was put together,
/// and in which function it stood make no difference.
///
/// It knows the transaction's own rows by their xmin, which is visible and still in progress; what
/// the transaction removed, by what was there before and by the locks or the counts that a removal
/// leaves. So what others do to the server at the same time is not laid at its door.
struct CommitCheck {
  /// Of the server's roles and of what hangs on them, before the migration began.
  struct Before {
    var roles: [(oid: String, name: String)] = []
    /// `2964:0:16384`: the catalog's OID and the row's own key.
    var keys: [String] = []
  }

  /// What it raises.
  static let refusalCode = "ST001"

  let version: Int
  let mark: String
  let before: Before

  /// Without parameters, without a percent sign or a backslash, for every driver; nothing in it can
  /// end it early, since names are told in harmless letters.
  var sql: String {
    let keys = Self.keysSQL(version: version)
    let body = Self.replacing(
      [
        ("@NEW@", version >= 16 ? Self.newBy16 : Self.newBefore16),
        ("@MARK@", PostgreSQLText.plain(mark)),
        ("@PREFIX@", RoleMark.prefix),
        ("@ROLES@", before.roles.map(\.oid).joined(separator: ",")),
        ("@NAMES@", before.roles.map { PostgreSQLText.plain($0.name) }.joined(separator: ",")),
        ("@BEFORE@", before.keys.joined(separator: ",")),
        ("@KEYS@", keys), ("@AHEAD@", Self.ahead), ("@INPROGRESS@", Self.inProgress),
      ], in: Self.body)
    return "DO $strata$\(body)$strata$"
  }

  private static func replacing(_ values: [(String, String)], in text: String) -> String {
    values.reduce(text) { text, value in
      text.split(separator: value.0, omittingEmptySubsequences: false).joined(separator: value.1)
    }
  }

  /// Prepares what `before` asks, for the life of a connection: planning takes longer than answering.
  /// - Throws: `PostgreSQLEngineError`.
  static func prepare(_ connection: PostgreSQLConnection) throws {
    try connection.prepare(
      "strata_roles",
      """
      SELECT r.oid, r.rolname FROM pg_catalog.pg_roles AS r
      LEFT JOIN pg_catalog.pg_shdescription AS d ON d.classoid = 1260 AND d.objoid = r.oid
      WHERE coalesce(strpos(d.description, $1::text), 0) = 0 ORDER BY r.oid
      """)
    // Another process's migrations come and go.
    try connection.prepare(
      "strata_keys",
      """
      WITH ours AS (SELECT ARRAY(SELECT objoid FROM pg_catalog.pg_shdescription
          WHERE classoid = 1260 AND strpos(description, $1::text) > 0)
        || ARRAY(SELECT oid FROM pg_catalog.pg_database
          WHERE starts_with(datname, '\(DatabaseCommands.prefix)')) AS oids)
      SELECT key FROM (\(keysSQL(version: connection.majorVersion))) AS k, ours
      WHERE split_part(key, ':', 1) NOT IN ('1262', '1213')
        AND one <> ALL (oids) AND two <> ALL (oids)
      """)
  }

  /// - Throws: `PostgreSQLEngineError`.
  static func before(_ connection: PostgreSQLConnection, mark: String) throws -> Before {
    let answers = try connection.answers(to: [
      PostgreSQLQuery(prepared: "strata_roles", [mark]),
      PostgreSQLQuery(prepared: "strata_keys", [RoleMark.prefix]),
    ])
    var before = Before()
    let (number, rolname) = (try answers[0].place(of: "oid"), try answers[0].place(of: "rolname"))
    for row in answers[0].rows {
      if let oid = row[number], let name = row[rolname] { before.roles.append((oid, name)) }
    }
    before.keys = try answers[1].values(of: "key")
    return before
  }
}

/// Texts that stand in SQL within quotes, whoever made them.
enum PostgreSQLText {
  /// Letters, digits and a few signs; all else becomes a question mark.
  static func plain(_ text: String) -> String {
    String(
      decoding: text.utf8.map { byte in
        let isPlain =
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || [0x20, 0x2D, 0x2E, 0x3B, 0x5F].contains(byte)
        return isPlain ? byte : UInt8(ascii: "?")
      }, as: UTF8.self)
  }
}
