"""Looking at hand-overs: whose they are, which there are, and what became of messages."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from ledger.access import hidden_as
from ledger.actor import OFFICE, OWN, Actor, Role
from ledger.errors import CaseNotFound, NotAllowed
from ledger.handover.handover import Handover
from ledger.personal import Hidden
from ledger.projections.handover_list import HandoverList
from ledger.projections.view import view_in
from ledger.subject_events import Standing

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichHandovers:
    """Which hand-overs to list; whatever is left out does not narrow the list."""

    subject: str | None = None
    authority: str | None = None
    status: str | None = None
    after: str = ""
    limit: int = 50


class HandoverListing:
    """Reads the view of hand-overs in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, which: WhichHandovers) -> list[dict[str, Any]]:
        """Return a page of hand-overs as the view knows them, or raise `ViewBehind`."""
        return self._read(
            lambda db: HandoverList.page(
                db,
                subject=which.subject,
                authority=which.authority,
                status=which.status,
                after=which.after,
                limit=which.limit,
            )
        )

    def messages(self, handover: Handover) -> list[dict[str, Any]]:
        """Return what was said about a hand-over, or raise `ViewBehind`."""
        about, region = handover.about.hex, handover.region
        return self._read(lambda db: HandoverList.messages(db, about, region))

    def _read(self, read: Callable[[Database], T]) -> T:
        with closing(view_in(self._folder, HandoverList.name)) as db:
            return read(db)


def narrowed(actor: Actor) -> WhichHandovers:
    """Return which hand-overs `actor` may list; raises `NotAllowed`."""
    if actor.role is Role.SUPERVISOR:
        return WhichHandovers()
    if actor.item is not None:
        raise NotAllowed(f"this session is for {actor.item} alone; name the hand-over, please")
    if actor.role in OWN:
        return WhichHandovers(subject=actor.principal)
    if actor.role in (*OFFICE, Role.CHIEF) and actor.authority is not None:
        return WhichHandovers(authority=actor.authority)
    raise NotAllowed(f"a {actor.role} lists no hand-overs")


def require_follower(actor: Actor, handover: Handover) -> None:
    """Raise `CaseNotFound`, as for none at all, unless `actor` may know of it."""
    theirs = actor.role is Role.CHIEF and actor.authority == handover.authority
    if actor.role is not Role.SUPERVISOR and not theirs and not _sees_personal(actor, handover):
        raise CaseNotFound("there is no such hand-over")


def hidden_from(
    actor: Actor, handover: Handover, standing: Callable[[str], Standing]
) -> Hidden | None:
    """Say as what `actor` is shown the personal fields of a hand-over, if not opened."""
    if not _sees_personal(actor, handover):
        return Hidden.SEALED
    return hidden_as(actor, standing(handover.subject))


def _sees_personal(actor: Actor, handover: Handover) -> bool:
    if actor.role in OWN:
        return actor.principal == handover.subject and actor.may_touch(handover.item)
    return actor.role in OFFICE and actor.authority == handover.authority
