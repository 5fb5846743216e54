import FoundationEssentials
public import SchemaModel

/// How a project's migrations are to be run.
public struct AlembicOptions: Hashable, Sendable {
  /// Folders that join the Python path, first of all.
  public var paths: [String]
  /// Whether the project's own env.py drives.
  public var usesEnv: Bool
  /// Which one, where env.py runs the migrations on several databases; nil for the only one.
  public var database: String?
  /// What Alembic's `-x` gives to env.py.
  public var arguments: [String]
  /// The application in whose context env.py runs, as Flask's `--app` names it; nil for the one that
  /// Flask finds.
  public var application: String?
  /// SQLAlchemy's `MetaData.naming_convention`, by kind (`ix`, `uq`, `fk`, ...), where env.py is
  /// not used; nil leaves names to the database.
  public var namingConvention: [String: String]?
  /// Alembic's `transaction_per_migration`, where env.py is not used.
  public var isTransactionPerMigration: Bool
  /// What the project's code may reach beside the scratch database: absolute paths, and `host:port`.
  public var allowed: [String]

  /// - Parameters:
  ///   - namingConvention: a JSON object of texts.
  ///   - allowed: files, by any path, and `host:port`.
  /// - Throws: `FolderError.badNamingConvention`.
  public init(
    paths: [String] = [], usesEnv: Bool = false, database: String? = nil,
    arguments: [String] = [], application: String? = nil, namingConvention: String? = nil,
    isTransactionPerMigration: Bool = false, allowed: [String] = []
  ) throws(FolderError) {
    var checked: [String] = []
    for text in allowed { checked.append(try Self.allowance(text)) }
    self.allowed = checked
    self.paths = paths.map { Disk.absolute($0) }
    self.usesEnv = usesEnv
    self.database = database
    self.arguments = arguments
    self.application = application
    self.isTransactionPerMigration = isTransactionPerMigration
    guard let namingConvention else { return }
    let bytes = Data(namingConvention.utf8)
    guard let convention = try? JSONDecoder().decode([String: String].self, from: bytes) else {
      throw .badNamingConvention("found \(namingConvention)")
    }
    self.namingConvention = convention
  }

  /// A host with its port as it is, a file by its absolute path; a bare name may be a program's.
  private static func allowance(_ text: String) throws(FolderError) -> String {
    if text.contains("/") || !text.contains(":") {
      let path = Disk.absolute(text)
      guard !text.isEmpty, !text.contains("://"), !Disk.isDirectory(path) else {
        throw .badAllowance(text)
      }
      if text.contains("/") || Disk.isFile(path) { return path }
      let folders = (Environment.current["PATH"] ?? "").split(separator: ":")
      return folders.map { "\($0)/\(text)" }.first { Disk.isExecutable($0) } ?? path
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isIPv6 = text.hasPrefix("[") && text.contains("]:")
    guard let port = parts.last.flatMap({ UInt16($0) }), port > 0, isIPv6 || parts.count == 2,
      let host = parts.first, !host.isEmpty, host != "*"
    else { throw .badAllowance(text) }
    return text
  }
}

/// Steps real Alembic over scratch databases, through the user's own Python.
public final class AlembicRunner: MigrationRunner {
  private let bridge: Bridge
  private let location: AlembicLocation
  private let options: AlembicOptions
  private let graph: MigrationGraph
  private let files: [RevisionID: String]
  private var isOpen = false
  /// The versions that run, known after the first run: `Alembic 1.20.1, SQLAlchemy 2.0.4, ...`.
  public private(set) var versions: String?
  /// How often a migration ran at most: more than once where env.py runs them for each schema.
  public private(set) var timesMax = 1
  /// What env.py ran behind the migrations so far.
  public private(set) var ownStatements: Set<String> = []
  /// What env.py calls the database to its migrations, by `run_migrations(engine_name=...)`; known after
  /// `prepare`, nil where it says nothing.
  public private(set) var engineName: String?
  /// The database that env.py's own URL means, in words, where that is of another product than the
  /// scratch; known after `prepare`.
  public private(set) var otherProduct: String?

