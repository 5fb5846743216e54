public import SchemaModel
internal import DialectPostgreSQL

/// One disposable PostgreSQL database. It goes with the value.
public final class PostgreSQLScratch: ScratchDatabase {
  /// Seconds that a script may take; nil for no limit.
  public var timeout: Double?
  /// Roles that were missing, and that we made so that scripts could run.
  public private(set) var createdRoles: Set<String> = []
  private var unreportedRoles: Set<String> = []
  /// Where it is; its description shows no password.
  public let location: PostgreSQLLocation
  /// Where captures read it.
  let readingLocation: PostgreSQLLocation
  let host: ScratchHost
  private let database: String
  let catalog: CatalogState
  private var connection: PostgreSQLConnection?
  /// Roles that this database's own scripts made, or those of what it is a copy of.
  private var ownRoles: Set<String> = []
  /// Roles that the migrations' role was made a member of.
  private var admittedRoles: Set<String> = []
  /// Whether it waits for a later branch.
  private var isResting = false
  private var isDiscarded = false
  var settings = SessionSettings()
  /// Tables of tools that were made in it.
  var toolTables: Set<String> = []

  /// By which a migration tool may go on in it.
  public var url: String {
    // Where this fails, so does the tool, with the server's words.
    try? wake()
    try? silence()
    return location.url
  }

  init(
    host: ScratchHost, template: String? = nil, catalog: CatalogState? = nil,
    runnerTables: RunnerTables = RunnerTables()
  ) throws {
    self.host = host
    self.catalog =
      try catalog
      ?? CatalogState(
        feed: host.changeFeed(), runnerTables: runnerTables, role: host.migrationRole)
    database = try host.makeDatabase(template: template)
    location = try host.location(of: database)
    readingLocation = try host.readingLocation(of: database)
  }

  deinit { discard() }

  /// Lets migrations go on in a database that others were copied from.
  private func wake() throws {
    guard isResting else { return }
    try host.setResting(false, database)
    isResting = false
  }

  /// Before somebody logs in: what fires then is no migration's work.
  func silence() throws {
    // Who is not a superuser cannot make a trigger that fires at a login.
    if host.isRestricted { return }
    try host.server().silenceLoginTriggers(of: database)
  }

  func open() throws -> PostgreSQLConnection {
    try wake()
    if let connection { return connection }
    try silence()
    let opened = try PostgreSQLConnection(location)
    try settings.putOn(opened)
    connection = opened
    return opened
  }

  /// Runs a script as a migration tool does.
  ///
  /// A failure leaves the database as it was, but for what sequences gave out; where that cannot be had
  /// at once, there is no database any more. Roles that are missing are made where the server is a
  /// temporary one.
  /// - Parameter inTransaction: one transaction for all of it, where the script has none itself and
  ///   holds nothing that none may hold; else each statement commits by itself.
  /// - Throws: `PostgreSQLEngineError`.
  public func run(script text: String, inTransaction: Bool) throws -> [ExecutedStatement] {
    let script = PostgreSQL.Script(text)
    if let refusal = script.refusal {
      throw PostgreSQLEngineError.refused(line: refusal.line, reason: refusal.message)
    }
    if let nul = text.utf8.firstIndex(of: 0) {
      let line = text.utf8[..<nul].reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
      throw PostgreSQLEngineError.refused(
        line: line,
        reason: "expected text, found a NUL character, at which PostgreSQL stops reading; remove it"
      )
    }
    let check = try commitCheck()
    if let check { try ServerGuard.check(script, mayNotTouch: Set(check.before.roles.map(\.name))) }
    if script.statements.isEmpty { return [] }
    _ = try open()
    var plan = ScriptPlan(
      script, inTransaction: inTransaction,
      asOneQuery: settings.tool.sendsOneQuery && !inTransaction)
    var skipped: Set<Int> = []
    while true {
      do {
        try attempt(script, plan, skipped, namesRoles: RoleWords.areIn(text), check?.sql)
        return script.statements.map { ExecutedStatement(sql: $0.sql, count: 1) }
      } catch let failure as ScriptFailure {
        guard try overcome(failure, script, &plan, &skipped) else { throw advised(failure.error) }
      }
    }
  }

  /// Whether the script can be tried once more, now that its obstacle is out of the way.
  private func overcome(
    _ failure: ScriptFailure, _ script: PostgreSQL.Script, _ plan: inout ScriptPlan,
    _ skipped: inout Set<Int>
  ) throws -> Bool {
    guard !isDiscarded, case .failed(let words) = failure.error else { return false }
    if plan == .wrapped, ScriptPlan.isCuredByPieces(words.code) {
      plan = .piecemeal
      return true
    }
    if let role = RoleWords.missing(words), try make(role: role) { return true }
    if let role = PrivilegeWords.unadmitted(words.message), try admit(to: role) { return true }
    // Another scratch database's script made it: to this one it is new all the same.
    if let role = RoleWords.existing(words), let index = failure.index,
      RoleWords.creates(script.statements[index].sql), host.madeRoles.contains(role),
      !ownRoles.contains(role)
    {
      ownRoles.insert(role)
      skipped.insert(index)
      return true
    }
    return false
  }

