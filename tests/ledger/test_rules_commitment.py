"""A notified commitment replaces proofs, in exactly the wording the item shows."""

from dataclasses import replace
from hashlib import sha256

import pytest

from ledger.errors import CommandRejected
from ledger.events import CommitmentSigned
from tests.ledger.cases import ACCEPT, APPLICANT, CLERK, COMMIT, ITEM, NOON, TOLERATE, item_with
from tests.ledger.procedure import accepted, received


def digest(text):
    return sha256(text.encode()).hexdigest()


def test_a_commitment_stands_in_place_of_the_proof():
    given = accepted("premises")

    [signed] = given.decide(COMMIT, APPLICANT)

    assert signed.event == CommitmentSigned(
        materials=("premises",), text_digest=COMMIT.text_digest, language="hans"
    )
    assert (signed.effective_at, signed.legal_basis) == (NOON, "State Council Office 2020/42")
    assert given.do(COMMIT, APPLICANT).case.committed == {"premises"}


def test_a_commitment_may_be_signed_before_acceptance():
    assert received("premises").do(COMMIT, APPLICANT).do(ACCEPT, CLERK).status == "ACCEPTED"


@pytest.mark.parametrize("language", ["hans", "hant", "en"])
def test_a_commitment_is_to_the_wording_in_the_language_it_was_read_in(language):
    assert ITEM.commitment is not None
    wording = getattr(ITEM.commitment.text, language)

    signed = replace(COMMIT, language=language, text_digest=digest(wording))

    assert accepted("premises").decide(signed, APPLICANT)


@pytest.mark.parametrize(
    "other",
    [
        {"text_digest": digest("I promise something else.")},
        {"language": "en"},
        {"text_digest": COMMIT.text_digest.upper()},
    ],
)
def test_a_commitment_to_another_wording_is_refused(other):
    with pytest.raises(CommandRejected, match="text_digest: "):
        accepted("premises").decide(replace(COMMIT, **other), APPLICANT)


@pytest.mark.parametrize("materials", [("application",), ("premises", "plan"), ()])
def test_a_commitment_replaces_only_what_the_item_says(materials):
    with pytest.raises(CommandRejected, match="may replace premises only"):
        accepted("premises").decide(replace(COMMIT, materials=materials), APPLICANT)


def test_an_item_without_a_commitment_takes_none():
    given = received(item=item_with({"by_commitment": False}, commitment=None))

    with pytest.raises(CommandRejected, match="offers no notified commitment"):
        given.decide(COMMIT, APPLICANT)


def test_a_commitment_to_a_deferred_material_settles_what_was_owed():
    given = received("plan", item=item_with({"by_commitment": True})).do(TOLERATE, CLERK)

    given.do(replace(COMMIT, materials=("plan",)), APPLICANT)

    assert given.case.owed == frozenset()
    assert "supplement" not in given.case.duties


def test_a_commitment_is_given_once():
    given = received("premises").do(COMMIT, APPLICANT)

    with pytest.raises(CommandRejected, match="already"):
        given.decide(COMMIT, APPLICANT)
    with pytest.raises(CommandRejected, match="already"):
        received("premises").decide(
            replace(COMMIT, materials=("premises", "premises")), APPLICANT
        )


def test_nothing_is_committed_to_that_is_here():
    with pytest.raises(CommandRejected, match="already here"):
        received().decide(COMMIT, APPLICANT)


def test_an_item_tells_the_digest_that_names_each_wording():
    commitment = ITEM.commitment

    assert commitment is not None
    assert commitment.digests == {
        language: digest(getattr(commitment.text, language))
        for language in ("hans", "hant", "en")
    }
