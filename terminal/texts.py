"""What an event holds, in words; personal fields show only where they were asked for."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from ledger.calendar import Deadline
from ledger.codec import personal_fields
from ledger.entry import Entry, Event
from ledger.personal import Hidden


def details(event: Event, *, hidden: Hidden | None) -> Iterator[tuple[str, Any]]:
    """Yield the fields of `event`; a personal one as what it is `hidden`, or opened."""
    names = personal_fields(event)
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if value is Hidden.ERASED:
            value = "erased"
        elif name in names and hidden is not None:
            value = hidden.name.lower()
        yield name, value


def words(name: str) -> str:
    """An event's name on disk, as one says it: `case.opened.v1` is `case opened`."""
    return name.rpartition(".v")[0].replace(".", " ").replace("_", " ")


def who(entry: Entry) -> str:
    """Who did it, for which office or for whom, and by which way in."""
    actor = entry.actor
    said = f"by {actor.role} {actor.id}"
    if actor.authority is not None:
        said += f" of {actor.authority}"
    elif actor.principal != actor.id:
        said += f" for {actor.principal}"
    return f"{said} ({actor.channel})"


def text(value: Any, zone: tzinfo) -> str:
    """A field's value as a person would write it, with times in `zone`."""
    if isinstance(value, datetime):
        return time(value, zone)
    if isinstance(value, Deadline):
        return _deadline(value)
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        pairs = (f"{key.replace('_', ' ')}: {text(v, zone)}" for key, v in value.items())
        return "; ".join(pairs)
    if isinstance(value, tuple | list):
        return ", ".join(text(each, zone) for each in value) or "none"
    return "none" if value is None else str(value)


def time(moment: datetime, zone: tzinfo) -> str:
    """A moment to the second, as the clocks of `zone` show it; UTC goes without saying."""
    local = moment.astimezone(zone)
    return (local.replace(tzinfo=None) if zone is UTC else local).isoformat(" ", "seconds")


def _deadline(deadline: Deadline) -> str:
    days = f"{deadline.working_days} working days from {deadline.counted_from}"
    said = f"{deadline.due} ({days}, calendar {deadline.version}"
    return f"{said}, provisional)" if deadline.provisional else f"{said})"
