"""代收代办: a window takes an application, another region's authority decides it."""

import tracemalloc
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest

from ledger.actor import Channel, Role
from ledger.agreements import Agreement
from ledger.case import Status
from ledger.catalogue import Catalogue
from ledger.commands import (
    AcceptApplication,
    CloseCase,
    GrantCase,
    RequestCorrection,
    ReviewCase,
    ServeDecision,
)
from ledger.errors import CommandRejected, CommandReused, NotAllowed
from ledger.handover import CorrectHandover, SupplementHandover
from ledger.rules import Verified
from tests.ledger.cases import APPROVER, FORM, REVIEWER, at, files, official
from tests.ledger.cases import CLERK as GD_CLERK
from tests.ledger.handover.regions import (
    ALL_MODES,
    BEGIN,
    CASE,
    CLAIMS,
    CLERK,
    GD,
    GX,
    HANDOVER,
    VERIFIED,
    Region,
    carry,
    changed,
    pseudonym,
    settle,
)


def test_what_a_window_takes_becomes_a_case_of_the_home_authority(gd, gx):
    gx.begin()
    gd.clock.now = at("2026-02-11 09:00")

    settle(gx, gd)

    case = gd.case()
    assert case.status is Status.RECEIVED
    assert str(case.received_on) == "2026-02-11"
    assert gx.handover().status == "RECEIVED"
    assert gx.handover().receipt == case.receipt


def test_both_sides_duties_are_traced(gd, gx):
    gx.begin(changed(BEGIN, form_checked_by="clerk-8"))

    settle(gx, gd)

    begun = gx.named("handover.begun.v1")[0]
    received = gd.named("application.received.v1")[0]
    assert begun.event.duties.received_by == "clerk-7"
    assert begun.event.duties.form_checked_by == "clerk-8"
    assert received.actor.id == "CN-GX:clerk-7"
    assert (received.actor.role, received.actor.channel) == (Role.AGENT, Channel.PARTNER)


def test_the_person_keeps_the_name_that_a_verification_between_these_regions_gives(gd, gx):
    gx.begin()

    settle(gx, gd)

    assert gd.case().subject == pseudonym(GX, "pprd", f"CN-GD>{CLAIMS['document_number']}")


def test_a_case_goes_all_its_way_and_the_window_follows_it(gd, gx):
    gx.begin(changed(BEGIN, materials=files("application", "plan")))
    settle(gx, gd)
    gd.do(RequestCorrection(case_id=CASE, deficiencies={"premises": "missing"}), GD_CLERK)
    settle(gx, gd)
    assert gx.handover().status == "CORRECTION_REQUESTED"
    assert gx.named("handover.progressed.v1")[-1].event.details == {"premises": "missing"}

    gx.give(CorrectHandover(handover=HANDOVER, materials=files("premises")), CLERK)
    settle(gx, gd)
    for command, by in (
        (AcceptApplication(case_id=CASE), GD_CLERK),
        (ReviewCase(case_id=CASE, recommendation="grant", findings="fine"), REVIEWER),
        (GrantCase(case_id=CASE, result="licence 1"), APPROVER),
        (ServeDecision(case_id=CASE, means="at the window in Nanning"), GD_CLERK),
        (CloseCase(case_id=CASE), GD_CLERK),
    ):
        gd.do(command, by)
    settle(gx, gd)

    told = [entry.event.told for entry in gx.named("handover.progressed.v1")]
    assert told == [
        "application.received.v1",
        "correction.requested.v1",
        "correction.submitted.v1",
        "application.accepted.v1",
        "case.granted.v1",
        "decision.served.v1",
        "case.closed.v1",
    ]
    assert gx.handover().is_over


def test_a_refusal_by_a_rule_there_is_recorded_on_both_sides(gd, gx):
    book = gx.ledger.book
    gx.ledger.book = replace(book, catalogue=Catalogue(book.catalogue.authorities, {}))
    gx.begin(changed(BEGIN, materials=files("nonsense")))

    settle(gx, gd)

    assert gd.ledger.find(CASE) is None
    [received] = gd.named("message.received.v1")
    assert received.event.refused
    assert gx.handover().status == "REFUSED_THERE"
    [refused] = gx.named("handover.refused.v1")
    assert "nonsense" in refused.event.reason