  /// Starts nothing: the bridge runs from the first `run` on.
  /// - Parameter graph: what may be asked to run, with the file of each revision.
  public init(
    bridge: Bridge, location: AlembicLocation, graph: MigrationGraph, options: AlembicOptions
  ) {
    self.bridge = bridge
    self.location = location
    self.options = options
    self.graph = graph
    var files: [RevisionID: String] = [:]
    for draft in graph.revisions { files[draft.id] = draft.source?.path }
    self.files = files
  }

  /// - Throws: `ImportError`; what `each` throws.
  public func run(
    _ ids: [RevisionID], on scratch: some ScratchDatabase,
    each: (RanRevision) throws -> Void
  ) throws {
    try run(ids, on: scratch, isTogether: false, each: each)
  }

  /// - Throws: `ImportError`; what `each` throws.
  public func runTogether(
    _ ids: [RevisionID], on scratch: some ScratchDatabase,
    each: (RanRevision) throws -> Void
  ) throws {
    try run(ids, on: scratch, isTogether: ids.count > 1, each: each)
  }

  private func run(
    _ ids: [RevisionID], on scratch: some ScratchDatabase, isTogether: Bool,
    each: (RanRevision) throws -> Void
  ) throws {
    guard let first = ids.first else { return }
    try open(for: scratch.url)
    var request = BridgeRequest("run")
    request.url = scratch.url
    request.revisions = ids.map(\.text)
    if isTogether { request.together = true }
    request.beforeCommit = try scratch.beforeCommit
    try bridge.send(request, during: first)
    scratch.expectCapture()
    for id in ids {
      let reply = try bridge.receive(during: id, file: files[id])
      guard reply.reply == "ran", reply.id == id.text else {
        guard reply.reply == "failed" else {
          throw bridge.unexpected("ran \(id)", found: "\(reply.reply) \(reply.id ?? "")")
        }
        throw ImportError.revisionFailed(failure(reply, id: id))
      }
      for table in reply.versionTables ?? [] { scratch.keepOut(runnerTable: table) }
      timesMax = max(timesMax, reply.times ?? 1)
      ownStatements.formUnion(reply.own ?? [])
      do {
        try each(
          RanRevision(id: id, statements: Self.statements(reply), warnings: reply.told ?? []))
      } catch {
        try? answer("stop", after: id)
        throw error
      }
      try answer(id == ids.last ? "stop" : "next", after: id)
    }
  }

  /// What env.py makes by itself.
  public func prepare(
    _ scratch: some ScratchDatabase, for id: RevisionID
  ) throws -> [ExecutedStatement]? {
    guard options.usesEnv else { return nil }
    try open(for: scratch.url)
    var request = BridgeRequest("prepare")
    request.url = scratch.url
    request.beforeCommit = try scratch.beforeCommit
    try bridge.send(request, during: id)
    let reply = try bridge.receive(during: id, file: files[id])
    guard reply.reply == "prepared" else {
      guard reply.reply == "failed" else {
        throw bridge.unexpected("prepared", found: reply.reply)
      }
      throw ImportError.revisionFailed(failure(reply, id: id))
    }
    for table in reply.versionTables ?? [] { scratch.keepOut(runnerTable: table) }
    engineName = reply.engineName
    otherProduct = reply.otherProduct
    return Self.statements(reply)
  }

  /// Whether the project's env.py runs, and with it the command that its users run.
  public var isWholeProject: Bool { options.usesEnv }

  public func runWhole(
    to id: RevisionID, on scratch: some ScratchDatabase
  ) throws -> RanRevision? {
    isWholeProject ? try upgrade(scratch, to: id.text) : nil
  }

  /// Runs `alembic upgrade`, whole, as its command does: in env.py's own transactions.
  /// - Parameter revision: where to, as Alembic names it: `heads`.
  /// - Returns: what ran, under the revision's name.
  /// - Throws: `ImportError`; after a failure the scratch may hold a part of it.
  public func upgrade(_ scratch: some ScratchDatabase, to revision: String) throws -> RanRevision {
    try open(for: scratch.url)
    var request = BridgeRequest("upgrade")
    request.url = scratch.url
    request.revision = revision
    request.beforeCommit = try scratch.beforeCommit
    try bridge.send(request)
    let reply = try bridge.receive()
    timesMax = max(timesMax, reply.times ?? 1)
    ownStatements.formUnion(reply.own ?? [])
    guard reply.reply == "upgraded" else {
      guard reply.reply == "failed" else {
        throw bridge.unexpected("upgraded", found: reply.reply)
      }
      throw ImportError.revisionFailed(failure(reply, id: RevisionID(reply.id ?? revision)))
    }
    for table in reply.versionTables ?? [] { scratch.keepOut(runnerTable: table) }
    return RanRevision(
      id: RevisionID(revision), statements: Self.statements(reply), warnings: reply.told ?? [])
  }

