import textwrap

from support import BridgeTest, PostgreSQLTest
from test_environment import TEMPLATE


def left(reply):
    return [one.split(" set for")[0][len("it leaves "):] for one in reply["told"] if one.startswith("it leaves")]


class OnSQLite(BridgeTest):
    def test_foreign_keys_that_stay_on_are_told(self):
        self.migration("a", None, "op.execute('PRAGMA foreign_keys=ON')")
        self.migration("b", "a", "op.execute('PRAGMA foreign_keys=ON')\nop.execute('PRAGMA foreign_keys=OFF')")
        self.open()
        replies = self.bridge.run(self.database, ["a", "b"])
        self.assertEqual([left(one) for one in replies[:2]], [["PRAGMA foreign_keys"], []], replies)

    def test_what_env_py_sets_is_not_the_migrations(self):
        (self.versions.parent / "env.py").write_text(TEMPLATE.format(
            head="", options="", url="sqlite:///own.db").replace(
                "    context.configure", "    connection.execute(text('PRAGMA foreign_keys=ON'))\n    context.configure"))
        self.migration("a", None, "op.execute('PRAGMA foreign_keys=ON')")
        self.open(env=True)
        self.assertEqual(left(self.bridge.run(self.database, ["a"])[0]), [])


class OnPostgreSQL(PostgreSQLTest):
    def test_what_stays_set_is_told(self):
        for setting, names in (
                ("SET search_path TO app, public", ["search_path"]),
                ("SET LOCAL search_path TO app, public", []),
                ("SELECT set_config('timezone', 'America/New_York', false)", ["TimeZone"]),
                ("SET timezone TO 'America/New_York'; RESET timezone", []),
                ("SET lock_timeout = '5s'", []),
                ("UPDATE app.t SET a = 1", [])):
            for env in (False, True):
                with self.subTest(setting, env=env):
                    self.name = self.server.database()
                    self.url = self.server.url(self.name)
                    (self.versions.parent / "env.py").write_text(TEMPLATE.format(
                        head="", options="", url="postgresql://nobody@nowhere/shop").replace(
                            "    context.configure",
                            "    connection.execute(text('SET DateStyle TO German'))\n    context.configure"))
                    self.migration("a", None, textwrap.dedent("""
                        op.execute("CREATE SCHEMA app")
                        op.execute("CREATE TABLE app.t (a int)")
                        op.execute(%r)
                        """ % setting))
                    self.open(env=env)
                    replies = self.run_all(["a"])
                    self.assertEqual(left(replies[0]), names, replies)
