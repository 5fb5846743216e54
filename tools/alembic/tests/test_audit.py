"""The wall of the interpreter's events, with the others down."""
from wall_support import OnSQLite
from ways import SQLITE_WAYS


class AuditAlone(OnSQLite):
    def test_the_wall_of_the_interpreter(self):
        ways = {way: code for way, code in SQLITE_WAYS.items() if not any(
            word in way for word in ("_posixsubprocess", "libc", "ATTACH", "VACUUM"))}
        self.check(self.try_migrations(ways, walls=["audit"]))
