internal import CLibPQ
internal import SchemaModel
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A moment after which the statements of one connection are cancelled, from a thread of its own.
///
/// A cancellation reaches only what is busy when it comes, so it is repeated until the owner stops.
final class Deadline: Sendable {
  let seconds: Double
  private let location: PostgreSQLLocation
  private let backendPID: Int
  private let state: Mutex<State>
  private let wakeUp: (reader: Int32, writer: Int32)

  private struct State {
    var isOver = false
    var blockers: [String] = []
    var thread: pthread_t?
  }

  /// Belongs to the watching thread alone.
  private final class Watch {
    let deadline: Deadline
    let cancellation: OpaquePointer?

    init(_ deadline: Deadline, _ cancellation: OpaquePointer?) {
      self.deadline = deadline
      self.cancellation = cancellation
    }
  }

  init(seconds: Double, connection: PostgreSQLConnection) {
    self.seconds = seconds
    location = connection.location
    backendPID = connection.backendPID
    state = Mutex(State())
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      wakeUp = (-1, -1)
      return
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    wakeUp = (ends[0], ends[1])
    let watch = Watch(self, strata_pq_get_cancellation(connection.handle))
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    let code = pthread_create(
      &thread, nil,
      { context in
        #if canImport(Glibc)
          guard let context else { return nil }
        #endif
        let watch = Unmanaged<Watch>.fromOpaque(context).takeRetainedValue()
        watch.deadline.watch(watch.cancellation)
        return nil
      }, Unmanaged.passRetained(watch).toOpaque())
    if code == 0 {
      state.withLock { $0.thread = thread }
    } else {
      Unmanaged.passUnretained(watch).release()
      strata_pq_free_cancellation(watch.cancellation)
    }
  }

  var isOver: Bool { state.withLock { $0.isOver } }

  func error(_ sql: String, _ line: Int?) -> PostgreSQLEngineError {
    .timedOut(
      sql: sql, line: line, seconds: seconds, blockers: state.withLock { $0.blockers })
  }

  /// Ends the watch; afterwards nothing of this connection is cancelled any more.
  func stop() {
    guard wakeUp.writer >= 0 else { return }
    close(wakeUp.writer)
    if let thread = state.withLock({ $0.thread }) { pthread_join(thread, nil) }
    close(wakeUp.reader)
  }

  private func watch(_ cancellation: OpaquePointer?) {
    defer { strata_pq_free_cancellation(cancellation) }
    if isStopped(within: seconds) { return }
    let blockers = blockers()
    state.withLock {
      $0.isOver = true
      $0.blockers = blockers
    }
    var words = [CChar](repeating: 0, count: 256)
    repeat { _ = strata_pq_cancel(cancellation, &words, 256) } while !isStopped(within: 0.2)
  }

  /// Whether the owner stopped the watch before that many seconds were over.
  private func isStopped(within seconds: Double) -> Bool {
    let end = ContinuousClock.now + .limit(seconds)
    while true {
      let left = ContinuousClock.now.duration(to: end)
      if left <= .zero { return false }
      let milliseconds =
        left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      var poller = pollfd(fd: wakeUp.reader, events: Int16(POLLIN), revents: 0)
      if poll(&poller, 1, Int32(clamping: milliseconds + 1)) > 0 { return true }
    }
  }

  /// Who holds what our session waits for, asked while it still waits.
  private func blockers() -> [String] {
    var location = location
    location.parameters["connect_timeout"] = "5"
    guard let connection = try? PostgreSQLConnection.withoutLoginTriggers(location) else {
      return []
    }
    _ = try? connection.execute("SET statement_timeout = '5s'")
    let rows = try? connection.query(
      """
      SELECT pid, coalesce(nullif(application_name, ''), 'no name'), coalesce(usename, ''),
        coalesce(state, 'background'), coalesce(left(query, 200), '')
      FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_catalog.pg_blocking_pids($1)) ORDER BY 1
      """, parameters: [String(backendPID)])
    let sessions = (rows ?? []).filter { $0.first != "0" }.map { row in
      let texts = row.map { $0 ?? "" }
      return "process \(texts[0]) (\(texts[1]), role \(texts[2]), \(texts[3])): "
        + PasswordMask.masked(texts[4])
    }
    return sessions + preparedBlockers(connection)
  }

  /// A prepared transaction has no process: it is one of those that hold what we wait for.
  private func preparedBlockers(_ connection: PostgreSQLConnection) -> [String] {
    let rows = try? connection.query(
      """
      SELECT x.gid, x.owner FROM pg_catalog.pg_prepared_xacts x
      WHERE 0 = ANY (pg_catalog.pg_blocking_pids($1)) AND EXISTS (
        SELECT FROM pg_catalog.pg_locks h JOIN pg_catalog.pg_locks w
          ON w.pid = $1 AND NOT w.granted AND h.granted AND h.pid IS NULL
            AND (h.database, h.relation, h.transactionid)
              IS NOT DISTINCT FROM (w.database, w.relation, w.transactionid)
        WHERE h.virtualtransaction IN (
          SELECT virtualtransaction FROM pg_catalog.pg_locks
          WHERE pid IS NULL AND transactionid = x.transaction))
      ORDER BY 1
      """, parameters: [String(backendPID)])
    return (rows ?? []).map { row in
      "the prepared transaction '\(row[0] ?? "")' (role \(row[1] ?? "")); end it with COMMIT "
        + "PREPARED or ROLLBACK PREPARED"
    }
  }
}
