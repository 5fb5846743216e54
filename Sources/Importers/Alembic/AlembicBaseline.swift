public import SchemaModel

/// One Alembic migration that creates a whole schema: what stands in a versions folder for the
/// revisions that left it.
///
/// It executes every statement exactly as given: no bind parameters, no doubled `%`. On SQLite it
/// runs in one transaction. In `--sql` mode it prints the same statements.
public struct AlembicBaseline: Sendable {
  public var id: RevisionID
  public var labels: [String]
  public var dependsOn: [RevisionID]
  public var message: String
  /// Alembic's Create Date: the revision's own.
  public var created: Timestamp?
  /// What it stands for, as a paragraph of the docstring: `Replaces 95 revisions, ...`.
  public var note: String
  /// In their order; rows go after the last table, before everything else.
  public var upgrade: [String]
  public var rows: [String]
  public var downgrade: [String]

  public init(
    id: RevisionID, labels: [String] = [], dependsOn: [RevisionID] = [], message: String,
    created: Timestamp?, note: String, upgrade: [String], rows: [String] = [], downgrade: [String]
  ) {
    self.id = id
    self.labels = labels
    self.dependsOn = dependsOn
    self.message = message
    self.created = created
    self.note = note
    self.upgrade = upgrade
    self.rows = rows
    self.downgrade = downgrade
  }

  /// The file's text.
  public var text: String {
    let date = created.map { $0.description.replacing("T", with: " ").replacing("Z", with: "") }
    let head = [
      message.isEmpty ? "baseline" : message, note,
      "Revision ID: \(id)\nRevises:" + (date.map { "\nCreate Date: \($0)" } ?? ""),
    ].filter { !$0.isEmpty }.joined(separator: "\n\n")
    return """
      \"\"\"\(PythonLiteral.tripleQuoted(head))

      \"\"\"
      from alembic import op

      # revision identifiers, used by Alembic.
      revision = \(PythonLiteral.text(id.text))
      down_revision = None
      branch_labels = \(Self.tuple(labels))
      depends_on = \(Self.tuple(dependsOn.map(\.text)))


      def upgrade():
          _execute(CREATE)


      def downgrade():
          _execute(DROP)


      def _execute(statements):
          \"\"\"Runs each statement as it is written: no bind parameters, no doubled percent signs.\"\"\"
          context = op.get_context()
          if context.as_sql:
              for statement in statements:
                  context.impl.static_output(statement + ";")
              return
          connection = op.get_bind()
          if connection.dialect.name == "sqlite" and not getattr(
              connection.connection, "in_transaction", True
          ):
              # Python's driver opens a transaction for rows only, not for tables.
              connection.exec_driver_sql("BEGIN")
          for statement in statements:
              connection.exec_driver_sql(
                  statement, execution_options={"no_parameters": True}
              )


      CREATE = [
      \(Self.list(ordered()))]

      DROP = [
      \(Self.list(downgrade.map { ("", $0) }))]

      """
  }

  private static func tuple(_ names: [String]) -> String {
    switch names.count {
    case 0: "None"
    case 1: "(\(PythonLiteral.text(names[0])),)"
    default: "(" + names.map(PythonLiteral.text).joined(separator: ", ") + ")"
    }
  }

  /// Statements with the section that each is in: tables, rows, then the rest in its own order.
  private func ordered() -> [(section: String, sql: String)] {
    let classified = upgrade.map { (section: Self.section($0), sql: $0) }
    let afterTables = (classified.lastIndex { $0.section == "Tables" } ?? -1) + 1
    return classified[..<afterTables] + rows.map { (section: "Rows", sql: $0) }
      + classified[afterTables...]
  }

  private static func section(_ sql: String) -> String {
    let words = sql.prefix(200).split(whereSeparator: \.isWhitespace).prefix(4).map {
      $0.lowercased()
    }
    guard words.first == "create" else {
      return words.first == "insert" ? "Rows" : "Other statements"
    }
    let kinds = [
      "table": "Tables", "index": "Indexes", "view": "Views", "trigger": "Triggers",
    ]
    return words.dropFirst().lazy.compactMap { kinds[$0] }.first ?? "Other statements"
  }

  private static func list(_ statements: [(section: String, sql: String)]) -> String {
    var result = ""
    var section = ""
    for statement in statements {
      if statement.section != section {
        section = statement.section
        result += (result.isEmpty ? "" : "\n") + "    # \(section)\n"
      }
      result += "    \(PythonLiteral.text(statement.sql)),\n"
    }
    return result
  }
}
