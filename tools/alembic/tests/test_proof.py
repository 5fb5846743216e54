"""The wall of proof, with the others down."""
from wall_support import OnPostgreSQL, OnSQLite
from ways import ENV_WAYS


class ProofAlone(OnSQLite):
    def test_the_wall_of_proof(self):
        # It runs nothing on another database; what env.py did before, the others must stop.
        ways = {way: code for way, code in ENV_WAYS.items() if way not in ("a thread", "a MigrationContext of its own")}
        self.check(self.try_env(ways, walls=["proof"]))


class ProofAloneOnPostgreSQL(OnPostgreSQL):
    def test_the_wall_of_proof(self):
        ways = {way: code for way, code in ENV_WAYS.items() if way not in ("a thread", "a MigrationContext of its own")}
        self.check(self.try_env(ways, walls=["proof"]))
