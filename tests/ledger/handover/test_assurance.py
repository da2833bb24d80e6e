"""How surely a person is known at the window is judged over there as it would be here."""

from datetime import timedelta

import pytest

from tests.ledger.cases import NOON, assured
from tests.ledger.handover.regions import (
    BEGIN,
    CASE,
    CLAIMS,
    CLERK,
    GD,
    STRICT,
    VERIFIED,
    changed,
    read,
    settle,
)

FRESH = {"bound_how": "register", "source_as_of": NOON - timedelta(days=29)}


def forwarded(gd, gx, **parts):
    """Hand over what asks for much, for a person who is known so surely."""
    known = changed(VERIFIED, assured=assured(NOON, **parts))
    gx.give(changed(BEGIN, item=STRICT.id), CLERK, verified=known, claims=CLAIMS)
    settle(gx, gd)


def test_every_part_of_the_assurance_arrives(gd, gx):
    forwarded(gd, gx, bound_at=NOON - timedelta(days=900), **FRESH)

    [begun], [there] = gx.named("handover.begun.v1"), gd.named("applicant.verified.v1")
    assert there.event.assured == begun.event.assured
    assert there.event.assured.bound_at == NOON - timedelta(days=900)
    assert gd.case().item == STRICT.id


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        ({"bound_how": "self_asserted"}, "bound_how"),
        ({"source_as_of": NOON - timedelta(days=31)}, "source_as_of"),
        ({"source_as_of": None}, "source_as_of"),
    ],
)
def test_a_part_that_falls_short_is_named_to_the_window(gd, gx, parts, missing):
    forwarded(gd, gx, **FRESH | parts)

    assert gd.ledger.find(CASE) is None
    [refused] = gx.named("handover.refused.v1")
    assert refused.event.reason.endswith(missing)
    assert gx.handover().status == "REFUSED_THERE"


@pytest.mark.parametrize("part", ["authenticated_at", "bound_at", "source_as_of"])
def test_a_moment_still_to_come_is_not_fresher_than_any_other_but_refused(gd, gx, part):
    gx.begin()
    gx.correspondence.catch_up()
    [parcel] = gx.outbox.pending(GD)
    received = read(parcel)
    vouched = received.message.content["vouched"]
    later = vouched | {"assured": vouched["assured"] | {part: "9999-12-31T23:59:59Z"}}
    content = {**received.message.content, "vouched": later}

    gd.inbox.take(changed(received, message=changed(received.message, content=content)))

    assert gd.ledger.find(CASE) is None
    [taken] = gd.named("message.received.v1")
    assert "still to come" in taken.event.reason
