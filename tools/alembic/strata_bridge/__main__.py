"""Begins the conversation; `python FOLDER` of a folder that holds this package alone.

Everything is imported here: the folder is a temporary one, and gone once the first reply was read."""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(here)
from strata_bridge.serving import main  # noqa: E402

# It is no place to import a project's modules from.
del sys.path[0]
sys.exit(main())
