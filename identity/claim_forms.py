"""The forms a claim may have in CBOR, and how each becomes a value of ours.

What msgspec can check is a form's `shape`, checked for all claims at once; what
is left to do then is `made`, which refuses nothing. A form without a shape has
its own `read`, which refuses whatever is not of the form.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Final, NoReturn

import msgspec
from msgspec import Meta

from identity.errors import TokenRefused

Step = Callable[[Any], Any]


def same(value: Any) -> Any:
    """Return `value`: for a form whose values are as they stand in CBOR."""
    return value


@dataclass(frozen=True, slots=True)
class Form:
    """How one claim stands in CBOR; `read` refuses whatever is not of this form."""

    read: Step
    write: Step = same
    shape: Any = Any
    made: Step = same


@dataclass(frozen=True, slots=True)
class Claim:
    """The annotation of a claim: its label and its form; a default makes it optional."""

    label: int
    form: Form


def shaped(shape: Any, made: Step = same, write: Step = same) -> Form:
    """A form that `shape` says all about; `made` turns a value of it into ours."""
    return Form(lambda value: made(checked(value, shape)), write, shape, made)


def checked(value: Any, shape: Any) -> Any:
    """Return `value` as msgspec finds it in `shape`, with nothing coerced; refuses others."""
    try:
        return msgspec.convert(value, shape, builtin_types=_AS_THEY_ARE)
    except msgspec.ValidationError:
        # What msgspec says of it may name the value.
        raise _ill_formed() from None


def refuse(why: str) -> NoReturn:
    """Refuse a token for its claims; `why` holds none of their values."""
    raise TokenRefused(f"claims: {why}")


def text(longest: int = 128) -> Form:
    """A text of one to `longest` characters."""
    return shaped(Annotated[str, Meta(min_length=1, max_length=longest)])


def raw(shortest: int, longest: int | None = None) -> Form:
    """Bytes of exactly this length, or of a length within both bounds."""
    limits = Meta(min_length=shortest, max_length=longest or shortest)
    return shaped(Annotated[bytes, limits])


def whole(least: int, most: int) -> Form:
    """A whole number within both bounds."""
    return shaped(Annotated[int, Meta(ge=least, le=most)])


def texts(most: int, longest: int = 64, *, least: int = 1) -> Form:
    """Between `least` and `most` different texts, in their order."""
    one = Annotated[str, Meta(min_length=1, max_length=longest)]
    several = Annotated[tuple[one, ...], Meta(min_length=least, max_length=most)]
    # What msgspec knows of a struct it works out once.
    shape = msgspec.defstruct("Texts", [("texts", several)], array_like=True, gc=False)

    def read(value: Any) -> Any:
        found = checked([value], shape).texts
        if len(set(found)) != len(found):
            raise _ill_formed()
        return found

    return Form(read, list)


def _seconds(value: datetime) -> int:
    return int(value.timestamp())


@lru_cache(maxsize=4096)
def moment(seconds: int) -> datetime:
    """Return the time so many `seconds` after 1970; many tokens of one second share it."""
    return datetime.fromtimestamp(seconds, UTC)


SKEW: Final = timedelta(seconds=60)
"""How far clocks of two regions may differ: for every token, list, set and message."""

SECONDS = Annotated[int, Meta(ge=0, lt=1 << 35)]
"""The shape of `MOMENT`: until after the year 3000."""

MOMENT = shaped(SECONDS, moment, _seconds)
"""Whole seconds since 1970 (RFC 8392's NumericDate without its fractions)."""

# Without this msgspec would take text as base64 where bytes are meant.
_AS_THEY_ARE = (bytes,)


def _ill_formed() -> TokenRefused:
    return TokenRefused("claims: a claim is not of its form")
