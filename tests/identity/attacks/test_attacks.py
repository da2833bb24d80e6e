"""Each attack that TOKENS names is refused, by the step that is there for it."""

import re
import time
from hashlib import sha256
from pathlib import Path

import pytest

from cose import encode
from identity import REQUEST, Asked, Asker, Question, Verifier, decode_keys
from identity.claims import VerificationRequest
from identity.claimset import decode_claims
from identity.errors import TokenRefused
from identity.policy import Agreement, Policy
from identity.status import read_status_list
from tests.identity.attacks.checklist import ELSEWHERE, JOINING, KINDS, NAMED
from tests.identity.attacks.made import FAMILIES, FOLDER, GOOD, kept, written
from tests.identity.attacks.parties import (
    ASKING,
    FIELDS,
    GD,
    GOOD_REQUEST,
    GX,
    NOW,
    REQUEST_CLAIMS,
    TRUST,
    URI,
)

ROOT = Path(__file__).parents[3]
TOKENS = ROOT.parent / "shared" / "TOKENS.md"
ATTACKS = [each for family in FAMILIES for each in kept(family)]


def _asked() -> Asked:
    """Return what CN-GD keeps of its good request until the answer comes."""
    question = Question(
        identifiers={},
        fields=FIELDS,
        case_commitment=REQUEST_CLAIMS[-70001],
        purpose=REQUEST_CLAIMS[-70002],
        legal_basis=REQUEST_CLAIMS[-70007],
    )
    request = decode_claims(VerificationRequest, encode(REQUEST_CLAIMS))
    return Asked(question=question, request=request, token=GOOD_REQUEST)


def take(token: bytes, on: str) -> object:
    """Take `token` for what it poses as, as the service does."""
    match on:
        case "request":
            return Verifier(TRUST, GX).verify(token, REQUEST, now=NOW)
        case "assertion":
            policy = Policy(region=GD, agreements=dict[str, Agreement]().get)
            asker = Asker(issuer=GD, signer=lambda: ASKING, trust=TRUST, policy=policy)
            return asker.read(_asked(), token, now=NOW)
        case "status list":
            return read_status_list(token, uri=URI, issuer=GX, trust=TRUST, now=NOW)
        case _:
            return decode_keys(token)


@pytest.mark.parametrize("on", GOOD)
def test_what_is_attacked_is_taken_untouched(on):
    assert take(GOOD[on], on)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: f"{each.of}: {each.name}")
def test_an_attack_is_refused_by_its_step(attack):
    began = time.perf_counter()

    with pytest.raises(TokenRefused) as refused:
        take(attack.token, attack.on)

    assert str(refused.value).partition(":")[0] == attack.step
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("family", FAMILIES)
def test_the_attacks_kept_are_those_made(family):
    assert (FOLDER / f"{family}.json").read_text() == written(family)


def test_no_two_attacks_are_the_same():
    assert len({sha256(each.token + each.on.encode()).digest() for each in ATTACKS}) == len(
        ATTACKS
    )
    assert len({(each.of, each.name) for each in ATTACKS}) == len(ATTACKS)
    assert not {each.token for each in ATTACKS if each.on == "request"} & {GOOD_REQUEST}


def test_everything_named_has_an_attack_or_a_test_elsewhere():
    attacked = {each.of for each in ATTACKS}

    assert attacked | set(ELSEWHERE) == set(NAMED)


@pytest.mark.parametrize("named", ELSEWHERE)
def test_what_is_tested_elsewhere_is_there(named):
    for path, name in ELSEWHERE[named]:
        text = (ROOT / "tests" / path).read_text()
        assert f'id="{name}"' in text or re.search(rf"def test_{name}\(", text), name


@pytest.mark.skipif(not TOKENS.is_file(), reason="no shared/TOKENS.md here")
def test_the_checklist_is_what_tokens_names():
    told = _told()

    for named, words in NAMED.items():
        assert (words or named) in told, named


@pytest.mark.skipif(not TOKENS.is_file(), reason="no shared/TOKENS.md here")
def test_the_checklist_leaves_out_nothing_that_tokens_names():
    told = _told()

    left = list(told)
    for words in [*(words or named for named, words in NAMED.items()), *(w for w, _ in KINDS)]:
        for found in re.finditer(re.escape(words), told):
            left[found.start() : found.end()] = " " * len(words)

    assert set(re.findall(r"\w+", "".join(left))) <= JOINING


def test_every_kind_that_tokens_gives_as_an_example_is_attacked():
    names = {(each.of, each.name) for each in ATTACKS}

    assert {kind for _, kind in KINDS} <= names


def _told():
    """Return the list of TOKENS in one line: its points, and what joins them."""
    section = TOKENS.read_text().partition("## What a verifier refuses, each as a named test")[
        2
    ]
    return " ".join(section.partition("\nOf 23 such tokens")[0].split())
