import SchemaHistory
import SchemaModel

/// The newest event of a history.
enum LogHeadDocument {
  static func value(_ head: LogHead) -> JSONValue {
    .object([
      ("sequence", .integer(head.sequence.value)), ("hash", .text(head.hash.description)),
    ])
  }
}
