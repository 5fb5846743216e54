internal import SchemaModel
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What this process made on servers that outlive it: scratch databases, and the roles of the scripts
/// that ran in them.
enum LiveDatabases {
  private struct Live {
    var databases: [String: PostgreSQLLocation] = [:]
    /// Servers on which migrations may have made roles.
    var servers: Set<PostgreSQLLocation> = []
    /// At the process's end nothing new comes.
    var isClosed = false
  }

  private static let live = Mutex(Live())
  private static let isWatchingExit = Atomic<Bool>(false)

  /// - Throws: `cluster` at the process's end.
  static func add(_ name: String, _ server: PostgreSQLLocation) throws(PostgreSQLEngineError) {
    let isClosed = live.withLock { live in
      if !live.isClosed { live.databases[name] = server }
      return live.isClosed
    }
    if isClosed { throw .cluster("the process is ending") }
    watchExit()
  }

  static func remove(_ name: String) { live.withLock { $0.databases[name] = nil } }

  /// Roles that migrations make there go at the process's end, told by their marks.
  static func watch(_ server: PostgreSQLLocation) {
    live.withLock { _ = $0.servers.insert(server) }
    watchExit()
  }

  /// Values that are still alive when the process exits are never let go.
  private static func watchExit() {
    if !isWatchingExit.exchange(true, ordering: .relaxed) { atexit { LiveDatabases.dropAll() } }
  }

  /// By connections of its own: the others belong to another thread.
  static func dropAll() {
    let all = live.withLock { live in
      defer { live = Live(isClosed: true) }
      return live
    }
    let own = ProcessMark.current()
    for server in all.servers.union(all.databases.values) {
      var location = server
      location.parameters["connect_timeout"] = "5"
      guard let connection = try? PostgreSQLConnection.withoutLoginTriggers(location) else {
        continue
      }
      let commands = DatabaseCommands(connection: connection)
      let names = all.databases.filter { $0.value == server }.keys
      try? commands.stopMaking { names.contains($0) }
      for name in names { try? commands.drop(name) }
      let roles = try? RoleMark.roles(connection, mark: RoleMark.prefix) { $0 == own }
      RoleMark.drop(roles ?? [], connection)
    }
  }
}
