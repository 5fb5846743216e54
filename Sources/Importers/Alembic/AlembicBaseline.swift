public import SchemaModel

/// One Alembic migration that creates a whole schema: what stands in a versions folder for the
/// revisions that left it.
///
/// It executes every statement exactly as given: no bind parameters, no doubled `%`. It runs in
/// one transaction. In `--sql` mode it prints the same statements. Each dialect has a block
/// of its own in the file, so that a folder which serves several is truncated for one after the
/// other.
public struct AlembicBaseline: Sendable {
  /// The last revision that it stands for: databases at that one go on as before.
  public var id: RevisionID
  /// Whose statements these are; the block of the file that is written bears its name.
  public var dialect: Dialect
  /// Alembic's `branch_labels`, those of all revisions that it stands for.
  public var labels: [String]
  /// Alembic's `depends_on`.
  public var dependsOn: [RevisionID]
  /// The first line of the docstring.
  public var message: String
  /// Alembic's Create Date: the revision's own.
  public var created: Timestamp?
  /// What it stands for, as a paragraph of the docstring: `Replaces 95 revisions, ...`.
  public var note: String
  /// In their order, rows among them.
  public var upgrade: [String]
  /// In their order; they take away what `upgrade` made.
  public var downgrade: [String]
  /// Settings that the statements need; they are put back as they were afterwards.
  public var session: [(name: String, value: String)]
  /// What dialects need around the statements.
  public var lines: [AlembicLines]
  /// What env.py calls the database to its migrations, where it runs them on several: each has a block
  /// of its own then.
  public var engineName: String?
  /// Whether env.py gives its migrations arguments.
  public var takesArguments = false
  /// What others have in the file already.
  public var otherBlocks: [DialectBlock] = []

  public init(
    id: RevisionID, dialect: Dialect, labels: [String] = [], dependsOn: [RevisionID] = [],
    message: String,
    created: Timestamp?, note: String, upgrade: [String], downgrade: [String],
    session: [(name: String, value: String)] = [], lines: [AlembicLines] = []
  ) {
    self.id = id
    self.dialect = dialect
    self.session = session
    self.lines = lines
    self.labels = labels
    self.dependsOn = dependsOn
    self.message = message
    self.created = created
    self.note = note
    self.upgrade = upgrade
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


      def upgrade(\(parameters)):
          _execute(CREATE\(argument))


      def downgrade(\(parameters)):
          _execute(DROP\(argument))


      def _execute(scripts\(argument)):
          \"\"\"Runs each statement as it is written: no bind parameters, no doubled percent signs.\"\"\"
          context = op.get_context()
          dialect = context.dialect.name
      \(naming)    if \(variable) not in scripts:
              raise RuntimeError(
                  "this baseline was made for %s, found %s: truncate with the history of %s too"
                  % (", ".join(sorted(scripts)), \(variable), \(variable))
              )
          if context.as_sql:
      \(around(\.printing, depth: 2))        for statement in scripts[\(variable)]:
                  context.impl.static_output(statement + ";")
      \(around(\.printed, depth: 2))        return
          connection = op.get_bind()
      \(around(\.before, depth: 1))    for statement in scripts[\(variable)]:
              connection.exec_driver_sql(
                  statement, execution_options={"no_parameters": True}
              )
      \(around(\.after, depth: 1))

      CREATE = {}
      DROP = {}
      SESSION = {}

      \(blocks.map(\.text).joined(separator: "\n"))
      """
  }

  /// Whole lines, set in by so many steps.
  private func around(_ part: KeyPath<AlembicLines, String>, depth: Int) -> String {
    lines.flatMap { $0[keyPath: part].split(separator: "\n") }
      .map { $0.replacing("SESSION.get(dialect,", with: "SESSION.get(\(variable),") }
      .map { String(repeating: "    ", count: depth) + $0 + "\n" }.joined()
  }

  private var parameters: String {
    engineName != nil ? "engine_name, **_" : takesArguments ? "*_, **__" : ""
  }
  private var argument: String { engineName == nil ? "" : ", engine_name" }
  /// By what a block is found.
  private var variable: String { engineName == nil ? "dialect" : "block" }
  private var naming: String {
    engineName == nil ? "" : "    block = \"%s of '%s'\" % (dialect, engine_name)\n"
  }

  /// The name of this history's block.
  public var blockName: String { Self.blockName(dialect, engineName) }

  /// - Parameter engineName: what env.py calls the database, where it has several.
  public static func blockName(_ dialect: Dialect, _ engineName: String?) -> String {
    engineName.map { "\(dialect.rawValue) of '\($0)'" } ?? dialect.rawValue
  }

  /// This dialect's block beside the others, in the order of their names.
  private var blocks: [DialectBlock] {
    let key = PythonLiteral.text(blockName)
    let settings =
      session.isEmpty
      ? ""
      : "SESSION[\(key)] = {\n"
        + session.map {
          "    \(PythonLiteral.text($0.name)): \(PythonLiteral.text($0.value)),\n"
        }
        .joined() + "}\n\n"
    let own = DialectBlock(
      dialect: blockName,
      content: settings
        + "CREATE[\(key)] = [\n\(Self.list(upgrade.map { (Self.section($0), $0) }))]\n\n"
        + "DROP[\(key)] = [\n\(Self.list(downgrade.map { ("", $0) }))]\n")
    return (otherBlocks.filter { $0.dialect != own.dialect } + [own])
      .sorted { $0.dialect < $1.dialect }
  }

  private static func tuple(_ names: [String]) -> String {
    switch names.count {
    case 0: "None"
    case 1: "(\(PythonLiteral.text(names[0])),)"
    default: "(" + names.map(PythonLiteral.text).joined(separator: ", ") + ")"
    }
  }

  private static func section(_ sql: String) -> String {
    let words = sql.prefix(200).split(whereSeparator: \.isWhitespace).prefix(4).map {
      $0.lowercased()
    }
    guard words.first == "create" else {
      return ["insert", "delete", "select"].contains(words.first) ? "Rows" : "Other statements"
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
