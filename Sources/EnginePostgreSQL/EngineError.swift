internal import DialectPostgreSQL
public import SchemaModel

/// Why a live PostgreSQL database did not do what it was asked. No message holds a password.
public enum PostgreSQLEngineError: AdvisedError, Hashable, Sendable, CustomStringConvertible {
  /// libpq is not there; what the loader said.
  case noLibrary(String)
  /// A text names no PostgreSQL database; what is wrong with it.
  case invalidURL(String)
  case cannotConnect(server: String, message: String)
  case unsupportedVersion(found: String, server: String)
  /// A statement failed.
  case failed(StatementFailure)
  /// The connection ended while a statement ran.
  case connectionLost(sql: String, line: Int?, message: String)
  /// `blockers` are the sessions that held what the statement waited for.
  case timedOut(sql: String, line: Int?, seconds: Double, blockers: [String])
  /// A command that is none of SQL's.
  case refused(line: Int, reason: String)
  /// A statement that reaches beyond the scratch database on a server of the user's.
  case refusedOnServer(line: Int, reason: String)
  /// A script began a transaction, at `line`, and did not end it.
  case transactionLeftOpen(line: Int?)
  /// A script prepared a transaction and did not end it.
  case transactionLeftPrepared(name: String, line: Int)
  case missingRole(name: String, server: String, failure: StatementFailure)
  case missingExtension(name: String, server: ServerBuild, failure: StatementFailure)
  /// What the server was built without: ICU, libxml.
  case missingFeature(name: String, server: ServerBuild, failure: StatementFailure)
  /// What the owner of a database may not do; why, where more is known than PostgreSQL says.
  case needsSuperuser(StatementFailure, reason: String?)
  case mayNotCreateDatabases(role: String, server: String)
  /// A role of the user's server could do there what no transaction undoes.
  case mayDoLastingHarm(ServerPowers)
  /// No PostgreSQL that could be started on this machine.
  case noBinaries(MissingPrograms)
  /// The temporary cluster did not start.
  case cluster(String)
  /// Nowhere may a temporary cluster's folder be made.
  case place(String)
  /// Something that cannot be read back.
  case unreadable(String)

  public var description: String {
    switch self {
    case .noLibrary(let message):
      "expected PostgreSQL's client library libpq (version 5), found none: \(message). Install it "
        + "(Debian and Ubuntu: apt install libpq5; Homebrew: brew install libpq; where Strata came by "
        + "pip: pip install 'psycopg[binary]'), or name its file in STRATA_LIBPQ"
    case .invalidURL(let message): message
    case .cannotConnect(let server, let message):
      "expected a PostgreSQL server that lets us in at \(server), found: \(message.quotedInMessage)"
    case .unsupportedVersion(let found, let server):
      "expected PostgreSQL \(PostgreSQLVersion.oldest) to \(PostgreSQLVersion.newest), found "
        + "\(found) (\(server)); use a server or a Strata that know each other"
    case .failed(let failure), .needsSuperuser(let failure, _): failure.description
    case .connectionLost(let sql, let line, let message):
      "the connection to PostgreSQL ended\(line.map { " on line \($0)" } ?? ""): \(message.quotedInMessage)\n  "
        + StatementFailure.shortened(sql)
    case .timedOut(let sql, let line, let seconds, let blockers):
      "stopped\(line.map { " on line \($0)" } ?? "") after \(Self.text(seconds)) s, the limit of "
        + "time:\n  "
        + StatementFailure.shortened(sql)
        + blockers.map { "\nIt waited for a lock that is held by \($0.quotedInMessage)" }.joined()
    case .refused(let line, let reason), .refusedOnServer(let line, let reason):
      "line \(line): \(reason.quotedInMessage)"
    case .transactionLeftOpen(let line):
      "expected the script to end its transactions, found one left open"
        + (line.map { " (begun on line \($0))" } ?? "") + "; add the COMMIT"
    case .transactionLeftPrepared(let name, let line):
      "expected the script to end its transactions, found '\(name)' left prepared (on line "
        + "\(line)); add the COMMIT PREPARED"
    case .missingRole(let name, let server, let failure):
      "expected the role \(VisibleText.line(name)) on \(server), found none: create it there (CREATE ROLE ...), or "
        + "let Strata use a temporary PostgreSQL of its own, in which it may do so\n\(failure)"
    case .missingExtension(let name, let server, let failure):
      "expected the extension \(VisibleText.line(name)) to be installed for \(server), found none; "
        + "\(PostgreSQLPackages.advice(extension: name, server))\n\(failure)"
    case .missingFeature(let name, let server, let failure):
      "expected a server that was built with \(name), found \(server) without it; "
        + "\(PostgreSQLPackages.otherServer)\n\(failure)"
    case .mayNotCreateDatabases(let role, let server):
      "expected a role that may create databases, found \(VisibleText.line(role)) on \(server), which may not: "
        + "ALTER ROLE ... CREATEDB, or name another role in --scratch"
    case .mayDoLastingHarm(let powers): Self.lastingHarm(powers)
    case .noBinaries(let missing): missing.description
    case .cluster(let message), .place(let message):
      "the temporary PostgreSQL did not start: \(message)"
    case .unreadable(let message): message
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(clamping: Int64(seconds)))" : "\(seconds)"
  }

