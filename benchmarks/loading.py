"""Loading a case of a thousand events, as every command and question does.

What is personal stays sealed on the ledger's side, as it does when it decides;
the library's events were never sealed.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from benchmarks import ours, stock
from benchmarks.made_up import REVIEWER, VERIFIED
from benchmarks.measure import Peer, Row, Run, Timed, race
from ledger.application import Ledger
from ledger.entry import Entry
from ledger.events import ApplicantVerified, CaseEvent, CaseReviewed

_EVENTS = 1_000
_LOADS = 20
_CASE = UUID(int=1)
_FINDINGS = "The rooms are as the plan shows them; nothing stands in the way of a grant."


def rows(folder: Path, *, scale: float, rounds: int) -> Iterator[Row]:
    """Race loads of the same case, from logs that are opened once."""
    events, loads = max(2, int(_EVENTS * min(scale, 1))), max(2, int(_LOADS * scale))
    with (
        TemporaryDirectory(dir=folder) as home,
        ours.opened(Path(home)) as ledger,
        stock.opened(Path(home)) as application,
    ):
        ledger.record(_reviewed(ledger, events))
        dossier = stock.Dossier("A1")
        for _ in range(events - 1):
            dossier.review("grant", _FINDINGS)
        application.save(dossier)

        def load_ours() -> Run:
            timed = Timed.one_by_one([partial(ledger.find, _CASE)] * loads)
            return timed.run(fsync=ours.fsync_of(ledger), held=ledger.head)

        def load_stock() -> Run:
            timed = Timed.one_by_one([partial(application.repository.get, dossier.id)] * loads)
            return timed.run(fsync=stock.fsync_of(application), held=events)

        yield from race(
            rounds,
            what=f"load a case of {events:,} events",
            unit="cases/s",
            ours=load_ours,
            peers=[
                Peer(
                    name="stock repository.get",
                    leaves_out="decodes JSON that names Python classes; a smaller state",
                    run=load_stock,
                )
            ],
        )


def _reviewed(ledger: Ledger, count: int) -> list[Entry]:
    opened = ApplicantVerified(
        verification=VERIFIED.verification,
        jurisdiction=VERIFIED.jurisdiction,
        method=VERIFIED.method,
        assured=VERIFIED.assured,
    )
    reviewed = CaseReviewed(recommendation="grant", findings=_FINDINGS)
    return [
        _entry(ledger, version, opened if version == 1 else reviewed)
        for version in range(1, count + 1)
    ]


def _entry(ledger: Ledger, version: int, event: CaseEvent) -> Entry:
    return Entry(
        stream=_CASE,
        version=version,
        event=event,
        recorded_at=ledger.now(),
        effective_at=ledger.now(),
        actor=REVIEWER,
        subject="applicant-1",
    )
