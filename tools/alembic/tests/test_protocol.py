"""The private channel."""
from support import BridgeTest


class Requests(BridgeTest):
    def test_bad_ones_are_answered_and_the_bridge_goes_on(self):
        self.bridge.process.stdin.write("not json\n[]\n\n")
        self.assertEqual(self.bridge.ask(op="run", url="sqlite://", revisions=[])["reply"], "error")
        for _ in range(2):
            self.assertEqual(self.bridge.reply()["code"], "bad-request")
        self.assertEqual(self.bridge.ask(op="scan")["code"], "bad-request")

    def test_survives_a_migration_that_prints_and_reads_standard_input(self):
        self.migration("a", None, """
            import os, sys
            print('{"reply":"ran"}')
            os.write(1, b'noise\\n')
            assert sys.stdin.read() == ''
            """)
        self.open()
        self.assertEqual([r["reply"] for r in self.bridge.run(self.database, ["a"])], ["ran", "finished"])
        self.bridge.close()
        self.assertIn("noise", self.bridge.errors)
