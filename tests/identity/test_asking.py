"""A question to a partner region, and the ways an answer is not an answer to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity import ASSERTION, REQUEST, Asker, Trust, commit_to_case
from identity.errors import TokenRefused, VerificationDeclined
from identity.model import Answer, Assurance
from identity.refusals import SignedButRefused
from tests.identity.regions import (
    ANSWER_CTI,
    ASKER,
    AT,
    CTI,
    GD,
    GD_KEYS,
    GD_SIGNER,
    GX,
    GX_KEYS,
    GX_SIGNER,
    NONCE,
    NOW,
    POLICY,
    QUESTION,
    RESIDENT,
    SECOND,
    STRANGER,
    TRUST,
    answer,
    ask,
    bend,
    record,
)

RESULT: list[object] = [
    "match", {"document_number": "match", "name_zh": "match"}, 2, "register", AT, AT
]  # fmt: skip
STATUS = {"status_list": {"idx": 1, "uri": "u"}}


async def test_a_match_becomes_a_verified_identity():
    asked = ask()

    answered = ASKER.read(asked, await answer(asked), now=NOW)
    identity = answered.identity()

    assert (identity.jurisdiction, identity.method) == (GX, "pprd")
    assert identity.assured.level is Assurance.REMOTE
    assert (identity.assured.bound_how, identity.assured.bound_by) == ("register", GX)
    assert identity.assured.authenticated_at == NOW
    assert identity.assured.source_as_of == NOW - timedelta(days=1)
    assert identity.claims == {name: RESIDENT[name] for name in QUESTION.fields}


async def test_an_answer_is_consumed_by_its_id_and_by_our_nonce():
    asked = ask()

    answered = ASKER.read(asked, await answer(asked), now=NOW)

    assert answered.once == (
        f"cti:{GX}:{ANSWER_CTI.hex()}",
        f"nonce:{GD}:{NONCE.hex()}",
    )


async def test_no_match_is_an_answer_and_not_an_identity():
    stranger = replace(QUESTION, identifiers=RESIDENT | {"name_zh": "乙某某"})
    asked = ask(stranger)

    answered = ASKER.read(asked, await answer(asked), now=NOW)

    assert answered.assertion.result.answers["name_zh"] is Answer.NO_MATCH
    with pytest.raises(VerificationDeclined, match="no_match"):
        answered.identity()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({10: b"x" * 16}, "nonce", id="another nonce"),
        pytest.param({-70001: b"x" * 32}, "case", id="another case"),
        pytest.param({-70002: "tax"}, "purpose", id="another purpose"),
        pytest.param({-70003: b"x" * 32}, "request", id="another request"),
        pytest.param({3: "CN-HN"}, "audience", id="another audience"),
        pytest.param({4: AT + 601}, "life", id="a longer life than we grant"),
        pytest.param({6: AT - 700, 4: AT - 100}, "expired", id="expired"),
        pytest.param({6: AT + 100}, "future", id="issued in the future"),
        pytest.param({2: b"x"}, "claims", id="sub as bytes"),
        pytest.param({65535: {"status_list": {"idx": -1, "uri": "u"}}}, "claims", id="status"),
        pytest.param({65535: {"status_list": {"idx": 1}}}, "claims", id="status without uri"),
        pytest.param({65535: {}}, "claims", id="status empty"),
        pytest.param({65535: [1]}, "claims", id="status as an array"),
        pytest.param({65535: STATUS | {"x": 1}}, "claims", id="status and more"),
        pytest.param({-70004: RESULT[:5]}, "claims", id="a result of five"),
        pytest.param({-70004: [*RESULT, 0]}, "claims", id="a result of seven"),
        pytest.param({-70004: dict(enumerate(RESULT))}, "claims", id="a result as a map"),
        pytest.param({-70004: None}, "claims", id="a result that is null"),
    ],
)
async def test_an_answer_is_refused_for(changes, why):
    asked = ask()
    bent = bend(await answer(asked), GX_SIGNER, ASSERTION.typ, changes)

    with pytest.raises(TokenRefused, match=why):
        ASKER.read(asked, bent, now=NOW)


@pytest.mark.parametrize(
    ("position", "value"),
    [
        pytest.param(0, "maybe", id="a verdict we do not know"),
        pytest.param(0, None, id="no verdict"),
        pytest.param(1, {}, id="no answers"),
        pytest.param(1, ["match"], id="answers as an array"),
        pytest.param(1, {"name_zh": "yes"}, id="an answer we do not know"),
        pytest.param(1, {1: "match"}, id="a field as a number"),
        pytest.param(1, {str(n): "match" for n in range(17)}, id="too many answers"),
        pytest.param(1, {"name_zh": "match"}, id="fewer fields than were asked"),
        pytest.param(
            1,
            {"document_number": "match", "name_zh": "match", "birth_date": "match"},
            id="more fields than were asked",
        ),
        pytest.param(2, 4, id="an assurance we do not know"),
        pytest.param(2, True, id="an assurance as true"),
        pytest.param(3, "", id="no method"),
        pytest.param(4, 1.5, id="checked at a float"),
        pytest.param(5, None, id="no freshness"),
    ],
)
async def test_a_result_is_refused_for(position, value):
    asked = ask()
    token = await answer(asked)
    result = [*RESULT]
    result[position] = value
    bent = bend(token, GX_SIGNER, ASSERTION.typ, {-70004: result})

    with pytest.raises(TokenRefused, match=r"claims|echo"):
        ASKER.read(asked, bent, now=NOW)


@pytest.mark.parametrize(
    ("checked_at", "source_as_of"),
    [
        pytest.param((1 << 35) - 1, AT, id="checked in the year 3058"),
        pytest.param(AT + 61, AT, id="checked after it was told"),
        pytest.param(AT, AT + 1, id="the source newer than the check"),
        pytest.param((1 << 35) - 1, (1 << 35) - 1, id="both in the year 3058"),
    ],
)
async def test_a_result_of_a_time_to_come_is_refused(checked_at, source_as_of):
    asked = ask()
    result = [*RESULT[:4], checked_at, source_as_of]
    bent = bend(await answer(asked), GX_SIGNER, ASSERTION.typ, {-70004: result})

    with pytest.raises(SignedButRefused, match="times"):
        ASKER.read(asked, bent, now=NOW)


async def test_a_result_may_be_as_much_ahead_as_clocks_differ():
    asked = ask()
    result = [*RESULT[:4], AT + 60, AT + 60]
    bent = bend(await answer(asked), GX_SIGNER, ASSERTION.typ, {-70004: result})

    assert ASKER.read(asked, bent, now=NOW).assertion.result.checked_at == NOW + 60 * SECOND


async def test_another_regions_answer_is_refused_however_well_signed():
    asked = ask()
    hunan = Asker(
        issuer=GD,
        signer=lambda: GD_SIGNER,
        trust=TRUST.with_issuer("CN-HN", [record(STRANGER, ASSERTION.typ)]),
        policy=POLICY,
    )
    bent = bend(await answer(asked), STRANGER, ASSERTION.typ, {1: "CN-HN"})

    with pytest.raises(TokenRefused, match="issuer"):
        hunan.read(asked, bent, now=NOW)


def test_a_request_is_no_answer_even_under_the_same_key():
    asked = ask()
    echo = bend(asked.token, GX_SIGNER, REQUEST.typ, {1: GX, 3: GD})

    with pytest.raises(TokenRefused, match="typ"):
        ASKER.read(asked, echo, now=NOW)


@pytest.mark.parametrize("position", range(0, 400, 7))
async def test_an_answer_with_one_byte_changed_is_refused(position):
    asked = ask()
    damaged = bytearray(await answer(asked))
    damaged[position % len(damaged)] ^= 0x10

    with pytest.raises(TokenRefused):
        ASKER.read(asked, bytes(damaged), now=NOW)


def test_identifiers_never_travel_in_clear():
    token = ask().token

    assert not [value for value in RESIDENT.values() if value.encode() in token]


def test_a_request_shows_nobody_in_its_repr():
    shown = repr(ask()) + repr(QUESTION)

    assert not [value for value in RESIDENT.values() if value in shown]


async def test_requests_and_answers_stay_small():
    asked = ask()

    assert len(asked.token) < 512
    assert len(await answer(asked)) < 512


def test_a_region_without_a_sealing_key_cannot_be_asked():
    asker = replace(ASKER, trust=Trust({GD: GD_KEYS, GX: GX_KEYS[:1]}))

    with pytest.raises(TokenRefused, match="seal"):
        asker.ask(QUESTION, GX, now=NOW, cti=CTI, nonce=NONCE)


def test_identifiers_are_never_sealed_to_another_regions_key():
    with pytest.raises(TokenRefused, match="seal"):
        ask(home=GD)


@pytest.mark.parametrize("at", [NOW - timedelta(days=1), NOW + timedelta(days=31)])
def test_identifiers_are_not_sealed_to_a_key_out_of_its_time(at):
    with pytest.raises(TokenRefused, match="seal"):
        ask(now=at)


def test_a_question_that_would_be_refused_is_not_sent():
    with pytest.raises(TokenRefused, match=r"claims|echo"):
        ask(replace(QUESTION, fields=()))


def test_a_case_is_committed_to_and_not_named():
    first, second = commit_to_case(b"1" * 16, b"case"), commit_to_case(b"2" * 16, b"case")

    assert first != second
    assert first.hex() == "8faa17e68d708bceff9a1511228326eae7e28298a0ffb47a8e4725c6ddee87c9"
    with pytest.raises(ValueError, match="16 bytes"):
        commit_to_case(b"", b"case")


def test_issued_times_are_whole_seconds():
    request = ask(now=NOW + SECOND / 3).request

    assert request.issued_at == NOW
    assert request.expires_at - request.issued_at == REQUEST.lifetime
