internal import DialectPostgreSQL
public import SchemaModel

/// PostgreSQL, as the registry lists it.
public struct PostgreSQLWing: DialectWing {
  public init() {}

  public var words: any DialectWords { PostgreSQLWords() }

  public func product(
    _ options: ScratchOptions, runnerTables: RunnerTables, notice: @escaping (String) -> Void
  ) -> any Product {
    PostgreSQLProduct(
      isOnServer: options.url != nil,
      shared: PostgreSQLEngine(
        source: options.url.map { .url($0) } ?? .temporary(version: options.version),
        timeout: options.timeout, runnerTables: runnerTables,
        rights: options.isSuperuser ? .superuser : .databaseOwner,
        trustsMigrations: options.trustsMigrations, announce: { notice($0.notice) }))
  }

  public func remarks(on options: ScratchOptions) -> [String] {
    var remarks: [String] = []
    if options.isSuperuser {
      remarks.append(
        options.url == nil
          ? "migrations run as a superuser of the temporary PostgreSQL (--superuser)"
          : "--superuser is not used: it is for the temporary PostgreSQL alone")
    }
    if options.url != nil, options.version != nil {
      remarks.append(
        "--pg-version is not used: the server that --scratch names has a version of its own")
    }
    return remarks
  }

  public func options(_ options: ScratchOptions, judgedBy engine: String?) -> ScratchOptions {
    guard options.url == nil, options.version == nil, let major = PostgreSQLWords.major(engine),
      (try? ServerPrograms.find(version: major)) != nil
    else { return options }
    var options = options
    options.version = major
    return options
  }

  public func dropAll() { PostgreSQLEngine.dropAll() }
}

/// PostgreSQL for one command.
struct PostgreSQLProduct: Product {
  let isOnServer: Bool
  /// One for all scratch databases of a command: they share its temporary server.
  let shared: PostgreSQLEngine

  var words: any DialectWords { PostgreSQLWords() }
  var sharesRoles: Bool { isOnServer }

  func engine() -> PostgreSQLEngine { shared }
  func sweepLeftovers() { shared.sweepLeftovers() }
  func mayMakeRoles(_ script: String) -> Bool { PostgreSQLEngine.mayMakeRoles(script) }

  func create(
    _ statements: [String], into url: String, stamp: [String], judgedBy engine: String?
  ) throws -> String {
    // Another text may hold a password.
    if url.hasPrefix("sqlite:") || !url.contains(":"), !url.contains("=") {
      throw ProductError(
        .input,
        "expected a PostgreSQL database, as in postgresql://user@host/name, since the history is "
          + "PostgreSQL's; found '\(VisibleText.line(url))'")
    }
    do {
      return try PostgreSQLTarget.create(
        baseline: words.prelude(judgedBy: engine) + statements, into: url,
        runnerStatements: stamp, version: PostgreSQLWords.major(engine))
    } catch {
      switch error {
      case .notEmpty, .otherVersion, .unencodable: throw ProductError(.refused, "\(error)")
      case .engine(.invalidURL(let message)): throw ProductError(.input, VisibleText.line(message))
      case .engine, .missingRole: throw ProductError(.engine, "\(error)")
      }
    }
  }

  func dump(_ scratch: PostgreSQLScratch) throws -> String? { try scratch.dump() }
  func dumpObstacle(_ scratch: PostgreSQLScratch) throws -> String? { try scratch.dumpObstacle() }

  func isSyntaxError(_ error: any Error) -> Bool {
    if case PostgreSQLEngineError.refused = error { return true }
    return (error as? PostgreSQLEngineError)?.failure?.code == "42601"
  }
}

extension PostgreSQLEngineError: ClassifiedError {
  public var fault: FaultKind {
    switch self {
    case .invalidURL: .input
    case .mayDoLastingHarm, .place: .refused
    default: .engine
    }
  }
}
