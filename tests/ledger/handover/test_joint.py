"""多地联办: an authority asks another region's for its opinion, and decides itself."""

from hashlib import sha256
from uuid import UUID

import pytest

from ledger.case import Status
from ledger.commands import (
    AcceptApplication,
    GrantCase,
    RequestJointReview,
    ReviewCase,
    WithdrawJointReview,
)
from ledger.errors import CommandRejected, NotAllowed
from ledger.handover import GiveOpinion, SupplementHandover
from ledger.handover.handover import incoming_id
from ledger.handover.whose import asked_key
from tests.ledger.cases import APPROVER, REVIEWER, files, official
from tests.ledger.cases import CLERK as GD_CLERK
from tests.ledger.handover.regions import (
    ALL_MODES,
    CASE,
    GD,
    GX,
    GX_REVIEWER,
    Region,
    changed,
    settle,
)

REVIEW_ID = UUID("77777777-2222-4333-8444-555555555555")
ASK = RequestJointReview(
    case_id=CASE,
    review=REVIEW_ID,
    region=GX,
    authority="gx.shops",
    question="Is this seal yours?",
    basis="duty",
    materials=("plan",),
)
THERE = incoming_id(GD, REVIEW_ID)
OPINION = GiveOpinion(handover=THERE, recommendation="grant", findings="it is ours")
GRANT = GrantCase(case_id=CASE, result="licence 1")
WITHDRAW = WithdrawJointReview(case_id=CASE, review=REVIEW_ID, reason="settled otherwise")


@pytest.fixture
def accepted(gd, gx):
    gx.begin()
    settle(gx, gd)
    gd.do(AcceptApplication(case_id=CASE), GD_CLERK)
    gd.do(ReviewCase(case_id=CASE, recommendation="grant", findings="fine"), REVIEWER)
    settle(gx, gd)


@pytest.fixture
def asked(gd, gx, accepted):
    gd.do(ASK, REVIEWER)
    settle(gx, gd)


def test_the_question_reaches_the_authority_with_the_materials_shared(gx, asked):
    assert gx.handover(THERE).status == "OPINION_ASKED"
    [received] = gx.named("handover.review_received.v1")
    assert received.event.question == "Is this seal yours?"
    assert received.event.digests == files("plan")


def test_nothing_is_decided_while_an_opinion_is_waited_for(gd, asked):
    with pytest.raises(CommandRejected, match="opinion of CN-GX is waited for"):
        gd.do(GRANT, APPROVER)


def test_an_opinion_comes_back_with_what_was_added(gd, gx, asked):
    clerk = official(GD_CLERK.role, "gx.shops")
    gx.give(SupplementHandover(handover=THERE, materials=files("extract")), clerk)
    gx.give(changed(OPINION, materials=files("seal")), GX_REVIEWER)

    settle(gx, gd)

    [opinion] = gd.named("joint_opinion.received.v1")
    assert opinion.event.findings == "it is ours"
    assert opinion.event.digests == files("extract", "seal")
    assert opinion.actor.id == GX
    assert gd.do(GRANT, APPROVER).status is Status.GRANTED


def test_the_opinion_is_due_on_the_deciding_authoritys_calendar(gd, asked):
    case = gd.case()

    assert case.duties["joint_opinion"].working_days == 5
    assert case.duties["statutory_decision"].working_days == 45


def test_the_duty_ends_with_the_opinion(gd, gx, asked):
    gx.give(OPINION, GX_REVIEWER)
    settle(gx, gd)

    assert "joint_opinion" not in gd.case().duties


def test_a_request_taken_back_is_waited_for_no_longer_on_either_side(gd, gx, asked):
    gd.do(WITHDRAW, REVIEWER)
    settle(gx, gd)

    assert gx.handover(THERE).status == "WITHDRAWN"
    with pytest.raises(CommandRejected, match="no opinion is asked"):
        gx.give(OPINION, GX_REVIEWER)
    assert gd.do(GRANT, APPROVER).status is Status.GRANTED


def test_an_opinion_that_crosses_a_withdrawal_counts_for_nothing_and_both_know(gd, gx, asked):
    gx.give(OPINION, GX_REVIEWER)
    gd.do(WITHDRAW, REVIEWER)

    settle(gx, gd)

    assert gd.named("joint_opinion.received.v1") == []
    assert gx.named("handover.refused.v1")[0].event.kind == "opinion.given"
    assert gd.do(GRANT, APPROVER).status is Status.GRANTED


def test_an_authority_that_is_not_there_is_answered_and_waited_for_no_longer(gd, gx, accepted):
    gd.do(changed(ASK, authority="gx.nobody"), REVIEWER)
    settle(gx, gd)

    [withdrawn] = gd.named("joint_review.withdrawn.v1")
    assert "no authority of CN-GX" in withdrawn.event.reason
    assert gd.do(GRANT, APPROVER).status is Status.GRANTED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"region": "CN-FJ"}, "no partner region"),
        ({"materials": ("extract",)}, "not here to be shared"),
        ({"question": " "}, "say what you want to know"),
        ({"basis": "gba-contract"}, "about Hong Kong residents"),
    ],
)
def test_what_may_not_be_asked(gd, accepted, fields, said):
    with pytest.raises(CommandRejected, match=said):
        gd.do(changed(ASK, **fields), REVIEWER)


def test_another_authority_gives_no_opinion(gx, asked):
    with pytest.raises(NotAllowed, match=r"gx\.shops was asked"):
        gx.give(OPINION, official(GX_REVIEWER.role, "gx.window"))


def test_a_clerk_gives_no_opinion(gx, asked):
    with pytest.raises(NotAllowed, match="by a reviewer"):
        gx.give(OPINION, official(GD_CLERK.role, "gx.shops"))


def test_the_materials_an_opinion_added_are_awaited_at_the_deciding_side(gd, gx, asked):
    gx.give(changed(OPINION, materials=files("seal")), GX_REVIEWER)
    settle(gx, gd)

    [sent] = [e for e in gx.named("message.sent.v1") if e.event.kind == "opinion.given"]
    awaited = gd.inbox.awaited(GX, sha256(sent.event.token).digest())
    assert awaited is not None
    assert awaited.subject == gd.case().subject
    assert awaited.materials == frozenset(files("seal").values())


def test_a_refusal_finds_its_question_without_reading_what_else_was_sent(gd, gx, accepted):
    gd.do(changed(ASK, authority="gx.nobody"), REVIEWER)
    settle(gx, gd)
    [sent] = [e for e in gd.named("message.sent.v1") if e.event.kind == "review.requested"]

    used = gd.ledger.recorder.select_once(asked_key(GX, REVIEW_ID).key)

    assert used is not None
    assert used.first == sent.position
    assert gd.ledger.recorder.select_once(asked_key(GX, CASE).key) is None


def test_a_question_about_an_item_that_is_not_agreed_is_refused_where_it_comes(gd, tmp_path):
    gx = Region.at(GX, str(tmp_path / "narrow.sqlite"), {GD: ALL_MODES})
    gx.begin()
    settle(gx, gd)
    gd.do(AcceptApplication(case_id=CASE), GD_CLERK)
    gx.agreements[GD] = changed(ALL_MODES, items=frozenset({"gd.other"}))
    gd.do(ASK, REVIEWER)

    settle(gx, gd)

    assert gx.named("handover.review_received.v1") == []
    [withdrawn] = gd.named("joint_review.withdrawn.v1")
    assert "not among the items agreed" in withdrawn.event.reason
