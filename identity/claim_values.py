"""Claims that are more than a number or a text, each with its form in CBOR.

They are read as strictly as the token around them: an extra item is refused.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from identity.claim_forms import SECONDS, checked, moment, shaped
from identity.model import Answer, Assurance, Assured


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed box, and the kid of the key that opens it."""

    kid: bytes
    box: bytes = field(repr=False)

    @classmethod
    def made(cls, pair: "_Pair") -> Self:
        """Return what stands in a claim that is of its shape."""
        return cls(kid=pair.kid, box=pair.box)

    def write(self) -> list[bytes]:
        return [self.kid, self.box]


class _Pair(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    kid: Annotated[bytes, Meta(min_length=8, max_length=8)]
    box: Annotated[bytes, Meta(min_length=48, max_length=2048)]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What the home region answers: field by field, how surely, and from when."""

    verdict: Answer
    answers: dict[str, Answer]
    assurance: Assurance
    method: str
    checked_at: datetime
    source_as_of: datetime

    @classmethod
    def read(cls, value: Any) -> Self:
        return cls.made(checked(value, _Six))

    @classmethod
    def made(cls, six: "_Six") -> Self:
        """Return what stands in a claim that is of its shape."""
        return cls(
            verdict=six.verdict,
            answers=six.answers,
            assurance=six.assurance,
            method=six.method,
            checked_at=moment(six.checked_at),
            source_as_of=moment(six.source_as_of),
        )

    def write(self) -> list[Any]:
        answers = {name: _WORDS[answer] for name, answer in self.answers.items()}
        times = [int(self.checked_at.timestamp()), int(self.source_as_of.timestamp())]
        return [_WORDS[self.verdict], answers, int(self.assurance), self.method, *times]


_WORDS = {answer: answer.value for answer in Answer}


_Name = Annotated[str, Meta(min_length=1, max_length=64)]


class _Six(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    verdict: Answer
    answers: Annotated[dict[_Name, Answer], Meta(min_length=1, max_length=16)]
    assurance: Assurance
    method: _Name
    checked_at: SECONDS
    source_as_of: SECONDS


_Word = Annotated[str, Meta(min_length=1, max_length=32)]


class _Seven(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    level: Assurance
    bound_how: _Word
    bound_by: _Name
    bound_at: SECONDS | None
    authenticated_how: _Word
    authenticated_at: SECONDS
    source_as_of: SECONDS | None


def _made_assured(seven: _Seven) -> Assured:
    return Assured(
        level=seven.level,
        bound_how=seven.bound_how,
        bound_by=seven.bound_by,
        bound_at=None if seven.bound_at is None else moment(seven.bound_at),
        authenticated_how=seven.authenticated_how,
        authenticated_at=moment(seven.authenticated_at),
        source_as_of=None if seven.source_as_of is None else moment(seven.source_as_of),
    )


def _write_assured(assured: Assured) -> list[Any]:
    bound = [assured.level.value, assured.bound_how, assured.bound_by, _when(assured.bound_at)]
    authenticated = [assured.authenticated_how, _when(assured.authenticated_at)]
    return [*bound, *authenticated, _when(assured.source_as_of)]


def _when(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


class StatusReference(msgspec.Struct, frozen=True, kw_only=True):
    """Where a status list says whether a token was revoked (Token Status List, 6.1)."""

    index: int
    uri: str

    @classmethod
    def made(cls, outer: "_Outer") -> Self:
        """Return what stands in a claim that is of its shape."""
        return cls(index=outer.status_list.idx, uri=outer.status_list.uri)

    def write(self) -> dict[str, Any]:
        return {"status_list": {"idx": self.index, "uri": self.uri}}


class _Inner(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    idx: Annotated[int, Meta(ge=0, le=1 << 24)]
    uri: Annotated[str, Meta(min_length=1, max_length=256)]


class _Outer(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    status_list: _Inner


SEALED = shaped(_Pair, Sealed.made, Sealed.write)
RESULT = shaped(_Six, Result.made, Result.write)
ASSURED = shaped(_Seven, _made_assured, _write_assured)
STATUS = shaped(_Outer, StatusReference.made, StatusReference.write)
