"""A stored entry as a stranger reads it, who has none of our types: see decision 0002."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cose import CoseError, decode
from ledger.codec import MAX_ENTRY
from service.proving.errors import EvidenceRefused

_PARTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What an entry says of itself; its personal fields are sealed bytes."""

    state: bytes = field(repr=False)
    event: str
    stream: UUID
    version: int
    fields: Mapping[str, Any] = field(repr=False)


def read_stored(state: bytes) -> Stored:
    """Return what the bytes of an entry say, or raise `EvidenceRefused`."""
    try:
        match decode(state, limit=MAX_ENTRY):
            case [str(event), bytes(stream), int(version), *rest] if len(rest) == _PARTS - 3:
                fields = rest[-1]
            case _:
                raise ValueError
        id = UUID(bytes=stream)
    except (CoseError, ValueError) as error:
        raise EvidenceRefused("entries", "proven, but of a form not known here") from error
    if type(fields) is not dict:
        raise EvidenceRefused("entries", "proven, but of a form not known here")
    return Stored(state=state, event=event, stream=id, version=version, fields=fields)
