import SchemaModel

/// A small Alembic history with a branch and a merge.
enum DemoAlembicHistory {
  static let migrations: [(file: String, text: String)] = [
    file(
      "a001_accounts", "a001", nil, "accounts",
      """
          op.create_table(
              "accounts",
              sa.Column("id", sa.Integer, primary_key=True),
              sa.Column("mail", sa.String(120), nullable=False),
          )
      """, #"    op.drop_table("accounts")"#),
    file(
      "a002_mail_is_email", "a002", "\"a001\"", "mail is email",
      """
          with op.batch_alter_table("accounts") as batch:
              batch.alter_column("mail", new_column_name="email")
          op.create_index(
              "accounts_email", "accounts", [sa.text("lower(email)")], unique=True,
              sqlite_where=sa.text("email <> ''"),
          )
      """,
      """
          op.drop_index("accounts_email", "accounts")
          with op.batch_alter_table("accounts") as batch:
              batch.alter_column("email", new_column_name="mail")
      """),
    file(
      "b001_plans", "b001", "\"a002\"", "plans",
      """
          plans = op.create_table("plans", sa.Column("name", sa.String(20), primary_key=True))
          op.bulk_insert(plans, [{"name": "free"}, {"name": "team"}])
      """, #"    op.drop_table("plans")"#),
    file(
      "c001_audit", "c001", "\"a002\"", "audit of accounts",
      """
          op.create_table(
              "account_audit", sa.Column("account", sa.Integer), sa.Column("at", sa.String(30))
          )
          op.execute(
              "CREATE TRIGGER accounts_audit AFTER UPDATE ON accounts BEGIN "
              "INSERT INTO account_audit VALUES (new.id, datetime('now')); END"
          )
      """,
      """
          op.execute("DROP TRIGGER accounts_audit")
          op.drop_table("account_audit")
      """),
    file("d001_merge", "d001", "(\"b001\", \"c001\")", "plans and audit", "    pass", "    pass"),
    file(
      "d002_account_plan", "d002", "\"d001\"", "accounts have a plan",
      """
          op.add_column("accounts", sa.Column("plan", sa.String(20), server_default="free"))
      """, #"    op.drop_column("accounts", "plan")"#),
  ]

  private static func file(
    _ name: String, _ id: String, _ parent: String?, _ message: String, _ up: String,
    _ down: String
  ) -> (file: String, text: String) {
    let text = """
      \"\"\"\(message)

      Revision ID: \(id)
      Create Date: 2024-06-01 10:00:00
      \"\"\"
      import sqlalchemy as sa
      from alembic import op

      revision = "\(id)"
      down_revision = \(parent ?? "None")
      branch_labels = None
      depends_on = None


      def upgrade():
      \(up)


      def downgrade():
      \(down)

      """
    return ("\(name).py", text)
  }
}
