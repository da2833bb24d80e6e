"""Marks on event fields that hold personal data, and what stands where it cannot be read.

A marked field is encrypted under its subject's key before it is stored. Folding
a case needs none of them, so projections read entries with every one `SEALED`.
"""

from enum import Enum
from functools import cache
from typing import Annotated, TypeVar

import msgspec

T = TypeVar("T")


class Hidden(Enum):
    """Why a personal field cannot be seen."""

    SEALED = 0
    ERASED = 1
    RESTRICTED = 2


_MARK = msgspec.Meta(extra={"personal": True})

Personal = Annotated[T | Hidden, _MARK]
"""The type of a field that is sealed on disk and absent from every `repr`."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What every event is: fields that stay as they are, and a `repr` that names nobody."""

    def __repr__(self) -> str:
        hidden = personal_names(type(self))
        told = [
            f"{name}={getattr(self, name)!r}"
            for name in self.__struct_fields__
            if name not in hidden
        ]
        return f"{type(self).__name__}({', '.join(told)})"


@cache
def personal_names(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the names of the fields of `kind` that are marked as personal."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(kind)
        if _MARK in getattr(field.type, "__metadata__", ())
    )
