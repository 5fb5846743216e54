"""What a migration file says of itself."""
import sys
import textwrap

from support import Bridge, BridgeTest


class Scan(BridgeTest):
    def write(self, name, text):
        path = self.versions / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())

    def test_tells_what_a_file_says_of_itself_without_importing_it(self):
        source = '"""add users\n\nRevision ID: a1\nCreate Date: 2024-05-01 10:11:12.131415\n\n"""\n'
        source += "import no_such_module\nrevision: str = 'a1'\ndown_revision = None\r\n"
        self.write("a1.py", source.encode())
        self.write("helper.py", "x = 1\n")
        revision, end = self.bridge.scan(self.versions / "a1.py", self.versions / "helper.py")
        self.assertEqual(end, {"reply": "scanned"})
        self.assertEqual(revision, {
            "reply": "revision", "id": "a1", "parents": [], "dependsOn": [], "labels": [],
            "message": "add users", "createDate": "2024-05-01 10:11:12.131415",
            "file": str(self.versions / "a1.py")})

    def test_resolves_module_constants_and_reports_what_is_computed(self):
        self.write("a.py", "BASE = 'a'\nrevision = BASE + '1'\ndown_revision = None\nbranch_labels = ('x',)\n")
        self.write("b.py", "PARENTS = ('a1',)\nrevision = 'b1'\ndown_revision = (*PARENTS, 'c1')\n"
                           "depends_on = ['x']\n")
        self.write("c.py", "import uuid\nrevision = uuid.uuid4().hex\ndown_revision = None\n")
        self.write("d.py", "revision = 'd1'\ndef broken(:\n")
        replies = self.bridge.scan(*sorted(self.versions.iterdir()))
        problems = {r["file"].split("/")[-1]: r for r in replies if r["reply"] == "unparsable"}
        self.assertEqual(problems["c.py"]["line"], 2)
        self.assertEqual(problems["d.py"]["why"][:22], "expected Python, found")
        self.assertTrue(problems["d.py"]["isBroken"])
        self.assertFalse(problems["c.py"]["isBroken"])
        revisions = {r["id"]: r for r in replies if r["reply"] == "revision"}
        self.assertEqual(sorted(revisions), ["a1", "b1"])
        self.assertEqual(revisions["b1"]["parents"], ["a1", "c1"])
        self.assertEqual(revisions["b1"]["dependsOn"], ["x"])

    def test_reads_a_file_in_the_encoding_it_declares(self):
        raw = "# -*- coding: latin-1 -*-\n'''caf\u00e9'''\nrevision = 'a1'\n".encode("latin-1")
        self.write("a1.py", raw)
        revision = self.bridge.scan(self.versions / "a1.py")[0]
        self.assertEqual(revision["message"], "caf\u00e9")

    def test_a_file_that_is_gone_is_told_and_the_others_are_read(self):
        self.write("b1.py", "revision = 'b1'\n")
        gone, found, end = self.bridge.scan(self.versions / "a1.py", self.versions / "b1.py")
        self.assertEqual((gone["reply"], found["id"], end["reply"]), ("unparsable", "b1", "scanned"))
        self.assertIn("No such file", gone["why"])

    def test_needs_neither_alembic_nor_sqlalchemy(self):
        self.write("a1.py", "revision = 'a1'\n")
        bare = Bridge(sys.executable, "-I", "-S")
        self.assertEqual(bare.scan(self.versions / "a1.py")[0]["id"], "a1")
        reply = bare.ask(op="open", versions=[str(self.versions)])
        self.assertEqual((reply["code"], reply["package"]), ("missing-package", "alembic"))
        self.assertEqual(bare.close(), 0)
