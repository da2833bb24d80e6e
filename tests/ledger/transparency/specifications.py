"""The examples in the published specifications, read where they stand."""

import re

from tests.shared_data import SHARED

FOLDER = SHARED / "vectors" / "transparency"


def fenced(name, marker):
    """The one fenced example in `name` that holds `marker`."""
    found = re.findall(r"^```\n(.*?)^```$", text(name), re.DOTALL | re.MULTILINE)
    (only,) = (block for block in found if marker in block)
    return only.encode()


def indented(name, first):
    """The indented example in `name` whose first line is `first`."""
    _, _, rest = text(name).partition(f"\n    {first}\n")
    lines = [first]
    for line in rest.split("\n"):
        if line and not line.startswith("    "):
            break
        lines.append(line[4:])
    return "\n".join(lines).rstrip("\n").encode() + b"\n"


def text(name):
    """All of a specification."""
    return (FOLDER / name).read_text()
