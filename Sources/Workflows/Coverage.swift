public import DialectRegistry
public import SchemaHistory
public import SchemaModel

/// How much of a schema Strata understands.
public struct Coverage: Hashable, Sendable {
  /// Objects with a meaning of their own.
  public var modelled = 0
  /// Objects of which only their name is kept, or a text.
  public var opaque = 0
  /// Objects that no baseline can make, since they need opaque ones.
  public var unsupported = 0

  /// Whether the dialect has nothing that Strata does not understand.
  public var isAlwaysWhole = false

  /// Of nothing.
  public init() {}

  /// Of the schema at a history's first head; of nothing where it has none.
  /// - Throws: `HistoryError` where it cannot be read; `UnknownDialect`.
  public init(ofHeadOf history: History, _ dialects: Dialects = .standard) throws {
    self.init()
    guard let head = try history.heads().first else { return }
    self.init(of: try history.schema(at: head), try history.words(dialects))
  }

  init(of schema: Schema, _ words: any DialectWords) {
    isAlwaysWhole = !words.countsModelled
    opaque = schema.objects.keys.count { $0.kind == .opaque }
    unsupported = words.unrendered(schema).count { $0.kind != .opaque }
    modelled = schema.objects.count - opaque - unsupported
  }
}