  public func overcome(_ reason: String) throws -> Bool {
    if let role = RoleWords.missing(in: reason) { return try make(role: role) }
    // Where the revision itself made the role, it will make it again.
    guard let role = PrivilegeWords.unadmitted(in: reason), try host.roles().contains(role) else {
      return false
    }
    return try admit(to: role)
  }

  /// Makes a role that is missing in our own cluster; on a server of the user's that is not ours to
  /// do.
  private func make(role: String) throws -> Bool {
    guard host.isOwn, !ClusterRoles.isBuiltIn(role), !createdRoles.contains(role) else {
      return false
    }
    try host.createRole(role)
    createdRoles.insert(role)
    unreportedRoles.insert(role)
    return true
  }

  /// Lets scripts act as a role that was made here, as the one who made it. The failure took the
  /// role away again where the script itself made it.
  private func admit(to role: String) throws -> Bool {
    guard host.isRestricted, !ClusterRoles.isBuiltIn(role), admittedRoles.insert(role).inserted
    else { return false }
    if try host.roles().contains(role) {
      try host.admit(to: role)
    } else {
      try host.createRole(role)
    }
    return true
  }

  private func attempt(
    _ script: PostgreSQL.Script, _ plan: ScriptPlan, _ skipped: Set<Int>, namesRoles: Bool,
    _ check: String?
  ) throws {
    let notesRoles = namesRoles || !host.isOwn
    let before = notesRoles ? try host.rolesBefore(isExact: plan == .piecemeal) : []
    // On a server of the user's nothing but roles is got out of the way for a second try, and a copy of
    // a database waits for the disk of all its files.
    let mayTryAgain = host.isOwn || namesRoles
    let backup = plan == .piecemeal && mayTryAgain ? try makeBackup() : nil
    do {
      let connection = try open()
      try connection.limited(to: timeout) {
        if let check {
          try ServerScriptRun(
            connection: connection, script: script, skipped: skipped, check: check
          ).run(isWrapped: plan.isWrapped)
        } else {
          try ScriptRun(connection: connection, script: script, skipped: skipped)
            .run(isWrapped: plan.isWrapped)
        }
      }
      if try !settings.end(script, connection) { self.connection = nil }
    } catch {
      // With whatever it had set, and with its transaction.
      connection = nil
      if let backup {
        disconnect()
        try host.restore(database, from: backup)
        if notesRoles { host.dropRoles(try host.rolesMade(since: before)) }
      } else if plan == .piecemeal {
        discard()
      }
      throw error
    }
    if let backup { host.dropDatabase(backup) }
    if notesRoles {
      let made = try host.rolesMade(since: before)
      host.note(roles: made)
      ownRoles.formUnion(made)
    }
  }

  /// Nobody may be connected to a database that is copied or dropped.
  private func disconnect() {
    connection = nil
    catalog.disconnect()
  }

  private func makeBackup() throws -> String {
    disconnect()
    return try host.makeDatabase(template: database, isResting: true)
  }

  /// The error with what is known of its cause.
  private func advised(_ error: PostgreSQLEngineError) -> PostgreSQLEngineError {
    guard case .failed(var words) = error else { return error }
    words.message = host.original(words.message)
    words.detail = words.detail.map(host.original)
    if let role = RoleWords.missing(words) {
      let server = (try? host.server().location) ?? location
      return .missingRole(name: role, server: server.description, failure: words)
    }
    if let name = ExtensionWords.missing(words) {
      return .missingExtension(name: name, server: host.build, failure: words)
    }
    if let name = BuildWords.missing(words, hasICU: host.hasICU) {
      return .missingFeature(name: name, server: host.build, failure: words)
    }
    if host.isRestricted, words.code == "42501" {
      return .needsSuperuser(words, reason: PrivilegeWords.reason(words.message))
    }
    return .failed(words)
  }

  public func capture(
    after before: Capture, statements: [ExecutedStatement]
  ) throws -> Capture {
    // Something else may hold a lock for ever; but a large schema takes its time.
    let limit = timeout.map { max($0, 60) }
    try silence()
    var capture = try catalog.capture(
      readingLocation, beside: connection, after: before, statements: statements, limit: limit)
    capture.warnings += unreportedRoles.sorted().map {
      "role \($0) was not there and was made for the scratch database; a database made of the "
        + "baseline needs it"
    }
    unreportedRoles = []
    capture.warnings += settings.takeWarnings()
    if host.isUnrestrictedOnPurpose, !statements.isEmpty {
      capture.warnings.append(
        "it ran as a superuser of the temporary PostgreSQL (--superuser)")
    }
    return capture
  }

  public func expectCapture() { catalog.expectCapture(readingLocation) }

  public func copy() throws -> PostgreSQLScratch {
    disconnect()
    try silence()
    let copy = try PostgreSQLScratch(host: host, template: database, catalog: catalog.copy())
    try host.setResting(true, database)
    isResting = true
    copy.timeout = timeout
    copy.settings = settings
    copy.toolTables = toolTables
    copy.createdRoles = createdRoles
    copy.ownRoles = ownRoles
    copy.admittedRoles = admittedRoles
    return copy
  }

  public func discard() {
    if isDiscarded { return }
    isDiscarded = true
    disconnect()
    host.dropDatabase(database)
  }
}
