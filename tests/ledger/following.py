"""A view to follow the log with, and what a reader finds in it."""

from contextlib import closing
from dataclasses import replace
from uuid import UUID

from ledger.projections.quarantine import listed, stands_at
from ledger.projections.view import content_digest, position, read_only
from tests.ledger.cases import (
    ACCEPT,
    ALL,
    APPLICANT,
    CLERK,
    COMMIT,
    SUBMIT,
)
from tests.ledger.ledgers import do


class Steps:
    """A view of this test's own: how each entry left its case.

    At the position `broken` it fails with `error`, as often as it is tried.
    """

    name = "steps"
    version = 1
    tables = ("steps",)
    personal = False

    def __init__(self, broken=None, error=OSError):
        self.broken = broken
        self.error = error

    def create(self, db):
        db.table("steps").create(
            {"position": int, "status": str, "committed": int}, pk="position"
        )

    def apply(self, db, entries, folds):
        for entry in entries:
            case = folds.apply(entry)
            if case is not None:
                row = (entry.position, case.status, len(case.committed))
                db.execute("INSERT INTO steps VALUES (?, ?, ?)", row)
            if entry.position == self.broken:
                raise self.error("made to fail")


def read(folder, view):
    """The position and the digest of what a reader finds."""
    with closing(read_only(folder / f"{view.name}.sqlite")) as db:
        return position(db), content_digest(db, view)


def rows(folder, view=Steps):
    with closing(read_only(folder / f"{view.name}.sqlite")) as db:
        return [tuple(row) for row in db.execute(f"SELECT * FROM {view.tables[0]}")]


def a_case(ledger, number=1):
    case_id = UUID(int=number)
    proven = {m: file for m, file in ALL.items() if m not in COMMIT.materials}
    do(ledger, replace(SUBMIT, case_id=case_id, materials=proven), APPLICANT)
    do(ledger, replace(COMMIT, case_id=case_id), APPLICANT)
    do(ledger, replace(ACCEPT, case_id=case_id), CLERK)


class Failing:
    """Another view, which fails at the positions `at`, after its rows are written.

    `moments` are errors to come first, one each time that anything is applied.
    """

    def __init__(self, view, at=(), error=KeyError, moments=()):
        self.name, self.version, self.tables = view.name, view.version, view.tables
        self.personal = view.personal
        self.at = set(at)
        self.error = error
        self.moments = list(moments)
        self._view = view

    def create(self, db):
        self._view.create(db)

    def apply(self, db, entries, folds):
        self._view.apply(db, entries, folds)
        if self.moments:
            raise self.moments.pop(0)
        if not self.at.isdisjoint(entry.position for entry in entries):
            raise self.error("made to fail")


def set_aside(folder, view=Steps):
    """What a view has set aside, by position."""
    with closing(read_only(folder / f"{view.name}.sqlite")) as db:
        return {each.position: each.problem for each in listed(db)}


def stopped_at(folder, view=Steps):
    with closing(read_only(folder / f"{view.name}.sqlite")) as db:
        stopped = stands_at(db)
    return None if stopped is None else stopped.position