  private static func lastingHarm(_ powers: ServerPowers) -> String {
    "expected a role on \(powers.server) whose doings outside of its scratch databases can be "
      + "undone, found \(powers.role), which "
      + (powers.isSuperuser ? "is a superuser there" : "has lasting powers there")
      + ": a migration could \(powers.lasting.joined(separator: ", ")). Name another role in "
      + "--scratch (CREATE ROLE ... LOGIN CREATEDB), or, where the migrations are trusted or the "
      + "server is thrown away, add --trust-migrations"
  }

  public var nextStep: String? {
    switch self {
    case .missingRole: "make the role there, or leave --scratch out"
    case .missingExtension: "install the extension, or name a server that has it with --scratch"
    case .missingFeature: PostgreSQLPackages.otherServer
    case .needsSuperuser(_, let reason): PrivilegeWords.nextStep(reason: reason)
    case .timedOut: "see what it waits for, or give it more time with --timeout"
    case .refusedOnServer: "leave --scratch out, or take the statement out of the migration"
    case .cannotConnect, .noLibrary, .noBinaries, .cluster, .mayNotCreateDatabases,
      .mayDoLastingHarm:
      "see to the server, not to the migration"
    case .place: "name a folder that can be written in STRATA_PG_TMPDIR"
    // Their message says it, or the server's own words do.
    case .invalidURL, .unsupportedVersion, .failed, .connectionLost, .refused,
      .transactionLeftOpen, .transactionLeftPrepared, .unreadable:
      nil
    }
  }

  /// The server's own words on a statement, where there are any.
  public var failure: StatementFailure? {
    switch self {
    case .failed(let failure), .missingRole(_, _, let failure), .needsSuperuser(let failure, _),
      .missingExtension(_, _, let failure), .missingFeature(_, _, let failure):
      failure
    default: nil
    }
  }
}

/// The major versions that Strata knows.
public enum PostgreSQLVersion {
  /// The first major version that captures are made of.
  public static let oldest = PostgreSQL.versions.lowerBound
  /// The last one that the tests ran on; a later server is refused.
  public static let newest = PostgreSQL.versions.upperBound

  /// Refuses a server that is older or newer.
  /// - Parameters:
  ///   - number: as PostgreSQL counts: 150018 is 15.18.
  ///   - text: as the server says it.
  /// - Throws: `PostgreSQLEngineError.unsupportedVersion`.
  public static func check(
    _ number: Int, _ text: String?, server: String
  ) throws(PostgreSQLEngineError) {
    // Two numbers made a major version before 10.
    let name = number >= 100_000 ? "\(number / 10000)" : "\(number / 10000).\(number / 100 % 100)"
    guard (oldest...newest).contains(number / 10000) else {
      throw .unsupportedVersion(found: text ?? name, server: server)
    }
  }
}

/// What PostgreSQL said of a statement that failed.
public struct StatementFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The statement that failed, whole; empty where there was none.
  public var sql: String
  /// The line of the script at which the statement begins, or of the very place that PostgreSQL
  /// points at.
  public var line: Int?
  /// Five characters, as the SQL standard has them: 42P01.
  public var code: String
  /// The server's primary message, in its language.
  public var message: String
  /// The server's DETAIL; nil without one.
  public var detail: String?
  /// The server's HINT; nil without one.
  public var hint: String?
  /// The character of `sql` at which it went wrong; 1 is the first.
  public var position: Int?

  public init(
    sql: String, line: Int? = nil, code: String, message: String, detail: String? = nil,
    hint: String? = nil, position: Int? = nil
  ) {
    self.sql = sql
    self.line = line
    self.code = code
    self.message = message
    self.detail = detail
    self.hint = hint
    self.position = position
  }

  public var description: String {
    let words =
      "PostgreSQL refused\(Self.place(line)): \(message.quotedInMessage) (SQLSTATE \(code))"
      + (detail.map { "\n  detail: \($0.quotedInMessage)" } ?? "")
      + (hint.map { "\n  hint: \($0.quotedInMessage)" } ?? "")
    return words + (sql.isEmpty ? "" : "\n  \(Self.shortened(sql))")
  }

  static func place(_ line: Int?) -> String { line.map { " line \($0)" } ?? "" }

  static func shortened(_ sql: String) -> String {
    let text = PasswordMask.masked(sql)
    return (text.count > 500 ? text.prefix(497) + "..." : text).quotedInMessage
  }
}
