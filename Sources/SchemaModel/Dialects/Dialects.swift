/// A dialect as the registry lists it: its words, and the way to its engine.
public protocol DialectWing: Sendable {
  /// What it can say without a database.
  var words: any DialectWords { get }
  /// The product for one command. Nothing is started before the first scratch database is wanted.
  /// - Parameter notice: told, in a sentence, what people should know of the place in which
  ///   migrations run, before the first of them.
  func product(
    _ options: ScratchOptions, runnerTables: RunnerTables, notice: @escaping (String) -> Void
  ) -> any Product
  /// What people are to be told of the options that they gave: that one is in force which they
  /// should know of, or that one is not used.
  func remarks(on options: ScratchOptions) -> [String]
  /// The same options, with the version that judged before where they leave that open and this
  /// machine has it.
  func options(_ options: ScratchOptions, judgedBy engine: String?) -> ScratchOptions
  /// Lets go of everything of this process's that would outlive it: at its end or by a signal, from
  /// any thread.
  func dropAll()
}

extension DialectWing {
  public var dialect: Dialect { words.dialect }
  public func dropAll() {}
  public func options(_ options: ScratchOptions, judgedBy engine: String?) -> ScratchOptions {
    options
  }
  public func remarks(on options: ScratchOptions) -> [String] {
    let given = [
      ("--superuser", options.isSuperuser), ("--scratch", options.url != nil),
      ("--pg-version", options.version != nil),
    ].filter(\.1)
    return given.map { "\($0.0) is not used: it means nothing to \(words.title)" }
  }
}

/// The dialects that a program knows. Which these are is said in one place (DialectRegistry); a value
/// with others is handed down in its stead.
public struct Dialects: Sendable {
  /// One of each dialect, in the order in which people are told of them.
  public let wings: [any DialectWing]

  public init(_ wings: [any DialectWing]) { self.wings = wings }

  /// The same and one more, which takes the place of one of its name.
  public func adding(_ wing: any DialectWing) -> Dialects {
    Dialects(wings.filter { $0.dialect != wing.dialect } + [wing])
  }

  /// The names that a store may have, in the same order.
  public var names: [String] { wings.map(\.dialect.rawValue) }

  /// The dialect of this name; nil where there is none.
  public func named(_ name: String) -> (any DialectWing)? {
    wings.first { $0.dialect.rawValue == name }
  }

  /// - Throws: `UnknownDialect`, which names those that there are.
  public func wing(of dialect: Dialect) throws(UnknownDialect) -> any DialectWing {
    guard let wing = named(dialect.rawValue) else {
      throw UnknownDialect(found: dialect, known: names)
    }
    return wing
  }

  /// - Throws: `UnknownDialect`.
  public func words(of dialect: Dialect) throws(UnknownDialect) -> any DialectWords {
    try wing(of: dialect).words
  }

  /// Lets go of everything of this process's that would outlive it, on any dialect's servers.
  public func dropAll() {
    for wing in wings { wing.dropAll() }
  }

  /// What every baseline for Alembic holds around its statements.
  public var alembicLines: [AlembicLines] { wings.map(\.words.alembicLines) }
}

/// A store speaks a dialect that this program does not know: a newer Strata or an extended one made
/// it. What needs no dialect can be read all the same.
public struct UnknownDialect: ClassifiedError, Hashable, CustomStringConvertible {
  /// The store's.
  public var found: Dialect
  /// The names of those that there are.
  public var known: [String]

  public var fault: FaultKind { .input }
  public var description: String {
    "expected a history of a dialect that this Strata knows (\(known.joined(separator: ", "))), "
      + "found one of \(found); use the Strata that made it. What needs no dialect can be read: "
      + "`strata log`, `strata blame`, `strata diff`"
  }
}
