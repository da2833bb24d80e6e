"""Whether a home still holds what was written, looked at as a stranger would.

Rows are taken as they lie in the tables. What this cannot tell is a log
replaced as a whole together with the home's secrets: that takes a tree head
that someone else has kept, or a witness who cosigned it.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path

from ledger.application import Ledger
from ledger.audit_once import once_findings
from ledger.audit_rows import UNREADABLE, Rows
from ledger.finding import Finding, Findings, Watch
from ledger.projections.certifying import certificate_findings
from ledger.projections.check import check
from ledger.projections.view import View

_MOST = 100


def audit(
    ledger: Ledger,
    folder: Path,
    made: Sequence[View],
    watch: Watch = lambda *_: None,
    *,
    certificates: Path | None = None,
) -> Findings:
    """Read the whole log, and compare each of the `made` views in `folder` with its fold.

    `watch` is told what is being read, the position reached and the last one.
    The certificates are those in the folder of that name. What is beside the log,
    views and persons' keys, is left out where no view is named. Nothing is written;
    a view that is not there is not missed.
    """
    recorder = ledger.recorder
    # What was signed is taken first: beside a writer, a later head is of a longer log.
    rows = Rows(recorder, ledger.codec, ledger.published.signed_head())
    log = [*islice(rows.findings(watch, _MOST), _MOST)]
    damaged = min((each.position for each in log), default=None)
    findings = chain(
        log,
        _signed_head(ledger),
        once_findings(recorder, ledger.head),
        _guards(ledger),
        _keys(ledger) if made else (),
        _views(ledger, folder, made, watch, damaged),
        _certificates(ledger, certificates, made, watch, damaged),
    )
    wrong = sorted(islice(findings, _MOST), key=lambda finding: finding.position)
    return Findings(entries=rows.entries, streams=rows.streams, wrong=tuple(wrong))


def _signed_head(ledger: Ledger) -> Iterator[Finding]:
    problem = ledger.published.head_problem()
    if problem is not None:
        yield Finding(position=ledger.head, problem=problem)


def _guards(ledger: Ledger) -> Iterator[Finding]:
    try:
        for name in sorted(ledger.recorder.database.unguarded()):
            problem = f"the trigger {name} is missing or not ours: rows could be changed"
            yield Finding(position=0, problem=problem)
    except UNREADABLE:
        yield Finding(position=0, problem="the triggers cannot be read")


def _keys(ledger: Ledger) -> Iterator[Finding]:
    """Keys stand at no position of the log; to name whose one is would be to name a person."""
    try:
        for number in ledger.keys.damaged():
            problem = f"key {number} of the subject keys does not open; restore it"
            yield Finding(position=0, problem=problem)
    except UNREADABLE:
        yield Finding(position=0, problem="the subject keys cannot be read")


def _views(
    ledger: Ledger, folder: Path, made: Sequence[View], watch: Watch, damaged: int | None
) -> Iterator[Finding]:
    # Folded anew from a damaged log, a view would agree with the damage.
    first = None if damaged is None else "restore the log from its backup first"
    for view in made:
        reached, problem = check(ledger, folder, view, partial(watch, view.name), first)
        if problem is not None:
            yield Finding(position=reached, problem=f"the view {view.name} {problem}")


def _certificates(
    ledger: Ledger,
    folder: Path | None,
    made: Sequence[View],
    watch: Watch,
    damaged: int | None,
) -> Iterator[Finding]:
    if folder is not None:
        told = partial(watch, "certificates")
        try:
            for position, problem in certificate_findings(
                ledger, folder, made, told, damaged=damaged
            ):
                yield Finding(position=position, problem=problem)
        except UNREADABLE:
            problem = "the certificates cannot be held against the tree: it is damaged"
            yield Finding(position=ledger.head, problem=problem)
