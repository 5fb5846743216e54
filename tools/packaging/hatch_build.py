"""Makes a wheel whose only content is a program for one platform."""

import os

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BinaryHook(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["pure_python"] = False
        build_data["tag"] = os.environ["STRATA_WHEEL_TAG"]
        build_data["shared_scripts"] = {os.path.join(self.root, "strata"): "strata"}
        # Where man looks that belongs to the folder of the script. File by file: of a folder hatchling
        # leaves out what bypass-selection does.
        pages = os.path.join(self.root, "man")
        build_data["shared_data"] = {
            os.path.join(pages, name): f"share/man/man1/{name}" for name in sorted(os.listdir(pages))}
