"""Marks on event fields that hold personal data, and what stands where it cannot be read.

A marked field is encrypted under its subject's key before it is stored. Folding
a case needs none of them, so projections read entries with every one `SEALED`.
"""

from dataclasses import field
from enum import Enum
from typing import Any


class Hidden(Enum):
    """Why a personal field cannot be seen."""

    SEALED = 0
    ERASED = 1
    RESTRICTED = 2


def personal() -> Any:
    """A dataclass field that is sealed on disk and absent from every `repr`."""
    return field(repr=False, metadata={"personal": True})
