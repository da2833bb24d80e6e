"""Our side of a hand-over as its entries leave it; `evolve` replays and never refuses.

Its status is the other side's word for the case where that has one, and else a
word of ours, because competence and clock stay with the home authority.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeGuard, assert_never, get_args
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from ledger.agreements import Mode
from ledger.consent import named_in
from ledger.entry import Entry, Event
from ledger.errors import LogDamaged
from ledger.handover_events import (
    HandoverBegun,
    HandoverCorrected,
    HandoverEvent,
    HandoverProgressed,
    HandoverRefused,
    HandoverSupplemented,
    OpinionGiven,
    ResultFollowed,
    ReviewReceived,
)

_INCOMING = UUID("3c0f6f0e-3d55-4d2c-9b61-7a2d8c6a4b02")

FORWARDED = "FORWARDED"
CORRECTION_REQUESTED = "CORRECTION_REQUESTED"
CORRECTION_FORWARDED = "CORRECTION_FORWARDED"
REFUSED_THERE = "REFUSED_THERE"
OPINION_ASKED = "OPINION_ASKED"
OPINION_GIVEN = "OPINION_GIVEN"
WITHDRAWN = "WITHDRAWN"
_OVER = frozenset(
    {
        REFUSED_THERE,
        OPINION_GIVEN,
        WITHDRAWN,
        "CLOSED",
        "LAPSED",
        "REJECTED_AT_INTAKE",
        "NOT_REQUIRED",
    }
)
_KINDS = frozenset(get_args(HandoverEvent))


def incoming_id(region: str, about: UUID) -> UUID:
    """The stream of what `region` began under its own name `about`."""
    return uuid5(_INCOMING, f"{region} {about}")


class Handover(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`about` is its name in messages; `authority` our window, or who was asked here.

    `case` is the other side's case, where it told us of it, and `consent` what the
    person agreed to, where it went on that.
    """

    id: UUID
    about: UUID
    version: int
    mode: Mode
    region: str
    authority: str
    item: str
    subject: str
    jurisdiction: str
    status: str
    receipt: str = ""
    case: UUID | None = None
    told: frozenset[str] = frozenset()
    submitted: frozenset[str] = frozenset()
    recommendation: str | None = None
    consent: UUID | None = None
    begun_at: datetime
    changed_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done or told."""
        return self.status in _OVER


def fold_handover(entries: Iterable[Entry]) -> Handover | None:
    """Replay `entries` from the first on."""
    handover: Handover | None = None
    for entry in entries:
        handover = evolve_handover(handover, entry)
    return handover


def evolve_handover(handover: Handover | None, entry: Entry) -> Handover:
    """Return the hand-over as `entry` leaves it."""
    event = entry.event
    if not _is_of_handover(event):
        raise LogDamaged(
            f"version {entry.version} of hand-over {entry.stream} is a {entry.name}"
        )
    before = handover if handover is not None else _opened(event, entry)
    after = _apply(before, event)
    return replace(after, version=entry.version, changed_at=entry.recorded_at)


def _is_of_handover(event: Event) -> TypeGuard[HandoverEvent]:
    return type(event) in _KINDS


def _opened(event: HandoverEvent, entry: Entry) -> Handover:
    mode, region, authority, about, jurisdiction = _beginning(event, entry)
    return Handover(
        id=entry.stream,
        about=about,
        version=0,
        mode=mode,
        region=region,
        authority=authority,
        item=entry.item or "",
        subject=entry.subject or "",
        jurisdiction=jurisdiction,
        status=FORWARDED,
        consent=named_in(entry.legal_basis),
        begun_at=entry.recorded_at,
        changed_at=entry.recorded_at,
    )


def _beginning(event: HandoverEvent, entry: Entry) -> tuple[Mode, str, str, UUID, str]:
    match event:
        case HandoverBegun():
            return "collect", event.to, event.window, entry.stream, event.jurisdiction
        case ReviewReceived():
            return "joint", event.sender, event.authority, event.review, event.jurisdiction
        case ResultFollowed():
            return "online", event.sender, "", event.handover, ""
        case _:
            raise LogDamaged(f"hand-over {entry.stream} begins with a {entry.name}")


def _apply(handover: Handover, event: HandoverEvent) -> Handover:
    match event:
        case HandoverBegun():
            return replace(handover, submitted=frozenset(event.materials))
        case ReviewReceived():
            return replace(
                handover,
                status=OPINION_ASKED,
                case=event.case,
                submitted=frozenset(event.materials),
            )
        case ResultFollowed():
            return handover
        case HandoverCorrected():
            return replace(
                handover,
                status=CORRECTION_FORWARDED,
                submitted=handover.submitted | frozenset(event.materials),
            )
        case HandoverSupplemented():
            return replace(handover, submitted=handover.submitted | frozenset(event.materials))
        case HandoverProgressed():
            return replace(
                handover,
                status=event.status,
                receipt=event.receipt or handover.receipt,
                told=frozenset(event.materials),
            )
        case HandoverRefused():
            return replace(handover, status=_refused(handover, event.kind))
        case OpinionGiven():
            return replace(
                handover,
                status=OPINION_GIVEN,
                recommendation=event.recommendation,
                submitted=handover.submitted | frozenset(event.materials),
            )
        case _:
            assert_never(event)


def _refused(handover: Handover, kind: str) -> str:
    """A correction may be brought again; without the application there is nothing."""
    if kind == "correction.forwarded":
        return CORRECTION_REQUESTED
    if kind == "supplement.forwarded":
        return handover.status
    return REFUSED_THERE
