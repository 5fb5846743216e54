internal import SchemaModel
internal import DialectPostgreSQL

/// The server on which scratch databases live: our own temporary cluster, or the user's.
final class ScratchHost {
  private let source: PostgreSQLEngine.Source
  private var cluster: PostgreSQLCluster?
  private var connection: PostgreSQLConnection?
  private var liveCount = 0
  /// Databases of a temporary server that nobody wants any more: they go with the server. A file
  /// system may be slow to make new files where others were removed a moment ago, and a copy of a
  /// database makes hundreds.
  private var unwanted: (names: [String], byteCount: Int) = ([], 0)
  /// How much of them the disk has to hold.
  private static let unwantedByteCountMax = 256 << 20
  private var feed: ChangeFeed??
  /// Roles that scripts of this run made; roles belong to the whole server.
  private(set) var madeRoles: Set<String> = []
  /// How a server of the user's is used.
  var serverAccess = ServerAccess()

  /// Whether nobody else makes roles there.
  private let isAlone: Bool
  /// Whether the server is a temporary one, in which scripts may do as they like.
  let isOwn: Bool

  /// What migrations may do in a server of our own.
  private let rights: PostgreSQLCluster.Rights

  init(_ source: PostgreSQLEngine.Source, rights: PostgreSQLCluster.Rights) {
    self.source = source
    self.rights = rights
    if case .temporary = source { isOwn = true } else { isOwn = false }
    isAlone = isOwn
  }

  init(cluster: PostgreSQLCluster) {
    source = .temporary(version: cluster.programs.majorVersion)
    self.cluster = cluster
    rights = cluster.rights
    isOwn = true
    isAlone = false
  }

  deinit {
    if isAlone { return }
    dropUnwanted()
    dropRoles()
  }

  /// The connection from which databases are made and dropped. A migration may end all sessions but
  /// its own, this one too: then it is opened anew, so it is asked whether it still lives.
  func server() throws -> PostgreSQLConnection {
    if let connection {
      do {
        try connection.execute("")
        return connection
      } catch {
        guard connection.transactionStatus == .unknown else { throw error }
        self.connection = nil
      }
    }
    let opened: PostgreSQLConnection
    switch source {
    case .temporary(let version):
      let cluster = try self.cluster ?? PostgreSQLCluster(version: version, rights: rights)
      self.cluster = cluster
      opened = try PostgreSQLConnection(cluster.administration)
    case .url(let url):
      opened = try PostgreSQLConnection.withoutLoginTriggers(PostgreSQLLocation(url))
      try serverAccess.begin(opened)
      // Once is enough.
      serverAccess.announce = nil
      Self.sweep(opened)
    }
    connection = opened
    return opened
  }

  /// The same where anything was wanted of the server yet, and it still answers.
  private var opened: PostgreSQLConnection? { connection == nil ? nil : try? server() }

  /// What is written to the databases of a server of our own; nil where it does not tell.
  func changeFeed() throws -> ChangeFeed? {
    guard isOwn else { return nil }
    if let feed { return feed }
    var location = try server().location
    // It makes a table there, where no migration comes.
    location.parameters["options"] = nil
    let opened = ChangeFeed(location)
    feed = .some(opened)
    return opened
  }

  /// Drops what processes of this machine left behind that ended without doing so.
  private static func sweep(_ connection: PostgreSQLConnection) {
    let commands = DatabaseCommands(connection: connection)
    func isLeftover(_ name: String) -> Bool { DatabaseCommands.mark(of: name)?.isDead ?? false }
    try? commands.stopMaking(isLeftover)
    let names = try? connection.query(
      """
      SELECT datname FROM pg_catalog.pg_database
      WHERE datname LIKE 'strata\\_scratch\\_%' AND pg_catalog.pg_has_role(datdba, 'MEMBER')
      """)
    for case let name?? in (names ?? []).map(\.first) where isLeftover(name) {
      try? commands.drop(name)
    }
    let roles = try? RoleMark.roles(connection, mark: RoleMark.prefix) { $0.isDead }
    RoleMark.drop(roles ?? [], connection)
  }

  /// The same where nothing was wanted of the server yet.
  func sweepLeftovers() {
    switch source {
    case .temporary:
      if cluster == nil { ClusterFolder.sweep(for: .current()) }
    case .url(let url):
      if connection == nil, let location = try? PostgreSQLLocation(url),
        let opened = try? PostgreSQLConnection.withoutLoginTriggers(location)
      {
        Self.sweep(opened)
      }
    }
  }

  /// For whatever runs migrations.
  func location(of database: String) throws -> PostgreSQLLocation {
    let server = try server()
    return (cluster?.location ?? server.location).with(database: database)
  }

  /// For whatever reads what they made.
  func readingLocation(of database: String) throws -> PostgreSQLLocation {
    let server = try server()
    return (cluster?.reading ?? server.location).with(database: database)
  }

  /// Those of a server of our own.
  var ownPrograms: ServerPrograms? { cluster?.programs }

  /// Which server it is, for a message on what it lacks.
  var build: ServerBuild {
    ServerBuild(
      version: (try? server().majorVersion) ?? PostgreSQLVersion.newest, folder: ownPrograms?.folder
    )
  }

  /// Whether it was built with ICU; true where it does not say.
  func hasICU() -> Bool { (try? server()).map(BuildWords.hasICU) ?? true }

