internal import FileSystem
internal import SchemaModel

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A temporary PostgreSQL of our own: no network, one socket in a private folder, gone with the
/// value and with the process, however that ends.
///
/// The server is the child of a shell that reads from a pipe whose other end only we hold. When we
/// end, by SIGKILL too, the shell reads the pipe's end, stops the server and removes the folder.
/// Where the shell was killed as well, the next start sweeps what is left. The server itself is
/// confined (`ServerStart`): what runs in it reaches no file, program or network outside, whatever
/// role it has.
public final class PostgreSQLCluster {
  /// Those that made the cluster and run its server.
  public let programs: ServerPrograms
  /// Where it is, for the role `postgres` and the database of that name.
  public let location: PostgreSQLLocation
  /// For Strata's own sessions: that of the superuser, who has a password, and that of the role that
  /// reads what migrations made.
  private(set) var administration: PostgreSQLLocation
  private(set) var reading: PostgreSQLLocation

  /// What the role `postgres` may do.
  public enum Rights: Hashable, Sendable {
    /// What the owner of a database may on a managed service. It cannot connect to `postgres`.
    case databaseOwner
    /// Everything.
    case superuser
  }

  let rights: Rights
  private let folder: ClusterFolder
  private var mirror: ServerMirror?
  private var keeper: (process: pid_t, pipe: Int32)?
  private var isStopped = false

  static let startSecondsMax = 60.0

  /// Starts a cluster.
  /// - Parameters:
  ///   - version: a major version; nil for the newest there is.
  ///   - settings: of postgresql.conf, beside our own.
  ///   - rights: those of the role `postgres`, which runs migrations.
  ///   - authentication: the lines of pg_hba.conf behind our own; nil lets everyone in who can reach
  ///     the socket.
  /// - Throws: `noBinaries`, `cluster`, `noLibrary`.
  public convenience init(
    version: Int? = nil, settings: [String: String] = [:], authentication: [String]? = nil,
    rights: Rights = .superuser
  ) throws(PostgreSQLEngineError) {
    try self.init(
      version: version, settings: settings, authentication: authentication, rights: rights,
      isConfined: true)
  }

  /// - Parameters:
  ///   - isConfined: false only to see what the roles alone hold back.
  ///   - programs: nil for those that are found.
  init(
    version: Int?, settings: [String: String], authentication: [String]?, rights: Rights,
    isConfined: Bool, programs: ServerPrograms? = nil
  ) throws(PostgreSQLEngineError) {
    let programs = if let programs { programs } else { try ServerPrograms.find(version: version) }
    let user = ServerUser.current()
    ClusterFolder.sweep(for: user)
    let folder = try ClusterFolder(for: user)
    self.programs = programs
    self.folder = folder
    self.rights = rights
    let major = programs.majorVersion
    func location(_ role: String, _ more: [String: String] = [:]) -> PostgreSQLLocation {
      PostgreSQLLocation(
        parameters: [
          "host": folder.path, "port": "5432", "user": role, "dbname": "postgres",
        ].merging(more) { _, new in new })
    }
    self.location = location(ClusterRoles.migrations)
    administration = self.location
    reading = self.location
    do {
      try ClusterTemplate(programs: programs, user: user).make(in: folder.path)
      ClusterFolder.spreadFolders(in: folder.path + "/data/base")
      let options = ClusterRoles.options(version: major)
      administration = location(
        ClusterRoles.superuser,
        ["options": options, "password": try Self.takePassword(folder.path)])
      reading = location(ClusterRoles.reader, ["options": options])
      let lines = authentication.map { [ClusterRoles.authenticationOfSuperuser] + $0 }
      try Self.write(
        (lines ?? ClusterRoles.authentication).map { $0 + "\n" }.joined(),
        to: folder.path + "/data/pg_hba.conf")
      mirror = ServerMirror(of: programs, in: folder.path + "/data")
      keeper = try start(user, settings, isConfined: isConfined)
      try waitUntilReady()
      if rights == .superuser { try makeSuperuser() }
    } catch {
      let reason = error
      stop()
      throw reason
    }
  }

  deinit { stop() }

  /// A text of the server's as one that runs where it is installed would have it.
  func original(_ text: String) -> String { mirror?.original(text) ?? text }

