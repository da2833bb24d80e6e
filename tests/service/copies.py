"""What stands in the copy somebody was given of all that is held of them."""

import io
import json
import zipfile
from typing import Any

from tests.service.visitor import Answer


def entries_of(copy: Answer) -> list[dict[str, Any]]:
    """Return its entries, as the copy shows them."""
    assert copy.status == 200, copy.body
    with zipfile.ZipFile(io.BytesIO(copy.content)) as archive:
        entries: list[dict[str, Any]] = json.loads(archive.read("entries.json"))["entries"]
    return entries