def test_a_refused_correction_can_be_brought_again(gd, gx):
    gx.begin(changed(BEGIN, materials=files("application")))
    settle(gx, gd)
    gd.do(RequestCorrection(case_id=CASE, deficiencies={"plan": "missing"}), GD_CLERK)
    settle(gx, gd)
    gx.give(CorrectHandover(handover=HANDOVER, materials=files("plan", "nonsense")), CLERK)
    settle(gx, gd)
    assert gx.handover().status == "CORRECTION_REQUESTED"

    gx.give(CorrectHandover(handover=HANDOVER, materials=files("plan")), CLERK)
    settle(gx, gd)

    assert gd.case().status is Status.RECEIVED


def test_supplements_travel_after_an_acceptance(gd, gx):
    gx.begin(changed(BEGIN, materials=files("application", "premises")))
    settle(gx, gd)
    with pytest.raises(CommandRejected, match="nothing is to be added"):
        gx.give(SupplementHandover(handover=HANDOVER, materials=files("plan")), CLERK)


def test_both_logs_hold_the_receipt_of_the_other(gd, gx):
    gx.begin()

    settle(gx, gd)

    [sent], [received] = gx.named("message.sent.v1"), gd.named("message.received.v1")
    [acknowledged] = gx.named("message.acknowledged.v1")
    assert received.event.entry_digest == gx.leaf(sent)
    assert acknowledged.event.entry_digest == gd.leaf(received)
    assert acknowledged.event.position == received.position
    assert received.event.receipt
    assert acknowledged.event.receipt


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"to": "CN-FJ"}, "no partner region"),
        ({"item": "gd.other"}, "not among the items"),
        ({"to": GX}, "this region"),
        ({"window": "gx.shops"}, "opened at gx.window"),
        ({"form": {}}, "form is empty"),
        ({"form": {"a": "x" * 54_000}}, "more than one message"),
        ({"materials": {"plan": "no digest"}}, "SHA-256"),
        ({"materials": files("selfie")}, "has no selfie"),
        ({"materials": files("459999199003070025")}, "and is no number"),
        ({"basis": "gba-contract"}, "Hong Kong residents and Guangdong"),
    ],
)
def test_what_is_not_agreed_is_not_handed_over(gx, fields, said):
    with pytest.raises(CommandRejected, match=said):
        gx.begin(changed(BEGIN, **fields))


def test_the_window_is_the_office_of_whose_session_it_is(gd, gx):
    assert BEGIN.window is None
    gx.begin()
    gx.begin(changed(BEGIN, handover=CASE, window="gx.window"))

    assert gx.handover().authority == gx.handover(CASE).authority == "gx.window"


@pytest.mark.parametrize(
    ("office", "said"),
    [("gd.shops", "no office of CN-GX"), ("gx.unheard-of", "no office"), (None, "an office")],
)
def test_only_an_office_of_the_region_is_a_window(gx, office, said):
    with pytest.raises(CommandRejected, match=said):
        gx.give(BEGIN, changed(CLERK, authority=office), verified=VERIFIED, claims=CLAIMS)


def test_a_mode_that_is_not_agreed_is_refused(tmp_path):
    only = Agreement(modes=frozenset({"online"}), items=ALL_MODES.items)
    region = Region.at(GX, str(tmp_path / "gx.sqlite"), {GD: only})

    with pytest.raises(CommandRejected, match="collect is not agreed"):
        region.begin()


