"""Alerts of what is so now: asked of the views, the keys and the partners each time.

Since when is told where something recorded says so, and otherwise since it was first seen
by this server.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from ledger.http import FOLDER, FOLLOWER, LEDGER
from ledger.http.views import CERTIFICATES, STANDINGS
from ledger.projections.case_list import CaseList
from ledger.projections.refusal_list import RefusalList
from ledger.projections.request_list import RequestList
from ledger.projections.times import to_text
from ledger.projections.view import view_in
from service.key_watch import KEY_WATCH
from service.watching import WATCHING

_MOST = 500
BURST: Final = 10
"""So many refused tokens of one issuer within an hour are an alert."""

_OVERDUE = (
    "SELECT id, duty, ends_at FROM duties WHERE ends_at <= ? ORDER BY ends_at, id LIMIT ?"
)
_BURSTS = """
    SELECT issuer, min(recorded_at) AS since, count(*) AS number FROM refused
    WHERE recorded_at > ? GROUP BY issuer HAVING number >= ?
"""
_CONFLICTS = "SELECT count(*) FROM conflicts"

Condition = tuple[str, str, str | None]
"""Its kind, what it is about, and since when, where something recorded tells."""


@dataclass(slots=True)
class Conditions:
    """What is so now, and when this server saw it first."""

    app: web.Application
    _seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def now(self) -> list[dict[str, Any]]:
        """Return every condition that holds, by kind and what it is about."""
        now = to_text(self.app[LEDGER].now())
        found = sorted(self._found(now))
        names = {(kind, about) for kind, about, _ in found}
        # Of a copy: others ask at the same time.
        seen = {**self._seen}
        self._seen = {name: since for name, since in seen.items() if name in names}
        return [
            {
                "kind": kind,
                "about": about,
                "since": since or self._seen.setdefault((kind, about), now),
                "position": None,
            }
            for kind, about, since in found
        ]

    def _found(self, now: str) -> Iterator[Condition]:
        yield from self._overdue(now)
        yield from self._refused()
        yield from self._views()
        for region in self.app[WATCHING].told():
            yield "partner_log", region, None
        for warning in self.app[KEY_WATCH].warnings():
            yield "key_ending", warning, None
        problem = self.app[LEDGER].published.key_problem()
        if problem is not None:
            yield "log_unsigned", problem, None

    def _overdue(self, now: str) -> Iterator[Condition]:
        with closing(view_in(self.app[FOLDER], CaseList.name)) as db:
            for id, duty, since in db.execute(_OVERDUE, (now, _MOST)).fetchall():
                yield "deadline_overdue", f"{UUID(hex=id)}/{duty}", since
            [(number,)] = db.execute(_CONFLICTS).fetchall()
        if number:
            yield "facts_contradicted", f"{number} imported facts", None
        with closing(view_in(self.app[FOLDER], RequestList.name)) as db:
            for id, since in RequestList.late(db, now, _MOST):
                yield "request_overdue", str(UUID(hex=id)), since

    def _refused(self) -> Iterator[Condition]:
        hour = to_text(self.app[LEDGER].now() - timedelta(hours=1))
        with closing(view_in(self.app[FOLDER], RefusalList.name)) as db:
            for issuer, since, _ in db.execute(_BURSTS, (hour, BURST)).fetchall():
                yield "tokens_refused", issuer, since

    def _views(self) -> Iterator[Condition]:
        standings = self.app[STANDINGS].of_all(self.app[FOLLOWER].troubles)
        for each in standings:
            if each.stopped_at is not None:
                yield "view_stopped", each.view, each.stopped_at.since
            if each.quarantined:
                yield "view_incomplete", each.view, each.quarantined[0].since
            if each.certificate is None and self.app[CERTIFICATES].is_kept(each.view):
                yield "certificate_refused", each.view, None
