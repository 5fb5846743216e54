"""What tools/wheel promises: the tag, the size, what is inside, and that it runs on a bare machine.

    python3 tools/packaging/test_wheel.py    uses the release build, and makes one if there is none
"""

import glob
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

import check

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, **options).stdout


def bare_root(folder, binary):
    """A root directory with the program, the C library, and a shell for what the demo shows."""
    for name in ("bin", "tmp", "proc", "dev", "home"):
        os.makedirs(f"{folder}/{name}")
    for source, name in ((binary, "strata"), ("/bin/sh", "sh"), ("/bin/ls", "ls"),
                         ("/bin/cat", "cat")):
        shutil.copy(source, f"{folder}/bin/{name}")
        for path in re.findall(r"(/\S+) \(0x", run("ldd", source)):
            os.makedirs(folder + os.path.dirname(path), exist_ok=True)
            shutil.copy(os.path.realpath(path), folder + path)
    return folder


def inside(root, *words):
    """Runs a command with this root directory, and with /proc, where Swift looks for arguments."""
    script = 'mount --bind /proc "$0/proc" && exec chroot "$0" "$@"'
    environment = {"HOME": "/home", "PATH": "/bin:/usr/bin:/sbin:/usr/sbin", "TMPDIR": "/tmp"}
    return subprocess.run(["unshare", "--mount", "/bin/sh", "-c", script, root, *words],
                          capture_output=True, text=True, env=environment)


def may_unshare():
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "true"], capture_output=True).returncode == 0


class WheelTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="strata-wheel-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.wheel = run(f"{ROOT}/tools/wheel", cls.folder).strip()
        cls.tar = run(f"{ROOT}/tools/wheel", "--tar", cls.folder).strip()
        with zipfile.ZipFile(cls.wheel) as archive:
            cls.names = archive.namelist()
            archive.extractall(f"{cls.folder}/content")
        cls.version = run(f"{ROOT}/.build/release/strata", "--version").split()[-1]
        cls.data = f"{cls.folder}/content/strata_schema-{cls.version}.data"
        cls.info = f"{cls.folder}/content/strata_schema-{cls.version}.dist-info"
        cls.binary = f"{cls.data}/scripts/strata"
        # Which pip makes of what lies among the scripts, and zipfile does not.
        os.chmod(cls.binary, 0o755)

    def test_its_name_has_the_version_of_the_binary_and_the_platform(self):
        self.assertEqual(
            os.path.basename(self.wheel),
            f"strata_schema-{self.version}-py3-none-manylinux_2_34_x86_64.whl")
        with open(f"{self.info}/WHEEL") as file:
            words = file.read()
        self.assertIn("Tag: py3-none-manylinux_2_34_x86_64", words)
        self.assertIn("Root-Is-Purelib: false", words)

    def test_it_is_small(self):
        self.assertLess(os.path.getsize(self.wheel), check.WHEEL_BYTES_MAX)
        self.assertLess(os.path.getsize(self.binary), check.BYTES_MAX)

    def test_the_binary_asks_for_glibc_and_nothing_else(self):
        self.assertEqual(list(check.problems(self.binary)), [])

    def test_a_binary_that_asks_for_more_is_refused(self):
        found = list(check.problems(shutil.which("git")))
        self.assertTrue(any("libz" in line or "libpcre" in line for line in found), found)
        self.assertEqual(check.main([shutil.which("git")]), 5)

    def test_it_says_its_license_and_brings_those_of_what_is_inside(self):
        with open(f"{self.info}/METADATA") as file:
            words = file.read()
        self.assertIn("Name: strata-schema\n", words)
        self.assertIn(f"Version: {self.version}\n", words)
        self.assertIn("License-Expression: Apache-2.0\n", words)
        for name in ("LICENSE", "licenses/swift.txt", "licenses/swift-crypto.txt",
                     "licenses/swift-argument-parser.txt", "licenses/lmdb.txt",
                     "licenses/sqlite.txt"):
            self.assertIn(f"License-File: {name}\n", words)
            self.assertGreater(os.path.getsize(f"{self.info}/licenses/{name}"), 500, name)

    def test_pip_installs_a_command_that_runs(self):
        run(sys.executable, "-m", "venv", f"{self.folder}/venv")
        run(f"{self.folder}/venv/bin/python", "-m", "pip", "install", "-q", "--no-index",
            self.wheel)
        installed = f"{self.folder}/venv/bin/strata"
        self.assertEqual(run(installed, "--version"), f"strata {self.version}\n")
        self.assertTrue(os.stat(installed).st_mode & stat.S_IXOTH)
        with open(f"{self.folder}/venv/share/man/man1/strata-diff.1") as file:
            self.assertEqual(file.read(), run(installed, "man", "diff"))
        self.assertTrue(os.path.exists(f"{self.folder}/venv/share/man/man1/strata.1"))

    @unittest.skipUnless(may_unshare(), "only root may change the root directory")
    def test_libpq_is_found_in_the_environment_that_it_is_installed_in(self):
        bundled = glob.glob(os.path.expanduser(
            os.environ.get("STRATA_CACHE", "~/.cache/strata")
            + "/venv-alembic/lib/python3*/site-packages/psycopg*_binary.libs"))
        if not bundled:
            self.skipTest("no psycopg with a libpq of its own in Strata's cache")
        for libraries in bundled:
            with self.subTest(os.path.basename(libraries)):
                folder = tempfile.mkdtemp(dir=self.folder)
                root = bare_root(folder, self.binary)
                os.makedirs(f"{root}/venv/lib/python3.11/site-packages")
                os.makedirs(f"{root}/venv/bin")
                shutil.move(f"{root}/bin/strata", f"{root}/venv/bin/strata")
                # What wheels of psycopg take for granted on every system.
                for name in ("libresolv.so.2", "libdl.so.2", "librt.so.1", "libpthread.so.0",
                             "libz.so.1"):
                    path = f"/lib/x86_64-linux-gnu/{name}"
                    if os.path.exists(path):
                        shutil.copy(os.path.realpath(path), root + path)
                with open(f"{root}/a.sql", "w") as file:
                    file.write("CREATE TABLE a (b int);")
                strata = "/venv/bin/strata"
                ask = [strata, "record", "/a.sql", "--store", "/s",
                       "--scratch", "postgresql://nobody@127.0.0.1:1/nothing"]
                inside(root, strata, "init", "--dialect", "postgresql", "--store", "/s")
                self.assertIn(
                    "client library libpq (version 5), found none", inside(root, *ask).stderr)
                shutil.copytree(
                    libraries,
                    f"{root}/venv/lib/python3.11/site-packages/{os.path.basename(libraries)}")
                self.assertIn("Connection refused", inside(root, *ask).stderr)

    @unittest.skipUnless(may_unshare(), "only root may change the root directory")
    def test_the_demo_runs_where_nothing_but_the_c_library_is(self):
        root = bare_root(f"{self.folder}/root", self.binary)
        files = [name for _, _, names in os.walk(root) for name in names]
        self.assertFalse([name for name in files if re.search("lmdb|sqlite|swift|stdc", name)])
        shown = inside(root, "/bin/strata", "demo")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertIn("Sound; checked:", shown.stdout)

    def test_the_tarball_has_the_same_binary_with_completions_the_manual_and_licenses(self):
        with tarfile.open(self.tar) as archive:
            names = archive.getnames()
            prefix = f"strata-{self.version}-linux-x86_64"
            for name in ("strata", "LICENSE", "README.md", "completions/strata.bash",
                         "completions/strata.zsh", "completions/strata.fish",
                         "man/strata.1", "man/strata-import-sql.1",
                         "licenses/lmdb.txt", "licenses/sqlite.txt", "licenses/swift.txt"):
                self.assertIn(f"{prefix}/{name}", names)
            with archive.extractfile(f"{prefix}/strata") as inner, open(self.binary, "rb") as own:
                self.assertEqual(inner.read(), own.read())


if __name__ == "__main__":
    unittest.main()