  /// As Alembic orders what `alembic upgrade` runs; nothing of the project runs for the answer.
  public func orders(of merges: [RevisionID]) throws -> [MergeOrder]? {
    var request = BridgeRequest("order")
    request.graph = graph.revisions.map {
      BridgeRequest.Place(
        id: $0.id.text, parents: $0.parents.map(\.text), dependsOn: $0.dependsOn.map(\.text))
    }
    let numbers = merges.compactMap(graph.number(of:))
    request.merges = numbers
    request.allow = options.allowed
    try bridge.send(request)
    let reply = try bridge.receive()
    guard let orders = reply.orders, orders.count == numbers.count,
      zip(numbers, orders).allSatisfy({ graph.isOrder($1, of: $0) })
    else { throw bridge.unexpected("the orders of \(numbers.count) merges", found: reply.reply) }
    return orders.map { order in
      let ids = order.map { graph.revisions[$0].id }
      return MergeOrder(base: ids[0], missing: Array(ids.dropFirst()))
    }
  }

  private static func statements(_ reply: BridgeReply) -> [ExecutedStatement] {
    (reply.statements ?? []).map { ExecutedStatement(sql: $0.sql, count: $0.count ?? 1) }
  }

  /// Every answered revision but the one before `next` ends with `finished`.
  private func answer(_ op: String, after id: RevisionID) throws {
    try bridge.send(BridgeRequest(op), during: id)
    guard op == "stop" else { return }
    let reply = try bridge.receive(during: id)
    guard reply.reply == "finished" else {
      throw bridge.unexpected("finished", found: reply.reply)
    }
  }

  /// - Parameter url: the database's, by which a missing driver is found at once.
  private func open(for url: String) throws {
    guard !isOpen else { return }
    var request = BridgeRequest("open")
    request.versions = location.versions
    request.recursive = location.isRecursive
    request.scriptLocation = location.scriptLocation
    request.ini = location.ini
    request.toml = location.toml
    request.section = location.section
    request.prependSysPath = location.importPaths
    request.paths = options.paths
    request.env = options.usesEnv
    request.database = options.database
    request.x = options.arguments
    request.app = options.application
    request.namingConvention = options.namingConvention
    request.transactionPerMigration = options.isTransactionPerMigration
    request.url = url
    request.allow = options.allowed
    try bridge.send(request)
    let reply = try bridge.receive()
    guard reply.reply == "opened" else {
      throw bridge.unexpected("opened", found: reply.reply)
    }
    versions = [
      ("Alembic", reply.alembic), ("SQLAlchemy", reply.sqlalchemy), ("Python", reply.python),
      ("SQLite", reply.sqlite), ("driver", reply.driver),
    ].compactMap { name, version in version.map { "\(name) \($0)" } }.joined(separator: ", ")
    isOpen = true
  }

  private func failure(_ reply: BridgeReply, id: RevisionID) -> RevisionFailure {
    timesMax = max(timesMax, reply.times ?? 1)
    let frames = (reply.traceback ?? []).map { frame in
      let place = "\(frame.file ?? "?"):\(frame.line.map(String.init) ?? "?")"
      let function = frame.function.map { ", in \($0)" } ?? ""
      let code = frame.code.map { ": \($0)" } ?? ""
      return place + function + code
    }
    let code = reply.sqlstate.map { " (SQLSTATE \($0))" } ?? ""
    return RevisionFailure(
      id: id, file: files[id] ?? "?", reason: (reply.error ?? "no reason given") + code,
      statement: reply.statement, traceback: frames, hint: reply.hint,
      environment: reply.environment)
  }
}
