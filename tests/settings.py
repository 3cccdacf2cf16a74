"""The settings of the tests: those of the house in test mode, on a database of their own."""

import os
from pathlib import Path

os.environ["MAI_AM_MODE"] = "test"
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ["MAI_AM_FAST_DATABASE"] = "1"

from config.settings import *  # noqa: F403
