import Foundation
import SchemaModel

/// What a card index holds.
struct CardIndex: Hashable, Codable {
  struct Drawer: Hashable, Codable {
    var columns: [String]
    var rows: [[String]] = []
  }

  var drawers: [String: Drawer] = [:]

  /// - Throws: `CardError.refused`.
  mutating func run(_ statement: CardStatement) throws {
    switch statement {
    case .create(let table, let columns):
      guard drawers[table] == nil else { throw CardError.refused("\(table) is there already") }
      drawers[table] = Drawer(columns: columns)
    case .addColumn(let table, let column):
      var drawer = try drawer(table)
      drawer.columns.append(column)
      for row in drawer.rows.indices { drawer.rows[row].append("") }
      drawers[table] = drawer
    case .insert(let table, let values):
      var drawer = try drawer(table)
      guard values.count == drawer.columns.count else {
        throw CardError.refused("\(table) has \(drawer.columns.count) columns")
      }
      drawer.rows.append(values)
      drawers[table] = drawer
    case .drop(let table):
      _ = try drawer(table)
      drawers[table] = nil
    }
  }

  private func drawer(_ name: String) throws -> Drawer {
    guard let drawer = drawers[name] else { throw CardError.refused("there is no \(name)") }
    return drawer
  }

  var schema: Schema {
    var schema = Schema()
    for (name, drawer) in drawers {
      let columns = drawer.columns.map { Column(name: $0, type: "") }
      schema.put(SchemaObject(.table(Table(columns: columns))), at: .table(name))
    }
    return schema
  }

  var rows: SeedRows {
    var rows = SeedRows()
    for (name, drawer) in drawers where !drawer.rows.isEmpty {
      rows.tables[.table(name)] = RowSet(
        columns: drawer.columns, rows: drawer.rows.map { $0.map { .text($0) } })
    }
    return rows
  }

  init() {}
  init(file: String) throws {
    self = try JSONDecoder().decode(
      CardIndex.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
  }

  func write(to file: String) throws {
    try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: file))
  }
}

struct CardEngine: Engine {
  var dialect: Dialect { CardWords().dialect }
  func makeScratch() throws -> CardScratch { try CardScratch(CardIndex()) }
}

/// A card index in a file of its own.
final class CardScratch: ScratchDatabase {
  let file: String

  init(_ index: CardIndex) throws {
    file = NSTemporaryDirectory() + "strata-cards-\(UUID().uuidString)"
    try index.write(to: file)
  }

  deinit { discard() }

  var url: String { "cards://" + file }

  func run(script: String, inTransaction: Bool) throws -> [ExecutedStatement] {
    var index = try CardIndex(file: file)
    var executed: [ExecutedStatement] = []
    for (text, statement) in try CardStatement.statements(of: script) {
      try index.run(statement)
      executed.append(ExecutedStatement(sql: text))
    }
    try index.write(to: file)
    return executed
  }

  func capture(after before: Capture, statements: [ExecutedStatement]) throws -> Capture {
    let index = try CardIndex(file: file)
    return Capture(schema: index.schema, rows: index.rows)
  }

  func keepOut(runnerTable name: String) {}
  func copy() throws -> CardScratch { try CardScratch(CardIndex(file: file)) }
  func discard() { try? FileManager.default.removeItem(atPath: file) }
}
