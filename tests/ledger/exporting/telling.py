"""Cases to export: three of ours, and two of a register, one fact of which was taken back."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from uuid import UUID

from ledger.access import may_read
from ledger.actor import Actor, Channel, Role
from ledger.case_rows import Which
from ledger.cut import Cut
from ledger.exporting import FORMATS, Selection
from ledger.opening import all_views
from ledger.projections.follower import Follower
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    CLERK,
    COMMIT,
    HK_ITEM,
    SUBMIT,
    TOLERATE,
    applicant,
    files,
)
from tests.ledger.delivering import EVENING, MORNING, NOON
from tests.ledger.importing.logs import event, trace
from tests.ledger.ledgers import do

FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))
NAME = "Chan Tai Man"
SUPERVISOR = Actor(
    role=Role.SUPERVISOR, id="supervisor-1", principal="supervisor-1", channel=Channel.SYSTEM
)


def told(ledger, bring):
    """Record the cases of which every export here tells."""
    do(ledger, replace(SUBMIT, case_id=FIRST), APPLICANT)
    do(ledger, replace(SUBMIT, case_id=SECOND, item=HK_ITEM.id), APPLICANT)
    given = replace(SUBMIT, case_id=THIRD, materials=files("application"))
    do(ledger, given, applicant("applicant-2"))
    do(ledger, replace(ACCEPT, case_id=FIRST), CLERK)
    do(ledger, replace(TOLERATE, case_id=THIRD), CLERK)
    do(ledger, replace(COMMIT, case_id=THIRD), applicant("applicant-2"))
    bring(
        trace("1", event("apply", MORNING), event("check", NOON, question="True", who=NAME)),
        trace("2", event("=apply &amp; &lt;more>", MORNING)),
    )
    bring(
        trace("1", event("apply", MORNING), event("check", EVENING, question="True", who=NAME)),
        trace("2", event("=apply &amp; &lt;more>", MORNING)),
    )


def selected(ledger, folder, *, by=SUPERVISOR, cut=None, **which):
    """What `by` may export once the views are up to the log."""
    with closing(Follower(ledger, folder, all_views(ledger))) as follower:
        follower.catch_up()
    return Selection(
        ledger=ledger,
        folder=folder,
        which=Which(**which),
        cut=cut or Cut(position=ledger.head),
        allowed=lambda state: may_read(by, state),
    )


def written(format, selection):
    return b"".join(FORMATS[format].write(selection))


def ocel(selection):
    return json.loads(written("ocel-json", selection))


def database(folder, content):
    """Open an exported database."""
    path = folder / "exported.sqlite"
    path.write_bytes(content)
    return closing(sqlite3.connect(path))
