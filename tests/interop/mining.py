"""PM4Py, in an environment of its own: `make interop` builds it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.interop.libraries import ENVIRONMENTS, HERE

PYTHON = ENVIRONMENTS / "pm4py" / "bin" / "python"


def read(files: Mapping[str, Path]) -> Any:
    """Return what PM4Py finds in exported files, by their format; it starts slowly, so once."""
    named = [str(part) for pair in files.items() for part in pair]
    command = [str(PYTHON), str(HERE / "by_pm4py.py"), *named]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
