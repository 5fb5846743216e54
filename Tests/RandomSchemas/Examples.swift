public import SchemaModel

/// One small example of everything that the log can hold, always the same.
public enum Examples {
  public static let users = ObjectPath.table("users")
  public static let email = Column(
    name: "email", type: "VARCHAR(255)", isNullable: false, defaultExpression: "''",
    collation: "NOCASE")
  public static let id = Column(name: "id", type: "INTEGER", isNullable: false)
  public static let key = Constraint(
    kind: .primaryKey, parts: [KeyPart("id")], attributes: ["autoincrement": ""])
  public static let positive = Constraint(name: "ck_id", kind: .check, expression: "id > 0")
  public static let team = Constraint(
    name: "fk_team", kind: .foreignKey, parts: [KeyPart("team_id")],
    reference: Constraint.Reference(table: "teams", columns: ["id"], onDelete: "CASCADE"))
  public static let hash = ContentHash(1, 2, 3, 4)

  public static let table = SchemaObject(
    .table(
      Table(
        columns: [id, email], constraints: [key, positive],
        definition: "CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(255))",
        attributes: ["strict": ""])))

  public static let index = SchemaObject(
    .index(
      Index(
        table: "users", parts: [KeyPart("lower(email)", isExpression: true, isDescending: true)],
        isUnique: true, predicate: "email <> ''",
        definition: "CREATE UNIQUE INDEX ix_email ON users (lower(email) DESC)")))

  public static let view = SchemaObject(
    .definition(
      Definition(text: "CREATE VIEW names AS SELECT email FROM users", members: ["email"])),
    comment: "for reports", owner: "app", grants: ["SELECT TO public"], dependencies: [users])

  public static let schema = Schema([
    users: table, ObjectPath(.index, name: "ix_email"): index,
    ObjectPath(.view, name: "names"): view,
  ])

  /// One operation of each kind, by a name for its file.
  public static let operations: [(name: String, operation: Operation)] = [
    ("create-object", .createObject(CreateObject(path: users, object: table))),
    (
      "drop-object",
      .dropObject(DropObject(path: ObjectPath(.index, name: "ix_email"), object: index))
    ),
    ("rename-object", .renameObject(RenameObject(path: users, newPath: .table("accounts")))),
    ("replace-object", replace),
    ("annotate-object", annotate),
    (
      "alter-table",
      .alterTable(AlterTable(table: users, before: ["strict": ""], after: ["without rowid": ""]))
    ),
    ("add-column", .addColumn(AddColumn(table: users, column: added, position: 1))),
    ("drop-column", .dropColumn(DropColumn(table: users, column: email, position: 1))),
    ("rename-column", .renameColumn(RenameColumn(table: users, name: "id", newName: "number"))),
    ("alter-column", .alterColumn(AlterColumn(table: users, before: email, after: widened))),
    (
      "reorder-columns",
      .reorderColumns(
        ReorderColumns(table: users, before: ["id", "email"], after: ["email", "id"]))
    ),
    ("add-constraint", .addConstraint(AddConstraint(table: users, constraint: team))),
    ("drop-constraint", .dropConstraint(DropConstraint(table: users, constraint: positive))),
    (
      "alter-constraint",
      .alterConstraint(AlterConstraint(table: users, before: positive, after: renamed))
    ),
    ("rewrite-text", .rewriteText(RewriteText(table: users, edit: edit))),
    ("statement", .statement(Statement(sql: "UPDATE users SET email = ''", count: 3))),
  ]

  static let added = Column(
    name: "name", type: "TEXT", generation: .init(expression: "lower(email)", isStored: true))
  static let widened = Column(name: "email", type: "TEXT", defaultExpression: "''")
  static let renamed = Constraint(name: "ck_users_id", kind: .check, expression: "id > 0")
  static let edit = TextEdit(
    from: table.text, to: "CREATE TABLE users (id INTEGER NOT NULL, email TEXT)")

  private static var replace: Operation {
    var after = view
    after.content = .definition(Definition(text: "CREATE VIEW names AS SELECT 1", members: ["1"]))
    return .replaceObject(
      ReplaceObject(path: ObjectPath(.view, name: "names"), before: view, after: after))
  }

  private static var annotate: Operation {
    .annotateObject(
      AnnotateObject(
        path: users, before: .init(of: table),
        after: .init(comment: "people", owner: "app", grants: ["ALL TO app"], dependencies: [users])
      ))
  }
}
