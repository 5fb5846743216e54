internal import SchemaModel
internal import CLibPQ
internal import DialectPostgreSQL

/// A query with its parameters ($1, $2, ...), all of them as text.
public struct PostgreSQLQuery: Hashable, Sendable {
  /// One statement; the name of one that is prepared, where it was made by `init(prepared:)`.
  public var sql: String
  /// The value of `$1` first; nil is NULL.
  public var parameters: [String?]

  /// Whether `sql` is the name of a prepared statement.
  let isPrepared: Bool

  public init(_ sql: String, _ parameters: [String?] = []) {
    self.sql = sql
    self.parameters = parameters
    isPrepared = false
  }

  /// A statement that is prepared in the session.
  package init(prepared name: String, _ parameters: [String?] = []) {
    sql = name
    self.parameters = parameters
    isPrepared = true
  }
}

extension PostgreSQLConnection {
  /// The rows of one statement, every value as PostgreSQL writes it; nil is NULL.
  /// - Throws: `failed`, `timedOut`, `connectionLost`, `unreadable`.
  public func query(_ sql: String, parameters: [String?] = []) throws -> [[String?]] {
    try answer(to: PostgreSQLQuery(sql, parameters)).rows
  }

  /// The same with the names of the columns.
  func answer(to query: PostgreSQLQuery) throws -> PostgreSQL.QueryAnswer {
    try refuseOverdue(query.sql)
    return try answer(to: query.sql, isSent: send(query))
  }

  /// Runs one or more statements whose rows nobody wants, in one message.
  ///
  /// Several of them are one transaction, as PostgreSQL has it, unless one is running already or
  /// they say otherwise. `line` is the line of the script at which `sql` begins.
  /// - Throws: `failed`, `timedOut`, `connectionLost`.
  public func execute(_ sql: String, line: Int? = nil) throws {
    try refuseOverdue(sql, line)
    let isSent = strata_pq_send_query(handle, sql) != 0
    _ = try answer(to: sql, line: line, isSent: isSent, wantsRows: false)
  }

  /// Runs one statement whose rows nobody wants; the server refuses a text that holds several.
  /// - Parameter data: the rows of a `COPY ... FROM stdin`.
  /// - Throws: `failed`, `timedOut`, `connectionLost`.
  func executeOne(_ sql: String, line: Int? = nil, data: String? = nil) throws {
    try refuseOverdue(sql, line)
    _ = try answer(
      to: sql, line: line, isSent: send(PostgreSQLQuery(sql)), wantsRows: false,
      copied: data.map { Substring($0) })
  }

  /// The same; `completed` counts the statements that were through before one failed.
  func execute(_ sql: String, completed: inout Int) throws {
    try refuseOverdue(sql)
    let isSent = strata_pq_send_query(handle, sql) != 0
    _ = try answer(to: sql, isSent: isSent, wantsRows: false, completed: &completed)
  }

  /// Prepares a statement for `query(prepared:)`.
  package func prepare(_ name: String, _ sql: String) throws {
    try refuseOverdue(sql)
    let isSent = strata_pq_send_prepare(handle, name, sql, 0, nil) != 0
    _ = try answer(to: sql, isSent: isSent)
  }

  /// The rows of a statement of `prepare`, as `query` gives them.
  package func query(prepared name: String, parameters: [String?] = []) throws -> [[String?]] {
    try answer(to: PostgreSQLQuery(prepared: name, parameters)).rows
  }

  /// The rows of several queries, with one round trip where libpq can do that (14 and later).
  ///
  /// The first that fails is the error; those behind it have not run, and outside of a transaction
  /// those before it are undone too, unless each is to be `apart`, in a transaction of its own.
  public func queries(
    _ queries: [PostgreSQLQuery], apart: Bool = false
  ) throws -> [[[String?]]] {
    try answers(to: queries, apart: apart).map(\.rows)
  }

  /// The same with the names of the columns.
  func answers(
    to queries: [PostgreSQLQuery], apart: Bool = false
  ) throws -> [PostgreSQL.QueryAnswer] {
    guard strata_pq_has_pipelines() != 0, queries.count > 1 else {
      return try queries.map { try answer(to: $0) }
    }
    try refuseOverdue(queries[0].sql)
    guard strata_pq_enter_pipeline_mode(handle) != 0 else {
      throw lost(queries[0].sql, nil)
    }
    for (index, query) in queries.enumerated() {
      guard send(query),
        !apart && index < queries.count - 1 || strata_pq_pipeline_sync(handle) != 0
      else { throw lost(query.sql, nil) }
    }
    var answers: [PostgreSQL.QueryAnswer] = []
    var failure: (any Error)?
    for (index, query) in queries.enumerated() {
      do {
        answers.append(try answer(to: query.sql, isSent: true))
      } catch {
        failure = failure ?? error
        if case .connectionLost = error as? PostgreSQLEngineError { throw error }
      }
      if apart || index == queries.count - 1 { takeSynchronization() }
    }
    _ = strata_pq_exit_pipeline_mode(handle)
    if let failure { throw failure }
    return answers
  }

  private func takeSynchronization() {
    while let result = strata_pq_get_result(handle) {
      let isEnd = strata_pq_result_status(result) == Int32(STRATA_PQ_PIPELINE_SYNC)
      strata_pq_clear(result)
      if isEnd { return }
    }
  }

