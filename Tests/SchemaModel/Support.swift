import RandomSchemas
import SchemaModel
import Testing

/// Applies an operation, checks its line, and that its inverse takes it back.
/// - Returns: the schema after it.
@discardableResult
func apply(
  _ operation: SchemaModel.Operation, to schema: Schema, says summary: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Schema {
  var after = schema
  try operation.apply(to: &after)
  #expect(operation.summary == summary, sourceLocation: sourceLocation)
  if let inverse = operation.inverse {
    var before = after
    try inverse.apply(to: &before)
    #expect(before == schema, "the inverse leaves a difference", sourceLocation: sourceLocation)
    #expect(inverse.inverse == operation, sourceLocation: sourceLocation)
  }
  return after
}

/// The example of an operation.
func example(_ name: String) throws -> SchemaModel.Operation {
  try #require(Examples.operations.first { $0.name == name }).operation
}

/// `id INTEGER NOT NULL, email ...`: the columns of a schema's table.
func columns(_ schema: Schema, _ table: String = "users") -> String {
  (schema.table(table)?.columns ?? []).map(\.name).joined(separator: ", ")
}
