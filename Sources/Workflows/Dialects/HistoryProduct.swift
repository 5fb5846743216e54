public import DialectRegistry
public import SchemaHistory
public import SchemaModel

extension History {
  /// Opens a store for asking: nothing in it changes, and a plain name of an object is looked for
  /// where its dialect does.
  /// - Throws: `HistoryError` where there is no store, or a damaged one.
  public static func openForReading(
    at directory: String, _ dialects: Dialects = .standard
  ) throws -> History {
    let history = try History.open(at: directory, readOnly: true)
    // A dialect that this Strata does not know is said by what needs its words.
    history.defaultNamespace = (try? history.words(dialects))?.defaultNamespace ?? ""
    return history
  }

  /// The dialect whose words this history speaks.
  /// - Throws: `UnknownDialect`.
  public func words(_ dialects: Dialects = .standard) throws -> any DialectWords {
    try dialects.words(of: dialect)
  }

  /// The product that its migrations run on.
  /// - Throws: `UnknownDialect`; `HistoryError` where the store cannot be read.
  /// - Parameter engine: the version that is to judge, where it can be had and no other is asked for.
  func product(
    _ context: WorkflowContext, _ teller: Teller, judgedBy engine: String? = nil
  ) throws -> any Product {
    try context.scratch.check()
    let wing = try context.dialects.wing(of: dialect)
    let options = wing.options(context.scratch, judgedBy: engine)
    return wing.product(options, runnerTables: try runnerTables()) { notice in
      teller.endProgress()
      teller.note(notice)
    }
  }

  /// Says what is to be known of the options for scratch databases that were given.
  func remark(on context: WorkflowContext, _ teller: Teller) throws {
    try context.scratch.check()
    let wing = try context.dialects.wing(of: dialect)
    for remark in wing.remarks(on: context.scratch) { teller.warn(remark) }
  }
}