def test_hong_kong_residents_data_go_outside_the_contract_by_consent_alone(tmp_path):
    region = Region.at(GD, str(tmp_path / "gd.sqlite"), {GX: ALL_MODES})
    resident = Verified(
        verification=VERIFIED.verification,
        jurisdiction="CN-HK",
        from_hong_kong=True,
        method="iamsmart",
        assured=VERIFIED.assured,
    )
    begin, clerk = changed(BEGIN, to=GX), changed(CLERK, authority="gd.shops")

    with pytest.raises(CommandRejected, match="separate consent"):
        region.give(begin, clerk, verified=resident, claims=CLAIMS)
    begin = changed(begin, basis="consent")
    with pytest.raises(CommandRejected, match="has not agreed that data go to CN-GX"):
        region.give(begin, clerk, verified=resident, claims=CLAIMS)
    consent = region.agree(clerk, GX)
    region.give(begin, clerk, verified=resident, claims=CLAIMS)

    [begun] = region.named("handover.begun.v1")
    assert begun.legal_basis is not None
    assert f"separate consent (consent {consent.id})" in begun.legal_basis
    assert (consent.how, consent.witness) == ("window", clerk.id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AGENT])
def test_only_a_window_in_a_session_for_the_person_begins(gx, role):
    with pytest.raises(NotAllowed, match="at a window"):
        gx.give(BEGIN, official(role), verified=VERIFIED, claims=CLAIMS)


def test_without_a_verification_nothing_is_handed_over(gx):
    with pytest.raises(NotAllowed, match="verify who"):
        gx.give(BEGIN, CLERK, claims=CLAIMS)


def test_nobody_goes_on_with_the_hand_over_of_somebody_else(gd, gx):
    gx.begin()
    settle(gx, gd)

    with pytest.raises(NotAllowed, match="opened for this person"):
        gx.give(
            CorrectHandover(handover=HANDOVER, form=FORM), changed(CLERK, principal="another")
        )


def test_a_command_given_twice_counts_once(gx):
    id = HANDOVER
    first = gx.handovers.give(BEGIN, CLERK, command_id=id, verified=VERIFIED, claims=CLAIMS)

    again = gx.handovers.give(BEGIN, CLERK, command_id=id, verified=VERIFIED, claims=CLAIMS)

    assert again == first
    with pytest.raises(CommandReused):
        gx.handovers.give(
            changed(BEGIN, item="gd.other"), CLERK, command_id=id, verified=VERIFIED
        )


def test_the_register_of_transfers_tells_of_every_message(gd, gx):
    gx.begin()
    settle(gx, gd)

    transfers = gx.named("transfer.recorded.v1")

    assert [each.event.recipient for each in transfers] == [GD]
    assert "form" in transfers[0].event.categories
    assert FORM["shop"] not in repr(transfers)


def test_the_materials_a_message_named_are_awaited_under_their_person(gd, gx):
    gx.begin()
    gx.correspondence.catch_up()
    [parcel] = gx.outbox.pending(GD)

    carry(gx, gd, parcel)

    awaited = gd.inbox.awaited(GX, sha256(parcel.token).digest())
    assert awaited is not None
    assert awaited.subject == gd.case().subject
    assert (
        awaited.materials == frozenset(BEGIN.materials.values()) == frozenset(parcel.materials)
    )
    assert gd.inbox.awaited(GX, bytes(32)) is None


def test_to_ask_for_a_message_reads_no_others(gd, gx):
    for n in range(20):
        gx.begin(changed(BEGIN, handover=UUID(int=n + 1), form={"shop": "x" * 20_000}))
    settle(gx, gd)

    tracemalloc.start()
    found = gd.inbox.awaited(GX, bytes(32))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found is None
    assert peak < 100_000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"modes": frozenset({"joint"})}, "collect is not agreed"),
        ({"items": frozenset({"gd.other"})}, "not among the items"),
    ],
)
def test_what_is_not_agreed_over_there_is_refused_over_there(gd, gx, fields, said):
    gd.agreements[GX] = changed(ALL_MODES, **fields)
    gx.begin()

    settle(gx, gd)

    assert gd.ledger.find(CASE) is None
    assert gx.handover().status == "REFUSED_THERE"
    assert said in gx.named("handover.refused.v1")[0].event.reason
