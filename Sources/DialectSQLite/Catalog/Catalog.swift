public import SchemaModel

extension SQLite {
  /// What the rows of one database's catalog mean.
  public struct Catalog: Sendable {
    /// What the model keeps of the rows; the tables of the migration tools are not in it.
    public let schema: Schema
    /// The CREATE texts of the migration tools' own tables, by name.
    public let runnerTables: [ExactText: String]
    /// What stands on these tables, and no tool put there: `trigger t on alembic_version`.
    public let runnerParts: [String]

    /// Rows in, schema out. The pragmas are the truth for columns; the CREATE text adds what they
    /// do not tell. A text that is not understood costs those additions, never the capture.
    ///
    /// `reusing`: an object there with the same text is taken over as it is (SQLite's text of a
    /// table tells all about it), so `rows` needs no details of such a table.
    public init(
      _ rows: CatalogRows, reusing known: Schema = Schema(),
      runnerTables names: RunnerTables = RunnerTables()
    ) {
      var schema = Schema()
      schema.objects.reserveCapacity(rows.objects.count)
      var runners: [ExactText: String] = [:]
      var parts: [String] = []
      var relations: [ExactText: String] = [:]
      for row in rows.objects where row.type == "table" || row.type == "view" {
        relations[folded(row.name)] = row.name
      }
      let runnerNames = Set<ExactText>(names.names.map { folded($0.text) })
      // Tables first: the others take the spelling of names from them.
      let tables = rows.objects.filter { $0.type == "table" }
      for row in tables + rows.objects.filter({ $0.type != "table" }) {
        let table = relations[folded(row.table)] ?? row.table
        if runnerNames.contains(folded(row.table)) {
          if row.type == "table" {
            runners[row.name] = row.sql
          } else if row.sql != nil, !MigrationTool.indexNames.contains(row.name) {
            parts.append("\(row.type) \(row.name) on \(table)")
          }
          continue
        }
        guard let sql = row.sql, !isInternal(row.name), rows.relations[table]?.type != "shadow",
          let path = Self.path(row)
        else { continue }
        let content = Self.content(
          row, sql, table, rows, known: known.objects[path].flatMap { $0.text == sql ? $0 : nil },
          columns: schema.table(table)?.columns ?? [])
        if let content { schema.objects[path] = SchemaObject(content) }
      }
      self.schema = schema
      runnerTables = runners
      runnerParts = parts
    }

    /// Whether the pragmas need to be asked about this table: its text is not known yet, or it is
    /// virtual, so that a module answers for it.
    public static func needsDetails(_ row: CatalogRows.Object, known: Schema) -> Bool {
      guard row.type == "table", !isInternal(row.name) else { return false }
      guard let table = known.table(row.name), table.definition == row.sql else { return true }
      return table.attributes["virtual"] != nil
    }

    /// Where what a row makes is in a schema; nil for what is no object of one.
    public static func path(_ row: CatalogRows.Object) -> ObjectPath? {
      switch row.type {
      case "table": .table(row.name)
      case "index": ObjectPath(.index, name: row.name)
      case "view": ObjectPath(.view, name: row.name)
      case "trigger": ObjectPath(.trigger, name: row.name)
      default: nil
      }
    }

    private static func content(
      _ row: CatalogRows.Object, _ sql: String, _ table: String, _ rows: CatalogRows,
      known: SchemaObject?, columns: [Column]
    ) -> SchemaObject.Content? {
      switch row.type {
      case "table":
        guard let details = rows.details[row.name] else { return known?.content }
        return .table(
          TableBuilder(sql: sql, relation: rows.relations[row.name], details: details).table)
      case "index":
        var index =
          known?.index ?? self.index(row.name, sql, table, rows.details[table])
        index.table = table
        for part in index.parts.indices where !index.parts[part].isExpression {
          let text = index.parts[part].text
          if columns.contains(where: { $0.name == text }) { continue }
          let name = folded(text)
          if let column = columns.first(where: { folded($0.name) == name }) {
            index.parts[part].text = column.name
          }
        }
        return .index(index)
      case "view":
        return .definition(Definition(text: sql, members: CreateView(sql)?.columns ?? []))
      default:
        let trigger = CreateTrigger(sql)
        let facts = trigger.map { ["timing": $0.timing, "event": $0.event] } ?? [:]
        return .definition(Definition(table: table, text: sql, attributes: facts))
      }
    }

    private static func index(
      _ name: String, _ sql: String, _ table: String, _ details: CatalogRows.Details?
    ) -> Index {
      if let text = CreateIndex(sql) {
        return Index(
          table: table, parts: text.parts, isUnique: text.isUnique, predicate: text.predicate,
          definition: sql)
      }
      let entry = details?.indexes.first { $0.name == name }
      return Index(
        table: table, parts: entry?.keyParts ?? [], isUnique: entry?.isUnique ?? false,
        definition: sql)
    }
  }
}

extension SQLite.CatalogRows.IndexEntry {
  /// The key as the pragma knows it: an expression has no text there.
  var keyParts: [KeyPart] {
    parts.map { part in
      KeyPart(
        part.column ?? "?", isExpression: part.column == nil,
        collation: part.collation == "BINARY" ? nil : part.collation,
        isDescending: part.isDescending)
    }
  }
}
