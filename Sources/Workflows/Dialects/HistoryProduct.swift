public import DialectRegistry
public import SchemaHistory
public import SchemaModel

extension History {
  /// The dialect whose words this history speaks.
  /// - Throws: `UnknownDialect`.
  public func words(_ dialects: Dialects = .standard) throws -> any DialectWords {
    try dialects.words(of: dialect)
  }

  /// The product that its migrations run on.
  /// - Throws: `UnknownDialect`; `HistoryError` where the store cannot be read.
  func product(_ context: WorkflowContext, _ teller: Teller) throws -> any Product {
    let wing = try context.dialects.wing(of: dialect)
    return wing.product(context.scratch, runnerTables: try runnerTables()) { notice in
      teller.endProgress()
      teller.note(notice)
    }
  }

  /// Says what is to be known of the options for scratch databases that were given.
  func remark(on context: WorkflowContext, _ teller: Teller) throws {
    let wing = try context.dialects.wing(of: dialect)
    for remark in wing.remarks(on: context.scratch) { teller.warn(remark) }
  }
}