  /// The folder with the socket.
  public var path: String { folder.path }

  /// Stops the server and removes its folder; a second time does nothing.
  public func stop() {
    if isStopped { return }
    isStopped = true
    if let keeper {
      close(keeper.pipe)
      _ = Subprogram.wait(keeper.process)
    }
    _ = try? Subprogram.output("/bin/rm", ["-rf", folder.path])
    folder.release()
  }

  /// The superuser's password, which is nowhere in the cluster's folder from now on.
  private static func takePassword(_ folder: String) throws(PostgreSQLEngineError) -> String {
    let path = folder + "/data/" + ClusterTemplate.passwordFile
    guard let text = Files.text(of: path), unlink(path) == 0 else {
      throw .cluster("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    return String(text.prefix { $0 != "\n" })
  }

  private func makeSuperuser() throws(PostgreSQLEngineError) {
    do {
      let connection = try PostgreSQLConnection(administration)
      try connection.execute(ClusterRoles.opening.joined(separator: "; "))
    } catch {
      throw .cluster("\(error)")
    }
  }

  private static func write(_ text: String, to path: String) throws(PostgreSQLEngineError) {
    // In place: owner and permissions stay.
    let file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
    defer { if file >= 0 { close(file) } }
    do throws(FileError) {
      guard file >= 0 else { throw FileError(writing: path) }
      try FileWriter.write(Array(text.utf8), to: file, named: path)
    } catch {
      throw .cluster("cannot write \(path): \(error.reason)")
    }
  }

  /// Nobody mourns a cluster that a power cut takes, and no capture depends on where it runs.
  private static let settings: [String: String] = [
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
    "wal_level": "logical", "max_wal_size": "256MB", "listen_addresses": "",
    "max_connections": "50", "max_locks_per_transaction": "1024", "shared_buffers": "64MB",
    "max_prepared_transactions": "10", "jit": "off", "lc_messages": "C", "timezone": "UTC",
    "log_timezone": "UTC", "log_checkpoints": "off", "logging_collector": "off",
    "max_logical_replication_workers": "0", "unix_socket_permissions": "0700",
    "dynamic_shared_memory_type": "mmap",
  ]

  /// As before 16, who makes a role may do what the role may.
  private static func newerSettings(_ version: Int) -> [String: String] {
    version >= 16 ? ["createrole_self_grant": "set, inherit"] : [:]
  }

  private func start(
    _ user: ServerUser, _ more: [String: String], isConfined: Bool
  ) throws(PostgreSQLEngineError) -> (process: pid_t, pipe: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw .cluster("cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let all = Self.settings.merging(more) { _, new in new }
      .merging(["unix_socket_directories": folder.path]) { _, new in new }
    let options = all.merging(Self.newerSettings(programs.majorVersion)) { old, _ in old }
      .sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    do {
      let start = ServerStart(
        programs: programs, mirror: mirror, folder: folder.path,
        user: user, options: options, isConfined: isConfined)
      let process = try start.run(input: ends[0])
      return (process, ends[1])
    } catch {
      close(ends[1])
      throw .cluster(error.description + "; name a server with --scratch postgresql://...")
    }
  }

  /// The eighth line of postmaster.pid says whether it takes connections.
  private func waitUntilReady() throws(PostgreSQLEngineError) {
    let end = ContinuousClock.now + .seconds(Self.startSecondsMax)
    var hasBegun = false
    while ContinuousClock.now < end {
      let text = Files.text(of: folder.path + "/data/postmaster.pid")
      let lines = (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      if lines.count > 7, lines[7].hasPrefix("ready") { return }
      // It takes its file away when it gives up.
      if hasBegun, text == nil { break }
      hasBegun = hasBegun || text != nil
      if !hasBegun, hasFailed { break }
      usleep(2_000)
    }
    let log = Files.text(of: folder.path + "/log")
    throw .cluster(
      "the server of \(programs.folder) was not ready; its log ends with:\n  "
        + String((log ?? "").suffix(2000)).quotedInMessage)
  }

  /// Before the file is there, only the log tells.
  private var hasFailed: Bool {
    let log = Files.text(of: folder.path + "/log")
    return log?.contains("FATAL:") == true || log?.contains("not found") == true
  }
}