  /// A text of the server's without the places of a temporary one.
  func original(_ text: String) -> String { cluster?.original(text) ?? text }

  /// The role that runs migrations in a server of our own.
  var migrationRole: String? { isOwn ? ClusterRoles.migrations : nil }

  /// Whether migrations have no more than the owner of a database has.
  var isRestricted: Bool { isOwn && rights == .databaseOwner }

  /// Whether the command line asked for more than that.
  var isUnrestrictedOnPurpose: Bool { isAlone && rights == .superuser }

  /// A new database: a copy of `template`, or an empty one.
  /// - Parameter isResting: whether no migration runs in it yet.
  func makeDatabase(template: String? = nil, isResting: Bool = false) throws -> String {
    let connection = try server()
    // Nothing depends on the roles of earlier databases any more.
    if template == nil, liveCount == 0 {
      dropUnwanted()
      dropRoles()
    }
    if template == nil, isRestricted {
      // What a migration set for its own role was for its own database.
      try connection.execute(ClusterRoles.renewal)
    }
    let name = DatabaseCommands.newName()
    if !isOwn { try LiveDatabases.add(name, connection.location) }
    do {
      try DatabaseCommands(connection: connection).create(
        name, template: template,
        owner: isResting && isRestricted ? ClusterRoles.superuser : migrationRole)
    } catch {
      dropDatabase(name, isCounted: false)
      throw error
    }
    liveCount += 1
    return name
  }

  func dropDatabase(_ name: String, isCounted: Bool = true) {
    if let connection = opened {
      let commands = DatabaseCommands(connection: connection)
      if isOwn, isCounted, let byteCount = try? commands.idleByteCount(of: name) {
        unwanted.names.append(name)
        unwanted.byteCount += byteCount
        if unwanted.byteCount > Self.unwantedByteCountMax { dropUnwanted() }
      } else {
        try? commands.drop(name)
      }
    }
    LiveDatabases.remove(name)
    if isCounted { liveCount -= 1 }
  }

  private func dropUnwanted() {
    guard let connection = opened else { return }
    let commands = DatabaseCommands(connection: connection)
    for name in unwanted.names { try? commands.drop(name) }
    unwanted = ([], 0)
  }

  /// Gives a database to the migrations' role, or takes it back, so that what runs in another one
  /// cannot drop it.
  func setResting(_ isResting: Bool, _ name: String) throws {
    guard isRestricted else { return }
    let owner = isResting ? ClusterRoles.superuser : ClusterRoles.migrations
    try server().execute("ALTER DATABASE \(name) OWNER TO \(owner)")
  }

  /// Puts `backup` in the place of a database that was spoilt.
  func restore(_ name: String, from backup: String) throws {
    let commands = DatabaseCommands(connection: try server())
    try commands.drop(name)
    try commands.rename(backup, to: name)
    try setResting(false, name)
    LiveDatabases.remove(backup)
    liveCount -= 1
  }

  // MARK: Roles

  func roles() throws -> Set<String> {
    let rows = try server().query("SELECT rolname FROM pg_catalog.pg_roles")
    return Set(rows.compactMap { $0.first.flatMap { $0 } })
  }

  func createRole(_ name: String) throws {
    try server().execute("CREATE ROLE \(Identifier.quoted(name))")
    madeRoles.insert(name)
    try admit(to: name)
  }

  /// Makes the migrations' role a member of one that is not Strata's or the server's: what makes a
  /// role may do what it may, as from version 16 on.
  func admit(to role: String) throws {
    guard isRestricted, !ClusterRoles.isBuiltIn(role) else { return }
    try server().execute(
      "GRANT \(Identifier.quoted(role)) TO \(ClusterRoles.migrations) WITH ADMIN OPTION")
  }

  func note(roles: Set<String>) { madeRoles.formUnion(roles) }

  /// As far as nothing depends on them.
  func dropRoles(_ names: Set<String>) {
    let connection = opened
    if let connection, !isOwn {
      RoleMark.drop(names, connection)
    } else {
      for role in names {
        try? connection?.execute("DROP ROLE IF EXISTS \(Identifier.quoted(role))")
      }
    }
    madeRoles.subtract(names)
  }

  /// The roles that migrations made, told by their marks on a server of the user's: others make
  /// theirs there.
  func rolesMade(since before: Set<String>) throws -> Set<String> {
    try (isOwn ? roles() : serverAccess.markedRoles(server())).subtracting(before)
  }

  /// What is there of `rolesMade` before a script runs.
  /// - Parameter isExact: also what another program's migrations made meanwhile; it costs a question.
  func rolesBefore(isExact: Bool) throws -> Set<String> {
    if isOwn { return try roles() }
    return isExact ? try serverAccess.markedRoles(server()) : madeRoles
  }

  private func dropRoles() {
    // In a cluster that is ours alone all but the first are of migrations, also those that a migration tool
    // made by a connection of its own.
    let all = isAlone ? (try? roles()) ?? [] : []
    if !isOwn, let connection = opened {
      madeRoles = (try? serverAccess.markedRoles(connection)) ?? madeRoles
    }
    dropRoles(madeRoles.union(all.filter { !ClusterRoles.isBuiltIn($0) }))
  }
}

/// A name as SQL takes it whatever it is.
enum Identifier {
  static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
