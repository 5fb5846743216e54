import SchemaModel

/// How much of a schema Strata understands.
struct Coverage {
  /// Objects with a meaning of their own.
  var modelled = 0
  /// Objects of which only their name is kept, or a text.
  var opaque = 0
  /// Objects that no baseline can make, since they need opaque ones.
  var unsupported = 0

  init() {}

  init(of schema: Schema, _ words: any DialectWords) {
    opaque = schema.objects.keys.count { $0.kind == .opaque }
    unsupported = words.unrendered(schema).count { $0.kind != .opaque }
    modelled = schema.objects.count - opaque - unsupported
  }

  var document: JSONValue {
    .object([
      ("modelled", .integer(modelled)), ("opaque", .integer(opaque)),
      ("unsupported", .integer(unsupported)),
    ])
  }

  /// Nothing where all of it is understood, and always is.
  func sentence(_ words: any DialectWords) -> String {
    if !words.countsModelled, opaque + unsupported == 0 { return "" }
    return "Of its objects \(modelled) are modelled, \(opaque) opaque, \(unsupported) unsupported."
  }
}
