"""The view's rows and index, however the log was cut."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial

import msgspec
from sqlite_utils import Database

from ledger.events import CaseReviewed
from ledger.projections.folds import Folds
from ledger.projections.view import apply, content_digest, prepare, read_only
from ledger.subject_events import SubjectErased, SubjectRestricted
from tests.ledger.cases import ACCEPT, CLERK, official
from tests.ledger.importing.logs import event, trace
from tests.ledger.ledgers import do
from tests.ledger.searching.asking import FIRST, FORMS, MARKET, stands


def test_the_rows_do_not_depend_on_how_the_log_was_cut(ledger, bring, cases, view):
    do(ledger, replace(ACCEPT, case_id=FIRST), official(CLERK.role, MARKET))
    bring(trace("1", event("apply")), trace("2", event("apply")))
    bring(trace("1", event("check")), trace("2", event("apply")))
    stands(ledger, SubjectRestricted(ground="objection"))
    bring(trace("1", event("apply")), trace("2", event("apply")))
    stands(ledger, SubjectErased(ground="objection"))
    entries = [*ledger.read(0)]

    digests = {digest_of(ledger, view, entries, size) for size in (1, 2, 7, len(entries))}

    assert len(digests) == 1


def test_what_is_said_again_is_the_same_row_however_the_log_was_cut(ledger, cases, view):
    [*_, last] = ledger.entries(FIRST)
    for more in (1, 2):
        again = CaseReviewed(recommendation="grant", findings=FORMS[FIRST]["owner"])
        ledger.record([msgspec.structs.replace(last, version=last.version + more, event=again)])
    entries = [*ledger.read(0)]

    digests = {digest_of(ledger, view, entries, size) for size in (1, len(entries))}

    assert len(digests) == 1


def digest_of(ledger, view, entries, size):
    """The digest of the view's rows when `size` entries are taken at a time."""
    folds = Folds(partial(ledger.entries, opened=False))
    with closing(Database(memory=True)) as db:
        prepare(db, view)
        for start in range(0, len(entries), size):
            apply(db, view, entries[start : start + size], folds)
        return content_digest(db, view)


def test_the_index_holds_what_the_rows_hold(ledger, bring, cases, search, folder):
    search()
    do(ledger, replace(ACCEPT, case_id=FIRST), official(CLERK.role, MARKET))
    bring(trace("1", event("apply")))
    bring(trace("1", event("check")))
    search()

    with closing(read_only(folder / "search.sqlite")) as db, closing(copy(db)) as copied:
        # Compares every token with the rows, and raises where one is not there.
        copied.execute(
            "INSERT INTO search_fts (search_fts, rank) VALUES ('integrity-check', 1)"
        )


def copy(db):
    copied = sqlite3.connect(":memory:")
    db.conn.backup(copied)
    return copied
