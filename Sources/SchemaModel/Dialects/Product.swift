/// A dialect with its engine: what one command does in another way for each database product.
public protocol Product {
  /// The kind of its engine, which decides that of its scratch databases.
  associatedtype E: Engine

  /// What its dialect can say, the same as `DialectWing.words`.
  var words: any DialectWords { get }

  /// The judge of every change.
  func engine() throws -> E

  /// Whether its databases are files that can be kept for the next command.
  var keepsFiles: Bool { get }
  /// A copy of the database in an open file, where it is proved to be the recorded one; nil else.
  func kept(
    in file: Int32, as recorded: Capture, runners: [RunnerTable], version: RevisionID
  ) throws -> (E.Scratch, Capture)?
  /// Writes a database to an open file, where the product's databases are files.
  func keep(_ scratch: E.Scratch, in file: Int32) throws

  /// Whether its scratch databases stand on a server where roles do not outlive a run.
  var sharesRoles: Bool { get }
  /// Whether a migration seems to make roles. It reads words, for what is only cheaper if it is
  /// right.
  func mayMakeRoles(_ script: String) -> Bool
  /// Whether a baseline of this schema leaves nothing behind that its migrations' database has.
  func isWhole(inBaselineOf schema: Schema) -> Bool

  /// Creates a baseline in the empty database that `url` names, in one transaction; the statements
  /// of `stamp` run last in it.
  /// - Returns: the database's name, for people.
  /// - Throws: `ProductError`: `input` where `url` names no database of the product's, `refused`
  ///   where it is not empty or not of the version, `engine` with the product's own words.
  func create(
    _ statements: [String], into url: String, stamp: [String], judgedBy engine: String?
  ) throws -> String

  /// The text that `DialectWords.dumpTool` gives of a database's schema; nil where it cannot be had.
  func dump(_ scratch: E.Scratch) throws -> String?
  /// Why `dump` has none, and what would help, in words for the end of a sentence; nil where it has
  /// one, or the dialect no such tool.
  func dumpObstacle(_ scratch: E.Scratch) throws -> String?

  /// Removes what earlier runs left behind that were killed.
  func sweepLeftovers()

  /// Whether the product refused a text because it is no SQL of its own.
  func isSyntaxError(_ error: any Error) -> Bool
}

extension Product {
  public var keepsFiles: Bool { false }
  public func kept(
    in file: Int32, as recorded: Capture, runners: [RunnerTable], version: RevisionID
  ) throws -> (E.Scratch, Capture)? { nil }
  public func keep(_ scratch: E.Scratch, in file: Int32) throws {}
  public var sharesRoles: Bool { false }
  public func mayMakeRoles(_ script: String) -> Bool { false }
  public func isWhole(inBaselineOf schema: Schema) -> Bool { true }
  public func dump(_ scratch: E.Scratch) throws -> String? { nil }
  public func dumpObstacle(_ scratch: E.Scratch) throws -> String? { nil }
  public func sweepLeftovers() {}
}

/// Whose fault an error is: decides the exit code.
public enum FaultKind: Hashable, Sendable {
  /// What was given cannot be read, or names nothing.
  case input
  /// The store, a segment or its chain is damaged.
  case damaged
  /// It would do harm, or nobody said what to do; nothing was changed.
  case refused
  /// The engine, or a tool that is called, failed.
  case engine
}

/// An error that knows whose fault it is.
public protocol ClassifiedError: Error {
  /// Decides the exit code; the same for every error of one case.
  var fault: FaultKind { get }
}

/// Why a product did not do what it was asked, in its own words.
public struct ProductError: ClassifiedError, Hashable, CustomStringConvertible {
  public var fault: FaultKind
  /// Whole lines; names inside bring no lines of their own.
  public var description: String

  public init(_ fault: FaultKind, _ description: String) {
    self.fault = fault
    self.description = description
  }
}

/// How scratch databases are to be had.
public struct ScratchOptions: Hashable, Sendable {
  /// A server where databases of our own may be made; nil for the product's own way.
  public var url: String?
  /// The major version that is asked for.
  public var version: Int?
  /// Seconds that a revision may take; nil for no limit.
  public var timeout: Double?
  /// Whether a role of that server may run them that could do lasting harm there.
  public var trustsMigrations: Bool
  /// Whether migrations run as a superuser of a temporary server.
  public var isSuperuser: Bool

  public init(
    url: String? = nil, version: Int? = nil, timeout: Double? = nil,
    trustsMigrations: Bool = false, isSuperuser: Bool = false
  ) {
    self.url = url
    self.version = version
    self.timeout = timeout
    self.trustsMigrations = trustsMigrations
    self.isSuperuser = isSuperuser
  }

  /// The longest limit of a revision, in seconds: a year.
  public static let timeoutMax: Double = 31_536_000

  /// - Throws: `ProductError` of the input for a limit that is no time to wait, and for a version
  ///   that no product has.
  public func check() throws(ProductError) {
    if let timeout, !(timeout > 0 && timeout <= Self.timeoutMax) {
      throw ProductError(
        .input,
        "expected a time limit above 0 and up to \(Int(Self.timeoutMax)) seconds, found \(timeout)")
    }
    if let version, version < 1 {
      throw ProductError(.input, "expected a major version such as 15, found \(version)")
    }
  }
}

extension Duration {
  /// A limit of time in seconds, between none and `ScratchOptions.timeoutMax`: other numbers have no
  /// length as a Duration.
  public static func limit(_ seconds: Double) -> Duration {
    .seconds(seconds > 0 ? min(seconds, ScratchOptions.timeoutMax) : 0)
  }
}
