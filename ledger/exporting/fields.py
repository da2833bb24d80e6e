"""The fields of an event as text, which is all that the formats have in common.

What is personal is told as `sealed`, also to who may see it opened: a file that goes
from hand to hand has no reader of its own. Of lists and mappings the JSON is told.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from ledger.codec import clear_fields, personal_fields
from ledger.entry import Event

SEALED = "sealed"


def told_fields(event: Event) -> dict[str, Any]:
    """Return the fields of `event` as plain values, with `sealed` for what is personal."""
    return clear_fields(event) | dict.fromkeys(personal_fields(event), SEALED)


def texts(event: Event) -> Iterator[tuple[str, str]]:
    """Yield name and text of every field that holds something."""
    for name, value in told_fields(event).items():
        if value is not None:
            yield name, as_text(value)


def as_text(value: object) -> str:
    """Return text as it is, and of anything else the JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def as_json(value: object) -> str:
    """Return the JSON of `value`, with the keys of every mapping in order."""
    return msgspec.json.encode(value, order="deterministic").decode()