  /// Runs `COPY ... FROM stdin` with the lines of `data`, as a script or pg_dump has them; the
  /// closing `\.` may be there or not.
  public func copy(_ sql: String, data: some StringProtocol, line: Int? = nil) throws {
    try refuseOverdue(sql, line)
    let isSent = strata_pq_send_query(handle, sql) != 0
    _ = try answer(to: sql, line: line, isSent: isSent, wantsRows: false, copied: Substring(data))
  }

  private func send(_ query: PostgreSQLQuery) -> Bool {
    withCStrings(query.parameters) { values in
      if query.isPrepared {
        return strata_pq_send_query_prepared(
          handle, query.sql, Int32(query.parameters.count), values, nil, nil, 0)
      }
      return strata_pq_send_query_params(
        handle, query.sql, Int32(query.parameters.count), nil, values, nil, nil, 0)
    } != 0
  }

  /// Nothing begins after the time is over: a cancellation reaches only what is busy.
  private func refuseOverdue(_ sql: String, _ line: Int? = nil) throws {
    guard let deadline, deadline.isOver else { return }
    throw deadline.error(sql, line)
  }

  /// Reads all results of what was sent; the rows of the last one that has any.
  private func answer(
    to sql: String, line: Int? = nil, isSent: Bool, wantsRows: Bool = true,
    copied: Substring? = nil
  ) throws -> PostgreSQL.QueryAnswer {
    var completed = 0
    return try answer(
      to: sql, line: line, isSent: isSent, wantsRows: wantsRows, copied: copied,
      completed: &completed)
  }

  private func answer(
    to sql: String, line: Int? = nil, isSent: Bool, wantsRows: Bool,
    copied: Substring? = nil, completed: inout Int
  ) throws -> PostgreSQL.QueryAnswer {
    guard isSent else { throw lost(sql, line) }
    var answer = PostgreSQL.QueryAnswer(columns: [], rows: [])
    var copied = copied
    var failure: (any Error)?
    while let result = strata_pq_get_result(handle) {
      defer { strata_pq_clear(result) }
      switch Int(strata_pq_result_status(result)) {
      case STRATA_PQ_TUPLES_OK:
        completed += 1
        if wantsRows, failure == nil {
          do { answer = try ResultReader(result).answer(to: sql) } catch { failure = error }
        }
      case STRATA_PQ_COPY_IN:
        send(copied)
        copied = nil
      case STRATA_PQ_COPY_OUT: skipCopyOut()
      case STRATA_PQ_COMMAND_OK, STRATA_PQ_EMPTY_QUERY: completed += 1
      case STRATA_PQ_PIPELINE_ABORTED:
        failure =
          failure
          ?? PostgreSQLEngineError.failed(
            StatementFailure(sql: sql, code: "25P02", message: "an earlier statement failed"))
      default: failure = failure ?? error(result, sql, line)
      }
      if strata_pq_status(handle) != Int32(STRATA_PQ_CONNECTION_OK) { break }
    }
    if let failure { throw failure }
    return answer
  }

  private func send(_ data: Substring?) {
    guard let data else {
      strata_pq_put_copy_end(handle, "its data must follow it in the script")
      return
    }
    let isPut = CopyData.withBytes(data) { bytes in
      var rest = bytes
      // Large pieces would be held twice.
      while !rest.isEmpty {
        let piece = rest.prefix(1 << 20)
        guard let base = UnsafeBufferPointer(rebasing: piece).baseAddress,
          strata_pq_put_copy_data(handle, base, Int32(piece.count)) == 1
        else { return false }
        rest = rest.dropFirst(piece.count)
      }
      return true
    }
    strata_pq_put_copy_end(handle, isPut ? nil : "the data could not be sent")
  }

  private func skipCopyOut() {
    var bytes: UnsafeMutablePointer<CChar>?
    while strata_pq_get_copy_data(handle, &bytes, 0) > 0 { strata_pq_free_memory(bytes) }
  }

  private func lost(_ sql: String, _ line: Int?) -> PostgreSQLEngineError {
    var message = String(cString: strata_pq_error_message(handle))
    while message.last?.isWhitespace == true { message.removeLast() }
    return .connectionLost(sql: sql, line: line, message: message)
  }

  private func error(_ result: OpaquePointer, _ sql: String, _ line: Int?)
    -> PostgreSQLEngineError
  {
    guard let failure = ResultReader(result).failure(of: sql, line: line) else {
      return lost(sql, line)
    }
    if failure.code == "57014", let deadline, deadline.isOver {
      return deadline.error(sql, line)
    }
    return .failed(failure)
  }
}

/// The data of a COPY block.
enum CopyData {
  /// Without the line that ends it, and with the last line's end.
  static func withBytes<Result>(
    _ data: Substring, _ body: (Slice<UnsafeBufferPointer<CChar>>) -> Result
  ) -> Result {
    var data = data
    for end in ["\\.\r\n", "\\.\n", "\\."] where data.utf8.elementsEqualAtEnd(end.utf8) {
      let start = data.utf8.index(data.endIndex, offsetBy: -end.utf8.count)
      // A value may end so too; the mark has a line of its own.
      let before = data[..<start]
      if before.isEmpty || before.utf8.last == UInt8(ascii: "\n") {
        data = before
        break
      }
    }
    var text = String(data)
    if !text.isEmpty, text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { body($0[...]) }
    }
  }
}

extension Substring.UTF8View {
  fileprivate func elementsEqualAtEnd(_ end: String.UTF8View) -> Bool {
    suffix(end.count).elementsEqual(end)
  }
}
