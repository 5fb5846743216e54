internal import SchemaModel

/// A database of the user's, into which a baseline goes.
public enum PostgreSQLTarget {
  /// Why a baseline was not created.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The database has objects already; a few of them.
    case notEmpty(database: String, objects: [String], count: Int)
    /// The baseline was made for another major version.
    case otherVersion(database: String, expected: Int, found: Int)
    /// The database's encoding has no place for a character of the baseline; the statement with it.
    case unencodable(character: String, statement: String, encoding: String, database: String)
    /// An owner or a grantee is not there.
    case missingRole(name: String, database: String, StatementFailure)
    case engine(PostgreSQLEngineError)

    public var description: String {
      switch self {
      case .notEmpty(let database, let objects, let count):
        "expected an empty database at \(database), found \(count) "
          + (count == 1 ? "object" : "objects") + " ("
          + objects.map { VisibleText.line($0) }.joined(separator: ", ")
          + (count > objects.count ? ", ..." : "")
          + "); name another database, or empty this one first. Nothing was changed"
      case .otherVersion(let database, let expected, let found):
        "expected PostgreSQL \(expected), by which the history was judged, found \(found) at "
          + "\(database); use a server of version \(expected). Nothing was changed"
      case .unencodable(let character, let statement, let encoding, let database):
        "expected a database whose encoding holds all of the baseline, found \(encoding) at "
          + "\(database), which has no '\(VisibleText.line(character))' "
          + "(in \(StatementFailure.shortened(statement))); make it with ENCODING 'UTF8' and "
          + "TEMPLATE template0. Nothing was changed"
      case .missingRole(let name, let database, let failure):
        "expected the role \(VisibleText.line(name)) at \(database), found none: create it there (CREATE ROLE ...), "
          + "or leave owners and privileges out with --no-owner and --no-grants\n\(failure)\n"
          + "Nothing was changed"
      case .engine(let error): "\(error)\nNothing was changed"
      }
    }
  }

  /// Statements go to the server in messages of about this many bytes.
  static let messageBytes = 1 << 17

  /// Creates a baseline in an empty database, in one transaction; `runnerStatements` run last in it.
  ///
  /// A statement has no semicolon; `COPY ... FROM stdin;` is followed by its lines of data.
  /// - Parameter version: the major version that the baseline was made for; nil for any.
  /// - Returns: the database's URL without its password.
  /// - Throws: `notEmpty`, `otherVersion`, or `engine` with PostgreSQL's own words.
  @discardableResult
  public static func create(
    baseline statements: [String], into url: String, runnerStatements: [String] = [],
    version: Int? = nil
  ) throws(Failure) -> String {
    do {
      let connection = try PostgreSQLConnection.withoutLoginTriggers(PostgreSQLLocation(url))
      let name = connection.location.description
      if let version, connection.majorVersion != version {
        throw Failure.otherVersion(
          database: name, expected: version, found: connection.majorVersion)
      }
      try connection.execute("BEGIN")
      let found = try TargetObjects.names(connection)
      guard found.isEmpty else {
        throw Failure.notEmpty(
          database: name, objects: Array(found.prefix(5)), count: found.count)
      }
      try checkEncoding(statements + runnerStatements, connection, name)
      try run(statements, connection)
      try run(runnerStatements, connection)
      try connection.execute("COMMIT")
      return name
    } catch let error as Failure {
      throw error
    } catch let error as PostgreSQLEngineError {
      throw advised(error, url)
    } catch {
      throw .engine(.unreadable("\(error)"))
    }
  }

  /// Before anything runs: the server itself names the whole message that it cannot convert.
  private static func checkEncoding(
    _ statements: [String], _ connection: PostgreSQLConnection, _ name: String
  ) throws {
    guard let encoding = try connection.query("SHOW server_encoding").first?.first ?? nil,
      encoding != "UTF8", encoding != "SQL_ASCII"
    else { return }
    var known: Set<Unicode.Scalar> = []
    for statement in statements {
      for scalar in statement.unicodeScalars where scalar.value > 0x7F {
        guard known.insert(scalar).inserted else { continue }
        let bytes = Hexadecimal.text(Array(String(scalar).utf8))
        do {
          _ = try connection.query(
            "SELECT pg_catalog.convert('\\x\(bytes)'::bytea, 'UTF8', '\(encoding)')")
        } catch PostgreSQLEngineError.failed(let words) where words.code == "22P05" {
          throw Failure.unencodable(
            character: String(scalar), statement: statement, encoding: encoding, database: name)
        }
      }
    }
  }

  /// The error with what is known of its cause.
  private static func advised(_ error: PostgreSQLEngineError, _ url: String) -> Failure {
    guard case .failed(let words) = error, let location = try? PostgreSQLLocation(url) else {
      return .engine(error)
    }
    if let role = RoleWords.missing(words) {
      return .missingRole(name: role, database: location.description, words)
    }
    guard let connection = try? PostgreSQLConnection.withoutLoginTriggers(location) else {
      return .engine(error)
    }
    let server = ServerBuild(version: connection.majorVersion)
    if let name = ExtensionWords.missing(words) {
      return .engine(.missingExtension(name: name, server: server, failure: words))
    }
    if let feature = BuildWords.missing(words, hasICU: { BuildWords.hasICU(connection) }) {
      return .engine(.missingFeature(name: feature, server: server, failure: words))
    }
    return .engine(error)
  }

  private static func run(_ statements: [String], _ connection: PostgreSQLConnection) throws {
    var start = 0
    var byteCount = 0
    for (index, statement) in statements.enumerated() {
      if let block = CopyBlock(statement) {
        try connection.execute(batch: statements[start..<index])
        try connection.copy(block.sql, data: block.data)
        (start, byteCount) = (index + 1, 0)
        continue
      }
      byteCount += statement.utf8.count
      if byteCount > messageBytes {
        try connection.execute(batch: statements[start...index])
        (start, byteCount) = (index + 1, 0)
      }
    }
    try connection.execute(batch: statements[start...])
  }
}

/// `COPY app.t (a, b) FROM stdin;`, and in the lines below its data.
private struct CopyBlock {
  var sql: String
  var data: Substring

  init?(_ statement: String) {
    guard statement.hasPrefix("COPY "), let end = statement.utf8.firstIndex(of: 0x0A) else {
      return nil
    }
    var sql = statement[..<end]
    while let last = sql.last, last.isWhitespace || last == ";" { sql.removeLast() }
    guard sql.uppercased().hasSuffix(" FROM STDIN") else { return nil }
    self.sql = String(sql)
    data = statement[statement.utf8.index(after: end)...]
  }
}
