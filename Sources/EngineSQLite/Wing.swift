internal import DialectSQLite
public import SchemaModel

/// SQLite, as the registry lists it.
public struct SQLiteWing: DialectWing {
  public init() {}

  public var words: any DialectWords { SQLiteWords() }

  public func product(
    _ options: ScratchOptions, runnerTables: RunnerTables, notice: @escaping (String) -> Void
  ) -> any Product {
    SQLiteProduct(timeout: options.timeout, runnerTables: runnerTables)
  }

  public func remarks(on options: ScratchOptions) -> [String] {
    var remarks: [String] = []
    if options.isSuperuser {
      remarks.append("--superuser is not used: it is for the temporary PostgreSQL alone")
    }
    if options.url != nil || options.version != nil {
      remarks.append(
        "\(options.url != nil ? "--scratch" : "--pg-version") is not used: SQLite's scratch databases "
          + "are temporary files")
    }
    return remarks
  }
}

/// SQLite for one command.
struct SQLiteProduct: Product {
  let timeout: Double?
  let runnerTables: RunnerTables

  var words: any DialectWords { SQLiteWords() }
  var keepsFiles: Bool { true }

  func engine() -> SQLiteEngine { SQLiteEngine(timeout: timeout, runnerTables: runnerTables) }

  func create(
    _ statements: [String], into url: String, stamp: [String], judgedBy engine: String?
  ) throws -> String {
    let path: String
    do {
      path = try SQLiteLocation.path(of: url)
    } catch {
      throw ProductError(.input, "\(error)")
    }
    do {
      try SQLiteTarget.create(baseline: statements, into: path, runnerStatements: stamp)
    } catch {
      switch error {
      case .notEmpty: throw ProductError(.refused, "\(error)")
      case .engine(let own): throw ProductError(own.fault, "\(error)")
      }
    }
    return path
  }

  func kept(
    in file: Int32, as recorded: Capture, runners: [RunnerTable], version: RevisionID
  ) throws -> (SQLiteScratch, Capture)? {
    let scratch = try SQLiteScratch(copying: file)
    scratch.timeout = timeout
    scratch.runnerTables = runnerTables
    guard let capture = scratch.proved(as: recorded, runners: runners, version: version.text)
    else {
      scratch.discard()
      return nil
    }
    return (scratch, capture)
  }

  func keep(_ scratch: SQLiteScratch, in file: Int32) throws { try scratch.persist(to: file) }

  func isWhole(inBaselineOf schema: Schema) -> Bool { !SQLiteScratch.hidesRows(schema) }

  func isSyntaxError(_ error: any Error) -> Bool {
    guard case SQLiteEngineError.failed(_, _, let message) = error else { return false }
    return ["syntax error", "incomplete input", "unrecognized token"]
      .contains(where: message.contains)
  }
}

extension SQLiteEngineError: ClassifiedError {
  public var fault: FaultKind {
    switch self {
    case .cannotOpen, .medium, .files: .refused
    default: .engine
    }
  }
}
