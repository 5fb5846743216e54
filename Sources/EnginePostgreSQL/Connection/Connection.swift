internal import SchemaModel
internal import CLibPQ

/// What a server said beside its answer.
package struct PostgreSQLNotice: Hashable, Sendable {
  /// In English, whatever `lc_messages` says: WARNING, NOTICE, INFO, LOG, DEBUG.
  package var severity: String
  /// The SQLSTATE, five characters.
  package var code: String
  /// In the server's language, without detail and hint.
  package var message: String
}

/// One connection to one database, by libpq's own functions. Not for two threads at once.
public final class PostgreSQLConnection {
  /// What was asked for; where it names no user or database, libpq chose them.
  public let location: PostgreSQLLocation
  let handle: OpaquePointer
  private let mailbox = Mailbox()
  private(set) var deadline: Deadline?

  /// - Throws: `noLibrary`, `cannotConnect`, `unsupportedVersion`.
  public convenience init(_ location: PostgreSQLLocation) throws(PostgreSQLEngineError) {
    try self.init(location, options: nil)
  }

  /// - Parameter options: of the session, beside those of the location, which stays as it was named.
  init(
    _ location: PostgreSQLLocation, options: String?
  ) throws(PostgreSQLEngineError) {
    if let reason = strata_pq_load() { throw .noLibrary(String(cString: reason)) }
    self.location = location
    var parameters = location.parameters
    parameters["client_encoding"] = "UTF8"
    if let options {
      let given = parameters["options"] ?? Subprogram.variable("PGOPTIONS")
      parameters["options"] = (given.map { $0 + " " } ?? "") + options
    }
    if parameters["connect_timeout"] == nil { parameters["connect_timeout"] = "15" }
    if parameters["application_name"] == nil {
      parameters["fallback_application_name"] = "strata"
    }
    let keywords = parameters.keys.sorted()
    let values = keywords.map { parameters[$0] ?? "" }
    let opened = withCStrings(keywords) { keywords in
      withCStrings(values) { strata_pq_connect(keywords, $0, 0) }
    }
    guard let opened else {
      throw .cannotConnect(server: location.description, message: "out of memory")
    }
    handle = opened
    guard strata_pq_status(opened) == Int32(STRATA_PQ_CONNECTION_OK) else {
      // The value is whole, so `deinit` closes what was opened.
      throw .cannotConnect(
        server: location.description, message: Self.reason(opened, location))
    }
    strata_pq_set_notice_receiver(
      opened, Mailbox.receive, Unmanaged.passUnretained(mailbox).toOpaque())
    try PostgreSQLVersion.check(
      serverVersion, parameter("server_version"), server: location.description)
  }

  /// - Throws: `invalidURL` too.
  public convenience init(url: String) throws(PostgreSQLEngineError) {
    try self.init(PostgreSQLLocation(url))
  }

  deinit { strata_pq_finish(handle) }

  /// Why there is no connection, in libpq's words, with advice where the usual cause is known.
  private static func reason(_ handle: OpaquePointer, _ location: PostgreSQLLocation) -> String {
    var message = String(cString: strata_pq_error_message(handle))
    while message.last?.isWhitespace == true { message.removeLast() }
    if let password = location.password, password.count > 3 {
      message = message.split(separator: password, omittingEmptySubsequences: false)
        .joined(separator: "***")
    }
    if strata_pq_connection_needs_password(handle) != 0 {
      message += "; give a password in the URL, in PGPASSWORD or in ~/.pgpass"
    } else if message.contains("password authentication failed") {
      message += "; correct the password or the role"
    } else if message.contains("database \"\(location.database ?? "")\" does not exist") {
      message += "; create it first, as with createdb"
    }
    return message
  }

  /// As PostgreSQL counts: 150018 is 15.18.
  public var serverVersion: Int { Int(strata_pq_server_version(handle)) }
  /// As people count: 15 of 15.18.
  public var majorVersion: Int { serverVersion / 10000 }
  /// The process that serves it, as in `pg_stat_activity`.
  package var backendPID: Int { Int(strata_pq_backend_pid(handle)) }

  /// One of the settings that the server reports by itself: server_version, server_encoding, ...
  public func parameter(_ name: String) -> String? {
    strata_pq_parameter_status(handle, name).map { String(cString: $0) }
  }

  /// Whether a transaction is under way, as the server said after its last answer; `unknown` once
  /// the connection is lost.
  package enum TransactionStatus: Hashable, Sendable {
    case idle, inTransaction, failed, unknown
  }

  /// Of this moment, without asking the server.
  package var transactionStatus: TransactionStatus {
    switch strata_pq_transaction_status(handle) {
    case Int32(STRATA_PQ_IDLE): .idle
    case Int32(STRATA_PQ_IN_TRANSACTION): .inTransaction
    case Int32(STRATA_PQ_IN_ERROR): .failed
    default: .unknown
    }
  }

  /// Takes the notices that came since they were last taken.
  package func takeNotices() -> [PostgreSQLNotice] { mailbox.take() }

  /// Runs `body` with a limit of time on all its statements together. A statement that is still
  /// busy then is cancelled and ends as `timedOut`.
  public func limited<Result>(
    to seconds: Double?, _ body: () throws -> Result
  ) throws -> Result {
    guard let seconds, deadline == nil else { return try body() }
    let deadline = Deadline(seconds: seconds, connection: self)
    self.deadline = deadline
    defer {
      deadline.stop()
      self.deadline = nil
    }
    return try body()
  }
}

/// Keeps notices from libpq's callback until somebody wants them.
private final class Mailbox {
  static let countMax = 1000
  private var notices: [PostgreSQLNotice] = []

  func take() -> [PostgreSQLNotice] {
    defer { notices = [] }
    return notices
  }

  static let receive: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = {
    context, result in
    guard let context, let result else { return }
    let mailbox = Unmanaged<Mailbox>.fromOpaque(context).takeUnretainedValue()
    guard mailbox.notices.count < countMax else { return }
    func field(_ name: Int) -> String {
      strata_pq_result_field(result, Int32(name)).map { String(cString: $0) } ?? ""
    }
    mailbox.notices.append(
      PostgreSQLNotice(
        severity: field(STRATA_PQ_SEVERITY),
        code: field(STRATA_PQ_SQLSTATE),
        message: field(STRATA_PQ_MESSAGE)))
  }
}

/// Calls `body` with the texts as C has them, and a null pointer behind the last.
func withCStrings<Result>(
  _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  var bytes: [CChar] = []
  var starts: [Int?] = []
  for text in texts {
    guard let text else {
      starts.append(nil)
      continue
    }
    starts.append(bytes.count)
    bytes += text.utf8CString
  }
  return bytes.withUnsafeBufferPointer { buffer in
    var pointers: [UnsafePointer<CChar>?] = starts.map { start in
      guard let start, let base = buffer.baseAddress else { return nil }
      return base + start
    }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { list in
      guard let base = list.baseAddress else { return withoutStrings(body) }
      return body(base)
    }
  }
}

private func withoutStrings<Result>(
  _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  var end: UnsafePointer<CChar>?
  return withUnsafePointer(to: &end) { body($0) }
}
