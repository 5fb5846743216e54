"""The wall of engines, with the others down."""
import textwrap

from wall_support import OnPostgreSQL, OnSQLite
from ways import ENV_WAYS, RUN


class EnginesAlone(OnSQLite):
    def test_the_wall_of_engines(self):
        self.check(self.try_env(ENV_WAYS, walls=["engines"]))


class EnginesAloneOnPostgreSQL(OnPostgreSQL):
    def test_the_wall_of_engines(self):
        self.check(self.try_env(ENV_WAYS, walls=["engines"]))


class Settings(OnSQLite):
    def test_settings_of_an_engine_stay_what_they_are(self):
        (self.root / "ways/settings.py").write_text(textwrap.dedent("""
            import sqlalchemy
            from alembic import context
            engine = sqlalchemy.create_engine(%r, echo=False, hide_parameters=True, logging_name='x',
                                              execution_options={'a': 1}, query_cache_size=5, pool_pre_ping=True)
            assert engine.get_execution_options()['a'] == 1
            assert context.get_starting_revision_argument() is None
            """) % self.values["url"] + RUN)
        (self.root / "way").write_text("settings")
        self.migration("a", None, "op.execute('CREATE TABLE made (x int)')")
        self.begin(env=True)
        ran = self.run_way("a")[0]
        self.assertEqual((ran["reply"], ran.get("told")), ("ran", []), ran)
