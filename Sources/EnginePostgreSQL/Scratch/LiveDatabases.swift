internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The scratch databases of this process on servers that outlive it.
enum LiveDatabases {
  private static let live = Mutex<[String: PostgreSQLLocation]>([:])

  private static let isWatchingExit = Atomic<Bool>(false)

  static func add(_ name: String, _ server: PostgreSQLLocation) {
    live.withLock { $0[name] = server }
    // Values that are still alive when the process exits are never let go.
    if !isWatchingExit.exchange(true, ordering: .relaxed) { atexit { LiveDatabases.dropAll() } }
  }

  static func remove(_ name: String) { live.withLock { $0[name] = nil } }

  /// By connections of its own: the others belong to another thread.
  static func dropAll() {
    let all = live.withLock { databases in
      defer { databases = [:] }
      return databases
    }
    for (name, server) in all {
      var server = server
      server.parameters["connect_timeout"] = "5"
      guard let connection = try? PostgreSQLConnection(server) else { continue }
      try? DatabaseCommands(connection: connection).drop(name)
    }
  }
}
