import SchemaModel
import Testing

@testable import Importers

@Suite("The text of a baseline file")
struct AlembicBaselineTests {
  @Test("It reads as a migration that a person might have written")
  func text() {
    let baseline = AlembicBaseline(
      id: "1975ea83b712", labels: ["core"], message: "users", created: Timestamp("2024-05-01"),
      note: "Replaces 2 revisions.",
      upgrade: ["CREATE TABLE users (\n  id INTEGER\n)", "CREATE INDEX ix ON users (id)"],
      rows: ["INSERT INTO users VALUES (1)"], downgrade: ["DROP TABLE users"])
    #expect(
      baseline.text == #"""
        """users

        Replaces 2 revisions.

        Revision ID: 1975ea83b712
        Revises:
        Create Date: 2024-05-01 00:00:00

        """
        from alembic import op

        # revision identifiers, used by Alembic.
        revision = "1975ea83b712"
        down_revision = None
        branch_labels = ("core",)
        depends_on = None


        def upgrade():
            _execute(CREATE)


        def downgrade():
            _execute(DROP)


        def _execute(statements):
            """Runs each statement as it is written: no bind parameters, no doubled percent signs."""
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
            # Tables
            """CREATE TABLE users (
          id INTEGER
        )""",

            # Rows
            "INSERT INTO users VALUES (1)",

            # Indexes
            "CREATE INDEX ix ON users (id)",
        ]

        DROP = [
            "DROP TABLE users",
        ]

        """#)
  }

  @Test("Awkward text survives as a Python literal")
  func literals() throws {
    let texts = [
      "", "\"", "'", "\"\"\"", "a\"", "\\", "\\\"", "x\\", "'\"", "\"'\\", "a\nb\"\"\"\"",
      "\r\n\t\u{0}\u{1b}\u{85}",
      "🙂é\u{feff}\u{2028}", "\"\u{301}'\u{301}\n\\\"", String(repeating: "long \\ \"", count: 40),
    ]
    let folder = try TemporaryFolder()
    var program = "import sys\ntexts = [\n"
    for text in texts { program += "    \(PythonLiteral.text(text)),\n" }
    program += "]\nsys.stdout.buffer.write(b'|'.join(t.encode().hex().encode() for t in texts))\n"
    let file = try folder.write(program, to: "literals.py")
    let result = try output("python3", [file])
    #expect(result.code == 0)
    #expect(
      result.text
        == texts.map { $0.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        .joined(separator: "|"))
  }
}
