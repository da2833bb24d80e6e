"""XES (IEEE 1849-2016): one trace a case, for tools that mine processes.

Our own importer reads it back: `concept:name` of a trace is the number of its case, so
a file to be imported is of one register, or of ours. What is taken back is left out.
"""

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from ledger.actor import Actor
from ledger.entry import Entry
from ledger.exporting.fields import texts
from ledger.exporting.selecting import ToldCase
from ledger.history_events import FactRecorded
from ledger.projections.times import to_text

MEDIA_TYPE = "application/xml"

_OWN = "tongban"
_TIMES = ("recorded_at", "source_recorded_at")
_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    + "".join(
        f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
        for name, prefix, uri in _EXTENSIONS
    )
    + '<global scope="trace"><string key="concept:name" value=""/></global>\n'
    '<global scope="event"><string key="concept:name" value=""/>'
    '<date key="time:timestamp" value="1970-01-01T00:00:00Z"/>'
    '<string key="lifecycle:transition" value="complete"/></global>\n'
    '<classifier name="Activity" keys="concept:name"/>\n'
    '<string key="lifecycle:model" value="standard"/>\n'
)
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, also not as a reference."""

Attributes = dict[str, tuple[str, str]]
"""By key, what kind of attribute it is and its value."""


def write_xes(cases: Iterable[ToldCase]) -> Iterator[bytes]:
    """Yield the file, a case at a time."""
    yield _HEAD.encode()
    for case in cases:
        yield "".join(_trace(case)).encode()
    yield b"</log>\n"


def _trace(case: ToldCase) -> Iterator[str]:
    yield "<trace>\n"
    yield _written(_of_case(case))
    for entry in case.happened:
        yield f"<event>{_written(_of_entry(entry))}</event>\n"
    yield "</trace>\n"


def _of_case(case: ToldCase) -> Attributes:
    told = {"case": str(case.state.id), "register": case.register, "status": case.status}
    return {"concept:name": ("string", case.number), **_own(told)}


def _of_entry(entry: Entry) -> Attributes:
    event = entry.event
    source = entry.source_recorded_at
    told = {
        "version": str(entry.version),
        "position": str(entry.position),
        "recorded_at": to_text(entry.recorded_at),
        "source_recorded_at": None if source is None else to_text(source),
        "channel": str(entry.actor.channel),
        "principal": entry.actor.principal,
        "legal_basis": entry.legal_basis,
        "item": entry.item,
    }
    own = dict(texts(event))
    matched: Attributes = {}
    name = entry.name
    if isinstance(event, FactRecorded):
        # Under the source's own keys, so that its mapping's rules find them again.
        matched = {key: ("string", value) for key, value in event.matched}
        name = own.pop("activity")
        del own["matched"]
    return {
        **_by(entry.actor),
        **matched,
        "concept:name": ("string", name),
        "time:timestamp": ("date", to_text(entry.effective_at)),
        "lifecycle:transition": ("string", "complete"),
        **_own(told),
        **_own({f"field:{field}": value for field, value in own.items()}),
    }


def _by(actor: Actor) -> Attributes:
    by = {"org:resource": actor.id, "org:role": str(actor.role), "org:group": actor.authority}
    return {key: ("string", value) for key, value in by.items() if value is not None}


def _own(told: dict[str, str | None]) -> Attributes:
    return {
        f"{_OWN}:{name}": ("date" if name in _TIMES else "string", value)
        for name, value in told.items()
        if value is not None
    }


def _written(attributes: Attributes) -> str:
    return "".join(
        f"<{kind} key={_quoted(key)} value={_quoted(value)}/>"
        for key, (kind, value) in attributes.items()
    )


def _quoted(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("\ufffd", text))
