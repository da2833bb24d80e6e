"""What is more than one message holds is refused when it is brought, not found out later.

The messages are sealed as they are for a partner: the limit is that of the wire.
"""

from contextlib import suppress
from hashlib import sha256
from uuid import UUID

import pytest

from ledger.commands import (
    AcceptApplication,
    RequestCorrection,
    RequestJointReview,
    ReviewCase,
    WithdrawJointReview,
)
from ledger.errors import CommandRejected
from ledger.handover import CorrectHandover, Correspondence, GiveOpinion, SupplementHandover
from ledger.handover.handover import incoming_id
from tests.adapters.panprd.letters import sealer
from tests.ledger.cases import CLERK as GD_CLERK
from tests.ledger.cases import REVIEWER, files, official
from tests.ledger.handover.regions import (
    BEGIN,
    CASE,
    CLERK,
    GD,
    GX,
    GX_REVIEWER,
    HANDOVER,
    changed,
    settle,
)

REVIEW_ID = UUID("77777777-2222-4333-8444-555555555555")
THERE = incoming_id(GD, REVIEW_ID)
ASK = RequestJointReview(
    case_id=CASE,
    review=REVIEW_ID,
    region=GX,
    authority="gx.shops",
    question="Is this seal yours?",
    basis="duty",
)


OPEN = changed(BEGIN, item="gd.elsewhere.known-to-nobody-here")
"""Of an item that is not in our catalogue, any kind of material is taken."""


def many(count, first="m"):
    return {f"{first}{n}": sha256(f"{first}{n}".encode()).hexdigest() for n in range(count)}


def text(size):
    return {"shop": "x" * size}


def refused(region, give, *what, **more):
    """Nothing is recorded of what is refused."""
    before = region.ledger.head
    with pytest.raises(CommandRejected, match="more than one message"):
        give(*what, **more)
    assert region.ledger.head == before


@pytest.fixture
def asked(gd, gx):
    gx.begin()
    settle(gx, gd)
    gd.do(AcceptApplication(case_id=CASE), GD_CLERK)
    gd.do(ASK, REVIEWER)
    settle(gx, gd)


@pytest.mark.parametrize(
    "fields",
    [
        {"form": text(32_700), "materials": many(340)},
        {"materials": many(700)},
        {"form": text(54_000)},
    ],
    ids=["many short kinds beside a form", "kinds alone", "a form alone"],
)
def test_an_application_of_more_than_a_message_is_refused_at_the_window(gx, fields):
    refused(gx, gx.begin, changed(OPEN, **fields))


@pytest.mark.parametrize("count", [0, 1, 60, 130, 300])
def test_whatever_is_taken_can_be_sealed(gd, gx, count):
    wire = Correspondence(gx.ledger, sealer())
    for size in range(54_000, 0, -500):
        with suppress(CommandRejected):
            gx.begin(changed(OPEN, form=text(size), materials=many(count)))
            break

    assert wire.catch_up() == 1
    assert gx.named("message.unsent.v1") == []
    assert len(gx.outbox.pending(GD)) == 1


def test_a_correction_of_more_than_a_message_is_refused(gd, gx):
    gx.begin(changed(BEGIN, materials=files("application")))
    settle(gx, gd)
    gd.do(RequestCorrection(case_id=CASE, deficiencies={"plan": "missing"}), GD_CLERK)
    settle(gx, gd)
    correction = CorrectHandover(handover=HANDOVER, form=text(54_000), materials=files("plan"))

    refused(gx, gx.give, correction, CLERK)


def test_an_opinion_counts_what_was_gathered_for_it_before(gx, asked):
    clerk = official(GD_CLERK.role, "gx.shops")
    gx.give(SupplementHandover(handover=THERE, materials=many(150, "a")), clerk)
    opinion = GiveOpinion(
        handover=THERE, recommendation="grant", findings="x" * 30_000, materials=many(40, "b")
    )

    refused(gx, gx.give, opinion, GX_REVIEWER)


def test_what_is_gathered_for_an_opinion_leaves_it_room(gd, gx, asked):
    clerk = official(GD_CLERK.role, "gx.shops")
    gx.give(SupplementHandover(handover=THERE, materials=many(150, "a")), clerk)
    refused(gx, gx.give, SupplementHandover(handover=THERE, materials=many(60, "b")), clerk)

    gx.give(
        GiveOpinion(handover=THERE, recommendation="grant", findings="x" * 20_000), GX_REVIEWER
    )

    assert Correspondence(gx.ledger, sealer()).catch_up() == 1


def test_what_an_official_says_fits_into_a_message(gd, gx, asked):
    long = "说" * 11_000
    gd.do(ReviewCase(case_id=CASE, recommendation="grant", findings="fine"), REVIEWER)
    withdraw = WithdrawJointReview(case_id=CASE, review=REVIEW_ID, reason=long)

    refused(gd, gd.do, withdraw, REVIEWER)
    refused(gd, gd.do, changed(ASK, review=CASE, question=long), REVIEWER)


def test_the_deficiencies_of_an_application_fit_into_a_message(gd, gx):
    gx.begin()
    settle(gx, gd)
    long = RequestCorrection(case_id=CASE, deficiencies={"plan": "x" * 33_000})

    refused(gd, gd.do, long, GD_CLERK)
