"""What the two processes say to each other: a JSON object a line, on pipes.

A pipe that ends is how one hears that the other is gone.
"""

import msgspec


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """First, and once: which log to follow, and how to tell what goes wrong.

    It is said on the pipe and not on the command line, since a URI may have a password.
    """

    home: str
    database: str | None
    keys: str | None
    items: str | None
    calendars: str | None
    log_level: str
    log_format: str


class News(msgspec.Struct, frozen=True):
    """The newest durable position; `hurry` is said where somebody waits for a view."""

    head: int
    hurry: bool


class Stands(msgspec.Struct, frozen=True):
    """How one view stands, in answer; as `ledger.projections.following.Kept`."""

    name: str
    position: int
    set_aside: int
    trouble: str | None


def line(said: msgspec.Struct | list[Stands]) -> bytes:
    """Return the line that says it."""
    return msgspec.json.encode(said) + b"\n"


def heard(said: bytes) -> list[Stands]:
    """Return what a line says; nothing, where it broke off because the other was killed."""
    return _stands(said) if said.endswith(b"\n") else []


_stands = msgspec.json.Decoder(list[Stands]).decode
