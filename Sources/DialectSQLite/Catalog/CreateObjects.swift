internal import SchemaModel

extension SQLite {
  /// `CREATE [UNIQUE] INDEX name ON table (parts) [WHERE predicate]`.
  struct CreateIndex {
    var name: String
    var table: String
    var parts: [KeyPart]
    var isUnique: Bool
    var predicate: String?

    init?(_ text: String) {
      var reader = Reader(text)
      guard reader.accept("CREATE") else { return nil }
      isUnique = reader.accept("UNIQUE")
      guard reader.accept("INDEX") else { return nil }
      _ = reader.accept("IF", "NOT", "EXISTS")
      guard let name = reader.qualifiedName(), reader.accept("ON"), let table = reader.name(),
        let columns = reader.parenthesized()
      else { return nil }
      self.name = name.name
      self.table = table
      parts = reader.parts(columns).map(reader.keyPart)
      if reader.accept("WHERE") { predicate = reader.slice(reader.position..<reader.end) }
    }
  }

  /// `CREATE VIRTUAL TABLE name USING module(arguments)`.
  struct CreateVirtualTable {
    var name: String
    var module: String
    /// The module with its arguments, as they are written.
    var usage: String

    init?(_ text: String) {
      var reader = Reader(text)
      guard let header = reader.createHeader("VIRTUAL", "TABLE"), reader.accept("USING") else {
        return nil
      }
      let start = reader.position
      guard let module = reader.name() else { return nil }
      name = header.name
      self.module = module
      usage = reader.slice(start..<reader.end)
    }
  }

  /// `CREATE VIEW name [(columns)] AS select`.
  struct CreateView {
    var name: String
    var columns: [String]
    var select: String

    init?(_ text: String) {
      var reader = Reader(text)
      guard let header = reader.createHeader("VIEW") else { return nil }
      name = header.name
      let list = reader.parenthesized()
      columns = list.map { reader.parts($0).map { reader.keyPart($0).text } } ?? []
      guard reader.accept("AS") else { return nil }
      select = reader.slice(reader.position..<reader.end)
    }
  }

  /// `CREATE TRIGGER name [timing] event ON table ...`.
  struct CreateTrigger {
    var name: String
    var table: String
    /// `before`, `after` or `instead of`; before where the text does not say.
    var timing: String
    /// `insert`, `delete`, `update` or `update of a, b`.
    var event: String
    var condition: String?

    init?(_ text: String) {
      var reader = Reader(text)
      guard let header = reader.createHeader("TRIGGER") else { return nil }
      name = header.name
      timing = "before"
      if reader.accept("AFTER") {
        timing = "after"
      } else if reader.accept("INSTEAD", "OF") {
        timing = "instead of"
      } else {
        _ = reader.accept("BEFORE")
      }
      guard let event = Self.event(&reader), reader.accept("ON"),
        let table = reader.qualifiedName()
      else { return nil }
      self.event = event
      self.table = table.name
      _ = reader.accept("FOR", "EACH", "ROW")
      if reader.accept("WHEN") { condition = Self.condition(reader) }
    }

    private static func event(_ reader: inout Reader) -> String? {
      if reader.accept("INSERT") { return "insert" }
      if reader.accept("DELETE") { return "delete" }
      guard reader.accept("UPDATE") else { return nil }
      guard reader.accept("OF") else { return "update" }
      var columns: [String] = []
      repeat {
        guard let name = reader.name() else { return nil }
        columns.append(name)
      } while reader.accept(symbol: ",")
      return "update of " + columns.joined(separator: ", ")
    }

    private static func condition(_ reader: Reader) -> String? {
      let stop = (reader.position..<reader.end).first {
        reader.tokens.isWord(reader.tokens.list[$0], "BEGIN")
      }
      return stop.map { reader.slice(reader.position..<$0) }
    }
  }
}
