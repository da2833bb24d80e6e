"""How surely a person has to be known for an item, part by part, and how to mend it."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
import pytest

from ledger.catalogue import ServiceItem
from ledger.commands import SignCommitment
from ledger.errors import CommandRejected, StepUpNeeded
from ledger.events import CommitmentSigned
from ledger.rules import SignedDocument
from tests.ledger.cases import APPLICANT, CASE, ITEM, NOON, SUBMIT, VERIFIED, assured
from tests.ledger.procedure import Procedure, received

SIGNING = UUID(int=7)
WORDING = "我承諾有此場所。"
DIGEST = sha256(WORDING.encode()).hexdigest()
COMMIT = SignCommitment(
    case_id=CASE, materials=("premises",), text_digest=DIGEST, language="hant"
)
SIGNED = SignedDocument(
    verification=SIGNING,
    subject=APPLICANT.principal,
    case_id=CASE,
    digest=DIGEST,
    signature_digest="ab" * 32,
)


def asking(**needed):
    """An item that asks for more than a level."""
    return msgspec.convert(msgspec.to_builtins(ITEM) | {"assurance": needed}, ServiceItem)


def submitted(item, proof):
    given = Procedure(item=item)
    given.verified = replace(VERIFIED, assured=proof)
    return given.decide(SUBMIT, APPLICANT)


MINUTES_AGO = NOON - timedelta(minutes=31)
DAYS_AGO = NOON - timedelta(days=31)


def test_an_account_that_was_bound_to_a_document_is_bound_by_it_too():
    item = asking(bound_how=["mainland_travel_permit"])
    given = Procedure(item=item)
    given.verified = replace(VERIFIED, also_bound=frozenset({"mainland_travel_permit"}))

    given.decide(SUBMIT, APPLICANT)
    with pytest.raises(StepUpNeeded, match="bound_how"):
        submitted(item, assured(NOON))


@pytest.mark.parametrize(
    ("needed", "proof", "part", "scope"),
    [
        ({"bound_how": ["register"]}, assured(NOON), "bound_how", "profile"),
        ({"authenticated_how": ["step_up"]}, assured(NOON), "authenticated_how", "step_up"),
        (
            {"authenticated_within_minutes": 30},
            assured(MINUTES_AGO),
            "authenticated_at",
            "step_up",
        ),
        (
            {"source_within_days": 30},
            assured(NOON, source_as_of=DAYS_AGO),
            "source_as_of",
            "profile",
        ),
        ({"source_within_days": 30}, assured(NOON), "source_as_of", "profile"),
    ],
)
def test_a_part_that_falls_short_is_named_with_the_way_to_mend_it(needed, proof, part, scope):
    with pytest.raises(StepUpNeeded) as refused:
        submitted(asking(**needed), proof)

    [missing] = refused.value.missing
    assert (missing.part, missing.scope) == (part, scope)
    assert refused.value.methods == ("iamsmart",)


@pytest.mark.parametrize(
    ("needed", "proof"),
    [
        ({"bound_how": ["register", "in_person"]}, assured(NOON)),
        ({"authenticated_how": ["step_up"]}, assured(NOON, authenticated_how="step_up")),
        ({"authenticated_within_minutes": 31}, assured(MINUTES_AGO)),
        ({"source_within_days": 31}, assured(NOON, source_as_of=DAYS_AGO)),
        ({}, assured(DAYS_AGO)),
    ],
)
def test_what_an_item_asks_for_and_no_more_is_enough(needed, proof):
    assert submitted(asking(**needed), proof)


def test_all_that_is_missing_is_told_at_once():
    item = asking(bound_how=["register"], authenticated_how=["window"])

    with pytest.raises(StepUpNeeded) as refused:
        submitted(item, assured(NOON, level=1))

    told = [missing.part for missing in refused.value.missing]
    assert told == ["level", "bound_how", "authenticated_how"]


def committed(command=COMMIT, signed=None, *, needed=False):
    commitment = msgspec.to_builtins(ITEM.commitment) | {"signature": needed}
    item = msgspec.convert(msgspec.to_builtins(ITEM) | {"commitment": commitment}, ServiceItem)
    given = received("premises", item=item)
    given.signed = signed
    return given.decide(command, APPLICANT)


def test_an_item_may_want_its_commitment_signed():
    with pytest.raises(StepUpNeeded) as refused:
        committed(needed=True)

    [missing] = refused.value.missing
    assert (missing.part, missing.scope) == ("signature", "signing")


def test_a_commitment_that_was_signed_names_its_signature():
    [decided] = committed(replace(COMMIT, verification=SIGNING), SIGNED, needed=True)

    assert isinstance(decided.event, CommitmentSigned)
    assert decided.event.verification == SIGNING
    assert decided.event.signature_digest == SIGNED.signature_digest


@pytest.mark.parametrize(
    ("signed", "because"),
    [
        (None, "nothing was signed"),
        (replace(SIGNED, verification=UUID(int=8)), "nothing was signed"),
        (replace(SIGNED, subject="somebody-else"), "somebody else"),
        (replace(SIGNED, case_id=UUID(int=9)), "for another case"),
        (replace(SIGNED, digest="00" * 32), "another document"),
    ],
)
@pytest.mark.parametrize("needed", [False, True])
def test_a_signature_counts_for_its_signer_document_and_case(signed, because, needed):
    with pytest.raises(CommandRejected, match=because):
        committed(replace(COMMIT, verification=SIGNING), signed, needed=needed)
