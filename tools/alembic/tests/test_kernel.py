"""The wall of the kernel, with the others down."""
import sys
import unittest

from wall_support import OnSQLite
from ways import SQLITE_WAYS, only


class KernelAlone(OnSQLite):
    @unittest.skipUnless(sys.platform.startswith("linux"), "the kernel's wall is Linux's")
    def test_the_wall_of_the_kernel(self):
        ways = only(SQLITE_WAYS, "subprocess", "os.system", "os.posix_spawn", "os.execv", "libc")
        self.assertEqual(len(ways), 7)
        for way, outcome, harm in self.try_migrations(ways, walls=["kernel"]):
            with self.subTest(way=way):
                self.assertEqual(harm, [])
