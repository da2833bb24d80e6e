"""Claims (RFC 8392) as frozen values: each field names its label and its form.

Reading is strict both ways: a missing, unknown or ill-formed claim is refused,
and what is written has been read again first, so we issue nothing we would refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, TypeVar, get_args, get_type_hints

import cose
from identity.errors import TokenRefused

C = TypeVar("C")

Check = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """How one claim stands in CBOR; `read` refuses whatever is not of this form."""

    read: Check
    write: Check = lambda value: value


@dataclass(frozen=True, slots=True)
class Claim:
    """The annotation of a claim: its label and its form; a default makes it optional."""

    label: int
    form: Form


def encode_claims(claims: Any, *, limit: int = cose.TOKEN_LIMIT) -> bytes:
    """Return the deterministic bytes of `claims`, of which there may be `limit`."""
    written = {}
    for label, (name, form, _) in _known(type(claims)).items():
        value = getattr(claims, name)
        if value is not None:
            written[label] = form.write(value)
    payload = cose.encode(written)
    decode_claims(type(claims), payload, limit=limit)
    return payload


def decode_claims(kind: type[C], payload: bytes, *, limit: int = cose.TOKEN_LIMIT) -> C:
    """Return the `kind` of claims that `payload` holds, or raise `TokenRefused`."""
    try:
        found = cose.decode(payload, limit=limit)
    except cose.CborRefused as error:
        raise TokenRefused(f"claims: {error}") from error
    known = _known(kind)
    if type(found) is not dict or not found.keys() <= known.keys():
        refuse("not a map of the claims this token has")
    values = {}
    for label, (name, form, optional) in known.items():
        if label in found:
            values[name] = form.read(found[label])
        elif not optional:
            refuse(f"{name} is missing")
    return kind(**values)


def refuse(why: str) -> NoReturn:
    """Refuse a token for its claims; `why` holds none of their values."""
    raise TokenRefused(f"claims: {why}")


def text(longest: int = 128) -> Form:
    """A text of one to `longest` characters."""
    return Form(lambda value: _checked(type(value) is str and 0 < len(value) <= longest, value))


def raw(shortest: int, longest: int | None = None) -> Form:
    """Bytes of exactly this length, or of a length within both bounds."""
    limit = longest or shortest
    return Form(lambda v: _checked(type(v) is bytes and shortest <= len(v) <= limit, v))


def whole(least: int, most: int) -> Form:
    """A whole number within both bounds."""
    return Form(lambda value: _checked(type(value) is int and least <= value <= most, value))


def texts(most: int, longest: int = 64, *, least: int = 1) -> Form:
    """Between `least` and `most` different texts, in their order."""
    one = text(longest)

    def read(value: Any) -> tuple[str, ...]:
        _checked(type(value) is list and least <= len(value) <= most, value)
        _checked(len(set(map(one.read, value))) == len(value), value)
        return tuple(value)

    return Form(read, list)


def one_of(words: type[StrEnum]) -> Form:
    """One of a fixed set of words."""

    def read(value: Any) -> StrEnum:
        _checked(type(value) is str and value in list(words), value)
        return words(value)

    return Form(read, str)


def _seconds(value: datetime) -> int:
    return int(value.timestamp())


def _moment(value: Any) -> datetime:
    _checked(type(value) is int and 0 <= value < 1 << 35, value)
    return datetime.fromtimestamp(value, UTC)


MOMENT = Form(_moment, _seconds)
"""Whole seconds since 1970 (RFC 8392's NumericDate without its fractions)."""


def _checked(holds: bool, value: Any) -> Any:
    if not holds:
        refuse("a claim is not of its form")
    return value


def _labels_of(kind: type) -> dict[int, tuple[str, Form, bool]]:
    hints = get_type_hints(kind, include_extras=True)
    labels = {}
    for each in fields(kind):
        (claim,) = get_args(hints[each.name])[1:]
        labels[claim.label] = (each.name, claim.form, each.default is None)
    return labels


_known: Callable[[Any], dict[int, tuple[str, Form, bool]]] = cache(_labels_of)
