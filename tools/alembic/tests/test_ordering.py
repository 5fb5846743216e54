"""The order in which merges come to what they need, held against Alembic's own upgrades."""
import json
import os
import random
import subprocess
import sys
import unittest

from support import Bridge, BridgeTest

# What `alembic upgrade` to each revision would run in an empty database.
JUDGE = """\
import json, sys
from alembic.script import ScriptDirectory
script = ScriptDirectory(sys.argv[1], version_locations=[sys.argv[2]])
steps = {name: [step.revision.revision for step in script._upgrade_revs(name, ())] for name in sys.argv[3:]}
print(json.dumps(steps))
"""


def random_graph(chance, count):
    """Forks, merges (of merges, too), several bases, dependencies across the branches."""
    graph = []
    for number in range(count):
        earlier = [entry["id"] for entry in graph]
        heads = [name for name in earlier if not any(name in entry["parents"] for entry in graph)]
        parents, needs = [], []
        if earlier and chance.random() < 0.9:
            if len(heads) > 1 and chance.random() < 0.45:
                parents = chance.sample(heads, chance.randint(2, min(3, len(heads))))
            else:
                parents = [chance.choice(heads if chance.random() < 0.5 else earlier)]
        if earlier and chance.random() < 0.25:
            needs = chance.sample(earlier, chance.randint(1, min(3, len(earlier))))
            needs = [name for name in needs if name not in parents]
        graph.append({"id": "%08x" % chance.getrandbits(32), "parents": parents, "dependsOn": needs})
    return graph


class Merges(BridgeTest):
    def setUp(self):
        # Several dependencies come in the order of a set.
        os.environ["PYTHONHASHSEED"] = "0"
        self.addCleanup(os.environ.pop, "PYTHONHASHSEED", None)
        super().setUp()

    def order(self, graph, merges):
        reply = self.bridge.ask(op="order", graph=graph, merges=merges)
        self.assertEqual(reply["reply"], "ordered", reply)
        return reply["orders"]

    def judged(self, graph):
        for entry in graph:
            self.migration(entry["id"], tuple(entry["parents"]) or None, "pass", tuple(entry["dependsOn"]) or None)
        (self.versions.parent / "env.py").touch()
        told = subprocess.run(
            [sys.executable, "-B", "-c", JUDGE, str(self.versions.parent), str(self.versions),
             *(entry["id"] for entry in graph)], check=True, stdout=subprocess.PIPE)
        return json.loads(told.stdout)

    def test_random_graphs_begin_where_an_upgrade_to_an_ancestor_ends(self):
        seed = int(os.environ.get("STRATA_SEED") or random.randrange(1 << 32))
        chance = random.Random(seed)
        for turn in range(int(os.environ.get("STRATA_GRAPHS") or 8)):
            for file in self.versions.glob("*.py"):
                file.unlink()
            graph = random_graph(chance, chance.randint(4, 24))
            ids = [entry["id"] for entry in graph]
            merges = [
                number for number, entry in enumerate(graph) if len(set(entry["parents"] + entry["dependsOn"])) > 1]
            orders, judged = self.order(graph, merges), self.judged(graph)
            for merge, found in zip(merges, orders):
                names = [ids[number] for number in found]
                with self.subTest(seed=seed, turn=turn, graph=graph, merge=ids[merge]):
                    self.assertEqual(judged[names[0]] + names[1:] + [ids[merge]], judged[ids[merge]])
                    # No other one is nearer.
                    for name in names[1:]:
                        length = len(judged[name])
                        self.assertNotEqual(judged[name], judged[ids[merge]][:length])

    def test_a_revision_that_depends_on_its_ancestor_goes_on_behind_its_parent(self):
        graph = [{"id": name, "parents": parents, "dependsOn": needs} for name, parents, needs in (
            ("a", [], []), ("b", ["a"], []), ("c", ["b"], []), ("d", ["c"], ["a"]))]
        self.assertEqual(self.order(graph, [3]), [[2]])

    def test_it_is_asked_before_a_folder_is_opened_and_behind_it(self):
        graph = [{"id": name, "parents": parents, "dependsOn": []} for name, parents in (
            ("a", []), ("b", ["a"]), ("c", ["a"]), ("m", ["b", "c"]))]
        self.assertEqual(self.order(graph, [3]), [[2, 1]])
        self.migration("a", None, "pass")
        self.assertEqual(self.open()["reply"], "opened")
        self.assertEqual(self.order(graph, [3]), [[2, 1]])
        self.assertEqual([reply["reply"] for reply in self.bridge.run(self.database, ["a"])], ["ran", "finished"])

    def test_what_alembic_takes_for_no_graph_is_refused(self):
        graph = [{"id": name, "parents": parents, "dependsOn": []} for name, parents in (
            ("a-1", []), ("b", ["a-1"]), ("c", ["a-1"]), ("m", ["b", "c"]))]
        reply = self.bridge.ask(op="order", graph=graph, merges=[3])
        self.assertEqual((reply["reply"], reply["code"]), ("error", "bad-graph"))
        self.assertIn("a-1", reply["message"])
        self.assertEqual(self.bridge.ask(op="order")["code"], "bad-request")


class WithoutAlembic(unittest.TestCase):
    def test_a_missing_package_is_named(self):
        bridge = Bridge(sys.executable, "-S")
        self.addCleanup(bridge.close)
        reply = bridge.ask(op="order", graph=[], merges=[])
        self.assertEqual((reply["code"], reply["package"]), ("missing-package", "alembic"))
