"""Who is handed over can be erased, on each side, once nothing goes on about them."""

import json
from contextlib import closing
from functools import partial
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import pytest

from ledger.actor import Actor, Channel, Role
from ledger.commands import RejectAtIntake
from ledger.errors import CommandRejected
from ledger.handover.unfinished import unfinished
from ledger.holding import cases_of, streams_of, subject_copy
from ledger.http.shown import show_entry
from ledger.opening import all_views
from ledger.personal import Hidden
from ledger.projections.follower import Follower
from ledger.stores import MaterialStore
from ledger.subject_commands import EraseSubject, RestrictSubject, SubjectCommand
from ledger.subjects import Subjects
from tests.ledger.cases import FORM, NOON, REVIEWER
from tests.ledger.fakes import Dice
from tests.ledger.handover.regions import (
    BEGIN,
    CASE,
    CLAIMS,
    CLERK,
    HANDOVER,
    PERSON,
    VERIFIED,
    changed,
    settle,
)

OPERATOR = Actor(role=Role.OPERATOR, id="7", principal="7", channel=Channel.SYSTEM)
OTHER = changed(CLERK, principal="subject:another")
REJECT = RejectAtIntake(case_id=CASE, competent_body="gd.other", reasons="not ours")


def erase(region, subject, folder):
    """Restrict and erase somebody, as far as the log is concerned, and destroy the key."""
    with closing(Follower(region.ledger, folder, all_views(region.ledger))) as follower:
        commands: list[SubjectCommand] = [
            RestrictSubject(subject=subject, basis="pipl-47"),
            EraseSubject(subject=subject, basis="pipl-47"),
        ]
        for number, command in enumerate(commands, start=1):
            follower.catch_up()
            where = region.ledger, folder, subject
            Subjects(region.ledger).give(
                command,
                OPERATOR,
                command_id=UUID(int=number),
                cases=partial(cases_of, *where),
                others=partial(unfinished, *where),
            )
            follower.catch_up()
    region.ledger.keys.erase(subject)


def test_nobody_is_erased_while_a_hand_over_or_a_message_about_them_is_on_its_way(gx, tmp_path):
    gx.begin()
    gx.correspondence.catch_up()

    with pytest.raises(CommandRejected, match=r"a message to CN-GD, hand-over"):
        erase(gx, PERSON, tmp_path)


def test_after_an_erasure_nothing_about_the_person_can_be_read_on_that_side(gd, gx, tmp_path):
    gx.begin()
    settle(gx, gd)
    gd.do(REJECT, REVIEWER)
    settle(gx, gd)

    erase(gx, PERSON, tmp_path)

    [begun] = gx.named("handover.begun.v1")
    [sent] = gx.named("message.sent.v1")
    assert {begun.event.form, begun.event.claims, begun.event.account} == {Hidden.ERASED}
    assert sent.event.token is Hidden.ERASED
    assert gd.named("application.received.v1")[0].event.form == FORM


def test_what_comes_about_somebody_erased_is_refused_and_nothing_of_it_kept(gd, gx, tmp_path):
    gx.begin()
    settle(gx, gd)
    gd.do(REJECT, REVIEWER)
    settle(gx, gd)
    erase(gd, gd.case().subject, tmp_path)

    again = gx.begin(changed(BEGIN, handover=CASE))
    settle(gx, gd)

    received = gd.named("message.received.v1")[-1]
    assert received.event.refused
    assert received.event.token == b""
    assert gx.handover(again.id).status == "REFUSED_THERE"


def test_a_copy_of_what_is_held_of_one_person_holds_no_message_about_another(gx, tmp_path):
    gx.begin()
    other = changed(BEGIN, handover=CASE, form={"shop": "Another's shop"})
    gx.give(other, OTHER, verified=VERIFIED, claims=CLAIMS)
    gx.correspondence.catch_up()
    with closing(Follower(gx.ledger, tmp_path, all_views(gx.ledger))) as follower:
        follower.catch_up()

    pieces = subject_copy(
        gx.ledger,
        MaterialStore(tmp_path / "materials", gx.ledger.keys, Dice()),
        streams_of(tmp_path, PERSON),
        PERSON,
        show=lambda entry, hidden: {
            **show_entry(entry, hidden=hidden),
            "subject": entry.subject,
        },
        made_at=NOON,
    )
    entries = json.loads(ZipFile(BytesIO(b"".join(pieces))).read("entries.json"))["entries"]

    assert {"handover.begun.v1", "message.sent.v1"} <= {entry["event"] for entry in entries}
    assert {entry["subject"] for entry in entries} == {PERSON}
    assert HANDOVER.hex != CASE.hex
