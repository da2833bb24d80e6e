"""The home region's side: what it opens, what it answers, and what it never looks up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from nacl.bindings import crypto_box_seal

import cose
from identity import REQUEST, SealingKey
from identity.claim_values import StatusReference
from identity.errors import NotAgreed, TokenRefused
from identity.model import Answer
from identity.policy import Agreement, Basis, Policy
from identity.sealing import seal
from tests.identity.regions import (
    ASKER,
    CTI,
    GD,
    GD_KEYS,
    GD_SIGNER,
    GX,
    GX_KEYS,
    GX_SEALING,
    NONCE,
    NOW,
    QUESTION,
    RESIDENT,
    STRANGER,
    TRUST,
    FakeRegister,
    answer,
    answerer,
    ask,
    bend,
    claims_of,
    record,
)

NUMBER = RESIDENT["document_number"]


def test_the_home_region_opens_what_was_sealed_to_it():
    opened = answerer().open(ask().token, now=NOW)

    assert opened.identifiers == RESIDENT
    assert opened.once == (f"cti:{GD}:{CTI.hex()}", f"nonce:{GD}:{NONCE.hex()}")


def test_who_is_from_hong_kong_is_looked_at_in_the_box_whatever_the_asker_thinks():
    permit = {"document_type": "residence_permit", "document_number": "810000199001010019"}
    anything = Agreement(bases={"*": Basis(hong_kong=True)})
    bold = replace(ASKER, policy=Policy(region=GD, agreements=lambda _: anything))
    question = replace(QUESTION, identifiers=permit, fields=("document_number",))
    asked = bold.ask(question, GX, now=NOW, cti=CTI, nonce=NONCE)

    with pytest.raises(NotAgreed, match="stay between Hong Kong"):
        answerer().open(asked.token, now=NOW)


async def test_every_field_asked_for_is_answered_and_no_other():
    question = replace(QUESTION, fields=("name_zh", "blood_group"))
    asked = ask(question)

    result = ASKER.read(asked, await answer(asked), now=NOW).assertion.result

    assert result.answers.keys() == {"name_zh", "blood_group"}


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([Answer.MATCH, Answer.MATCH], Answer.MATCH),
        ([Answer.MATCH, Answer.NO_MATCH], Answer.NO_MATCH),
        ([Answer.NOT_COMPARABLE, Answer.NO_MATCH], Answer.NO_MATCH),
        ([Answer.MATCH, Answer.PARTIAL], Answer.PARTIAL),
        ([Answer.MATCH, Answer.NOT_COMPARABLE], Answer.PARTIAL),
        ([Answer.NOT_COMPARABLE, Answer.NOT_COMPARABLE], Answer.NOT_COMPARABLE),
    ],
)
async def test_the_verdict_follows_from_the_answers(answers, verdict):
    asked = ask()

    token = await answer(asked, by=answerer(SetAnswers(answers)))

    assert ASKER.read(asked, token, now=NOW).assertion.result.verdict is verdict


class SetAnswers(FakeRegister):
    """Answers whatever it was told to, in the order of the fields."""

    def __init__(self, answers):
        super().__init__()
        self.answers = answers

    async def compare(self, identifiers, fields):
        compared = await super().compare(identifiers, fields)
        return replace(compared, answers=dict(zip(fields, self.answers, strict=True)))


async def test_a_field_the_register_says_nothing_of_is_not_comparable():
    asked = ask()

    token = await answer(asked, by=answerer(SaysNothing()))

    answers = ASKER.read(asked, token, now=NOW).assertion.result.answers
    assert set(answers.values()) == {Answer.NOT_COMPARABLE}


class SaysNothing(FakeRegister):
    async def compare(self, identifiers, fields):
        return replace(await super().compare(identifiers, fields), answers={})


async def _subject(asker=ASKER, question=QUESTION, cti=CTI, **changes):
    asked = asker.ask(question, GX, now=NOW, cti=cti, nonce=NONCE)
    return claims_of(await answer(asked, by=answerer(**changes)))[2]


async def test_one_asker_knows_a_resident_again_and_two_cannot_link_them():
    hunan = replace(ASKER, issuer="CN-HN", signer=lambda: STRANGER)
    trust = TRUST.with_issuer("CN-HN", [record(STRANGER, REQUEST.typ)])
    spaced = replace(QUESTION, identifiers=RESIDENT | {"document_number": f" {NUMBER}"})
    somebody = replace(QUESTION, identifiers=RESIDENT | {"document_number": "1"})

    subject = await _subject()

    assert subject == await _subject(cti=b"d" * 16) == await _subject(question=spaced)
    assert subject != await _subject(hunan, trust=trust)
    assert subject != await _subject(question=somebody)
    assert subject != await _subject(pseudonym_key=bytes([6]) * 32)
    assert NUMBER not in subject


async def test_a_holder_is_known_again_however_the_number_of_their_document_is_written():
    asks = [
        (
            "mainland_travel_permit",
            ["H12345678", "H1234567801", "h12345678 02", "Ｈ１２３４５６７８"],
        ),
        ("hkid", ["Z683365(1)", "z683365 1", "Ｚ６８３３６５（１）"]),
        ("resident_identity", ["45999919900307001X", "４５９９９９１９９００３０７００１ｘ"]),
    ]

    for kind, numbers in asks:
        believed = [{"document_type": kind, "document_number": each} for each in numbers]
        assert len({answerer().pseudonym(GD, each) for each in believed}) == 1


def test_only_the_permit_that_is_renewed_loses_digits():
    names = {
        answerer().pseudonym(GD, {"document_type": kind, "document_number": number})
        for kind, number in [
            ("mainland_travel_permit", "H1234567801"),
            ("hk_business_registration", "H1234567801"),
            ("hk_business_registration", "H12345678"),
            ("mainland_travel_permit", "H12345679"),
        ]
    }

    assert len(names) == 4


async def test_a_token_may_say_where_its_status_is_published():
    asked = ask()
    status = StatusReference(index=7, uri="https://gx.example/status/1")

    token = await answer(asked, status=status)

    assert ASKER.read(asked, token, now=NOW).assertion.status == status


def _lifted(changes):
    return bend(ask().token, GD_SIGNER, REQUEST.typ, changes)


def _sealed(identifiers=RESIDENT, *, issuer=GD, cti=CTI, key=GX_KEYS[1]):
    return seal(identifiers, issuer=issuer, cti=cti, key=key).write()


def _box(content):
    return [GX_SEALING.kid, crypto_box_seal(cose.encode(content), GX_SEALING.public_key)]


OTHER_KEY = SealingKey.from_seed(bytes([9]) * 32).record(
    not_before=NOW, expires=NOW + timedelta(days=1)
)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({7: b"d" * 16}, "another request", id="lifted under another cti"),
        pytest.param({-70006: _sealed(issuer="CN-HN")}, "another request", id="lifted from HN"),
        pytest.param({-70006: _sealed(key=OTHER_KEY)}, "do not hold", id="to another key"),
        pytest.param(
            {-70006: [GX_SEALING.kid, _sealed(key=OTHER_KEY)[1]]}, "open", id="under our kid"
        ),
        pytest.param({-70006: [GX_SEALING.kid, b"b" * 100]}, "open", id="no box at all"),
        pytest.param({-70006: _box([GD, CTI, ["x"]])}, "no identifiers", id="an array in it"),
        pytest.param({-70006: _box([GD, CTI])}, "another request", id="no identifiers in it"),
        pytest.param({-70006: _box([GD, CTI, RESIDENT, 1])}, "another request", id="and more"),
        pytest.param({-70006: _box({0: GD})}, "another request", id="a map in it"),
        pytest.param({-70006: _sealed({})}, "no identifiers", id="an empty box"),
        pytest.param({-70006: _sealed({"n": 1})}, "texts", id="a number in the box"),
        pytest.param({-70006: _sealed({1: "n"})}, "texts", id="a number as a name"),
        pytest.param(
            {-70006: _sealed({str(n): "" for n in range(17)})}, "no ident", id="too many"
        ),
    ],
)
def test_a_box_is_refused_for(changes, why):
    with pytest.raises(TokenRefused, match=why):
        answerer().open(_lifted(changes), now=NOW)


def test_a_box_lifted_by_another_region_into_its_own_request_is_refused():
    hunan = TRUST.with_issuer("CN-HN", [record(STRANGER, REQUEST.typ)])
    lifted = bend(ask().token, STRANGER, REQUEST.typ, {1: "CN-HN"})

    with pytest.raises(TokenRefused, match="another request"):
        answerer(trust=hunan).open(lifted, now=NOW)


def test_a_key_rotated_out_still_opens_what_was_sealed_to_it():
    newer = SealingKey.from_seed(bytes([9]) * 32)

    assert answerer(sealing_keys=lambda: (newer, GX_SEALING)).open(ask().token, now=NOW)
    with pytest.raises(TokenRefused, match="do not hold"):
        answerer(sealing_keys=lambda: (newer,)).open(ask().token, now=NOW)


def test_opening_a_request_looks_nobody_up():
    register = FakeRegister()

    answerer(register).open(ask().token, now=NOW)

    assert register.asked == 0


def test_nothing_a_region_holds_shows_its_secrets():
    opened = answerer().open(ask().token, now=NOW)
    shown = repr(answerer()) + repr(GX_SEALING) + repr(opened) + repr(TRUST)

    assert "\\x05\\x05" not in shown
    assert repr(GX_SEALING._secret) not in shown
    assert not [value for value in RESIDENT.values() if value in shown]


def test_a_newer_sealing_key_is_preferred():
    newer = SealingKey.from_seed(bytes([9]) * 32).record(
        not_before=NOW, expires=NOW + timedelta(days=9)
    )

    trust = TRUST.with_issuer(GX, [*GX_KEYS, newer])

    assert trust.sealing_key(GX, NOW) == newer
    assert trust.find(GD, GD_KEYS[0].kid, REQUEST.typ) == GD_KEYS[0]


def test_a_published_golden_box_is_opened():
    box = bytes.fromhex(
        "a89dc34a3021492fbe1de4b3ce505d575b363fd71cdbe1489b3acf67ac11a45f"
        "78bf2aa2a05e8dcf0dc00296183096310efd86750b6d5346915554402554cee4"
        "c84012899b4a1614c19dd8807dca5fbd0cae8c3a329e1ceae9ec3c1d3372c887"
        "ee9c51f4e0"
    )

    found = GX_SEALING.open(replace(ask().request.sealed, box=box), issuer=GD, cti=CTI)

    assert found == {"document_number": "X0000000(0)"}
