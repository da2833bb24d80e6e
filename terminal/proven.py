"""What a bundle proves, told in plain words and to a script.

Only what signatures and hashes cover is told as proven. An index in the log is
not: a receipt does not prove one (RFC 9942, 5.2).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from cose import CoseError, decode
from ledger.transparency import BundleRefused, Proven
from terminal.tables import printable, to_the_second

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ACTOR = ("role", "id", "principal", "channel", "authority")
_TIMES = ("recorded_at", "effective_at", "source_recorded_at")


class _Stored(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """An entry of whichever log: its signature says whose it is, and not what is in it."""

    event: str
    case: bytes
    version: int
    recorded_at: int
    effective_at: int
    source_recorded_at: int | None
    actor: tuple[str, str, str, str, str | None]
    legal_basis: str | None
    item: str | None
    item_version: int | None
    subject: str | None
    fields: dict[Any, Any]


def as_json(proven: Proven) -> dict[str, Any]:
    """Return what is proven, as plain values; what is sealed shows as `sealed`."""
    receipt = proven.receipt
    return {
        "entry": entry_shown(proven.entry),
        "log": receipt.log,
        "size": receipt.size,
        "root": receipt.root.hex(),
        "issued_at": receipt.issued_at.isoformat(),
        "trusted": proven.trusted,
        "keys": [record.kid.hex() for record in proven.keys.records],
        "cosigned": {key.name: _moment(at * 1_000_000) for key, at in proven.cosigned.items()},
    }


def as_text(proven: Proven) -> Iterator[str]:
    """Yield the lines that tell what is proven to a person."""
    return map(printable, _lines(as_json(proven)))


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"The log {told['log']} held this entry when it had {told['size']:,} entries:"
    entry = dict(told["entry"])
    for name, value in (entry | entry.pop("fields")).items():
        at = name in _TIMES and value is not None
        yield f"  {name.replace('_', ' ')}: {_time(value) if at else _text(value)}"
    issued = _time(told["issued_at"])
    yield f"Its receipt was issued at {issued}, under the root {told['root']}."
    for name, at in told["cosigned"].items():
        yield f"The witness {name} saw that head at {_time(at)}."
    if not told["cosigned"]:
        yield "No witness was named, by --witness: who else saw that head was not looked at."
    if told["trusted"]:
        yield "It was signed with a key that you trust."
    else:
        yield "It agrees with itself. Whose key signed it is not proven: compare it with one"
        yield "that the log publishes, by --keys. It is " + ", ".join(told["keys"]) + "."


def entry_shown(state: bytes) -> dict[str, Any]:
    """Return what a stored entry says, or raise `BundleRefused`."""
    try:
        stored = msgspec.convert(decode(state), _Stored, builtin_types=(bytes,))
        told = msgspec.structs.asdict(stored)
        told["case"] = str(UUID(bytes=told["case"]))
        told["actor"] = dict(zip(_ACTOR, told["actor"], strict=True))
        for name in _TIMES:
            told[name] = None if told[name] is None else _moment(told[name])
        told["fields"] = _plain(told["fields"])
    except (CoseError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise BundleRefused("entry", "proven, but of a form that is not known here") from error
    return told


def _moment(micros: int) -> str:
    return (_EPOCH + timedelta(microseconds=micros)).isoformat()


def _time(text: str) -> str:
    return f"{to_the_second(text)} UTC"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "sealed"
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise TypeError
        return {name: _plain(each) for name, each in value.items()}
    return value


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "none"
    return "none" if value is None else str(value)
