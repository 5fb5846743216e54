import Foundation
import Projections
import SchemaModel

/// A temporary directory that goes with the test.
final class Folder {
  let path: String
  var file: String { path + "/projection.sqlite" }

  init() throws {
    path = NSTemporaryDirectory() + "strata-projection-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

func hash(_ number: UInt64) -> ContentHash { ContentHash(number, 1, 2, 3) }

/// Plays the log: numbers events and revisions, and keeps each revision's schema to tell what a
/// child changes.
struct History {
  var facts: [ProjectedFact] = []
  var next = EventSequence(1)
  var schemas: [RevisionID: Schema] = [:]
  var time = Timestamp("2024-01-15T09:00:00Z") ?? Timestamp(milliseconds: 0)

  var position: (EventSequence, ContentHash) {
    (EventSequence(next.value - 1), hash(next.value - 1))
  }

  mutating func event(_ fact: Event.Fact) {
    facts.append(
      .event(Event(sequence: next, time: time, actor: "Ada <ada@example.org>", fact: fact)))
    next = next.next
  }

  /// Records a revision whose operations lead from its first parent's schema to its own.
  mutating func record(
    _ id: RevisionID, parents: [RevisionID] = [], author: String = "Ada",
    _ operations: [SchemaModel.Operation]
  ) throws {
    var schema = parents.first.flatMap { schemas[$0] } ?? Schema()
    let before = schema
    try schema.fold(operations)
    schemas[id] = schema
    var changes: [ObjectPath: SchemaObject?] = [:]
    for path in Set(before.objects.keys).union(schema.objects.keys)
    where before.objects[path] != schema.objects[path] {
      changes.updateValue(schema.objects[path], forKey: path)
    }
    let draft = RevisionDraft(
      id: id, parents: parents, labels: ["core"], author: author, message: "do \(id)\nmore",
      authored: time)
    let sequence = next
    next = next.next
    var numbered: [(EventSequence, SchemaModel.Operation)] = []
    for operation in operations {
      numbered.append((next, operation))
      next = next.next
    }
    facts.append(
      .revision(
        ProjectedRevision(
          revision: Revision(
            draft: draft, source: nil, snapshot: Fingerprint(hash(77)), rows: nil,
            operationCount: operations.count),
          sequence: sequence, recorded: time, actor: "strata", operations: numbered,
          changes: changes, isArchived: false)))
    time = Timestamp(milliseconds: time.milliseconds + 86_400_000)
  }

  /// The history of the documentation's examples: a fork, a merge and a rename.
  static func sample() throws -> History {
    var history = History()
    history.event(.opened(Opening(dialect: Dialect("sqlite"), writer: "strata 1.0")))
    try history.record("create_users", [create("users", ["id INTEGER", "name VARCHAR(50)"])])
    try history.record(
      "add_email", parents: ["create_users"], author: "Grace",
      [add("email", "VARCHAR(255)", to: "users", at: 2)])
    try history.record(
      "add_notes", parents: ["create_users"], [create("notes", ["body TEXT"], key: false)])
    try history.record(
      "widen_name", parents: ["add_email"],
      [alter("name", from: "VARCHAR(50)", to: "TEXT", in: "users")])
    try history.record(
      "merge", parents: ["widen_name", "add_notes"],
      [create("notes", ["body TEXT"], key: false)])
    try history.record(
      "rename", parents: ["merge"], author: "Grace",
      [.renameObject(RenameObject(path: .table("notes"), newPath: .table("remarks")))])
    return history
  }
}

/// `create("t", ["id INTEGER", "name TEXT"])`; the first column is the primary key.
func create(_ name: String, _ columns: [String], key: Bool = true) -> SchemaModel.Operation {
  let parsed = columns.map { text in
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    return SchemaModel.Column(name: words[0], type: words[1])
  }
  let constraints =
    key ? [Constraint(name: "pk_\(name)", kind: .primaryKey, parts: [KeyPart(parsed[0].name)])] : []
  let table = SchemaModel.Table(
    columns: parsed, constraints: constraints, definition: "CREATE TABLE \"\(name)\" (...)")
  return .createObject(CreateObject(path: .table(name), object: SchemaObject(.table(table))))
}

func add(
  _ column: String, _ type: String, to table: String, at position: Int
) -> SchemaModel.Operation {
  .addColumn(
    AddColumn(
      table: .table(table), column: SchemaModel.Column(name: column, type: type),
      position: position))
}

func alter(
  _ column: String, from old: String, to new: String, in table: String
) -> SchemaModel.Operation {
  .alterColumn(
    AlterColumn(
      table: .table(table), before: SchemaModel.Column(name: column, type: old),
      after: SchemaModel.Column(name: column, type: new)))
}

extension Projection {
  /// The rows as lines: values with a bar between them.
  func lines(_ sql: String) throws -> [String] {
    try query(sql).rows.map { row in
      row.map { value in
        switch value {
        case .null: "-"
        case .integer(let integer): "\(integer)"
        case .real(let real): "\(real)"
        case .text(let text): text
        case .blob(let blob): Hexadecimal.text(blob)
        }
      }.joined(separator: " | ")
    }
  }
}
