import DialectPostgreSQL
import DialectSQLite
import SchemaModel
import Testing

@testable import Importers

@Suite("The text of a baseline file")
struct AlembicBaselineTests {
  private static let file = #"""
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


    def _execute(scripts):
        """Runs each statement as it is written: no bind parameters, no doubled percent signs."""
        context = op.get_context()
        dialect = context.dialect.name
        if dialect not in scripts:
            raise RuntimeError(
                "this baseline was made for %s, found %s: truncate with the history of %s too"
                % (", ".join(sorted(scripts)), dialect, dialect)
            )
        if context.as_sql:
            for name, value in SESSION.get(dialect, {}).items():
                context.impl.static_output(
                    "SELECT pg_catalog.set_config('strata.%s', pg_catalog.current_setting('%s'), false);"
                    % (name, name)
                )
                context.impl.static_output("SET %s = '%s';" % (name, value))
            for statement in scripts[dialect]:
                context.impl.static_output(statement + ";")
            for name in SESSION.get(dialect, {}):
                context.impl.static_output(
                    "SELECT pg_catalog.set_config('%s', pg_catalog.current_setting('strata.%s'), false);"
                    % (name, name)
                )
            return
        connection = op.get_bind()
        if dialect == "sqlite" and not getattr(
            connection.connection, "in_transaction", True
        ):
            # Python's driver opens a transaction for rows only, not for tables.
            connection.exec_driver_sql("BEGIN")
        before = {}
        for name, value in SESSION.get(dialect, {}).items():
            before[name] = connection.exec_driver_sql("SHOW " + name).scalar()
            connection.exec_driver_sql("SET %s = '%s'" % (name, value))
        for statement in scripts[dialect]:
            connection.exec_driver_sql(
                statement, execution_options={"no_parameters": True}
            )
        for name, value in before.items():
            connection.exec_driver_sql(
                "SELECT set_config('%s', '%s', false)" % (name, value.replace("'", "''")),
                execution_options={"no_parameters": True},
            )


    CREATE = {}
    DROP = {}
    SESSION = {}

    # strata: begin sqlite
    CREATE["sqlite"] = [
        # Tables
        """CREATE TABLE users (
      id INTEGER
    )""",

        # Rows
        "INSERT INTO users VALUES (1)",

        # Indexes
        "CREATE INDEX ix ON users (id)",
    ]

    DROP["sqlite"] = [
        "DROP TABLE users",
    ]
    # strata: end sqlite

    """#

  @Test("It reads as a migration that a person might have written")
  func text() {
    let baseline = AlembicBaseline(
      id: "1975ea83b712", dialect: .sqlite, labels: ["core"], message: "users",
      created: Timestamp("2024-05-01"),
      note: "Replaces 2 revisions.",
      upgrade: [
        "CREATE TABLE users (\n  id INTEGER\n)", "INSERT INTO users VALUES (1)",
        "CREATE INDEX ix ON users (id)",
      ], downgrade: ["DROP TABLE users"],
      lines: [SQLiteWords().alembicLines, PostgreSQLWords().alembicLines])
    #expect(baseline.text == Self.file)
  }

  @Test("A file keeps the block of another dialect, to the byte")
  func twoDialects() throws {
    func baseline(_ dialect: Dialect) -> AlembicBaseline {
      AlembicBaseline(
        id: "a1", dialect: dialect, message: "m", created: nil, note: "",
        upgrade: ["CREATE TABLE \(dialect) (x text)", "x\n# strata: nothing\ny"], downgrade: [],
        session: dialect == Dialect("postgresql") ? [("search_path", "public")] : [])
    }
    var second = baseline(Dialect("postgresql"))
    second.otherBlocks = DialectBlock.blocks(in: baseline(Dialect("sqlite")).text)
    #expect(second.otherBlocks.map(\.dialect) == ["sqlite"])
    let both = DialectBlock.blocks(in: second.text)
    #expect(both.map(\.dialect) == ["postgresql", "sqlite"])
    #expect(both[1] == second.otherBlocks[0])
    #expect(DialectBlock.blocks(in: "from alembic import op\n").isEmpty)
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
