"""Attacks on memory and time: little is sent, and much is to be made of it."""

from cose import encode
from tests.identity.attacks.parties import (
    ANSWERING,
    ASKING,
    GOOD_REQUEST,
    LIST_CLAIMS,
    LIST_HEADERS,
    REQUEST_CLAIMS,
    REQUEST_HEADERS,
)
from tests.identity.attacks.raw import Attack, envelope, head, of, pairs, raw, zeros

_PROTECTED = encode(REQUEST_HEADERS)
_COLLIDING = [(n * ((1 << 61) - 1), b"\0") for n in range(1, 8)]
"""Numbers that Python hashes to 0, all of them."""


def _claims(payload: bytes) -> bytes:
    return envelope(_PROTECTED, payload, ASKING)


def _list(squeezed: bytes) -> bytes:
    told = {**LIST_CLAIMS, 65533: {"bits": 1, "lst": squeezed}}
    return envelope(encode(LIST_HEADERS), encode(told), ANSWERING)


ATTACKS = [
    Attack(
        of="depth",
        name="claims",
        step="claims",
        token=_claims(b"\x81" * 3_000 + b"\0"),
        attack="claims nested three thousand deep",
    ),
    Attack(
        of="depth",
        name="headers",
        step="envelope",
        token=envelope(b"\x81" * 3_000 + b"\0", b"\xa0", ASKING),
        attack="headers nested three thousand deep",
    ),
    Attack(
        of="depth",
        name="tags",
        step="envelope",
        token=b"\xd2" * 4_000 + GOOD_REQUEST[:90],
        attack="thousands of tags",
    ),
    Attack(
        of="depth",
        name="a claim",
        step="claims",
        token=_claims(
            pairs(
                *(
                    (k, b"\x81" * 40 + b"\0" if k == -70005 else v)
                    for k, v in of(REQUEST_CLAIMS)
                )
            )
        ),
        attack="a claim nested forty deep",
    ),
    Attack(
        of="declared lengths",
        name="payload",
        step="envelope",
        token=b"\xd2\x84" + raw(_PROTECTED) + b"\xa0" + head(2, 1 << 32, 8) + b"x",
        attack="a payload that says it has four gigabytes",
    ),
    Attack(
        of="declared lengths",
        name="array",
        step="envelope",
        token=b"\xd2" + head(4, 1 << 62, 8),
        attack="an array that says it is endless",
    ),
    Attack(
        of="declared lengths",
        name="claims",
        step="claims",
        token=_claims(head(5, 1 << 31, 4)),
        attack="a map that says it has two billion pairs",
    ),
    Attack(
        of="declared lengths",
        name="text",
        step="claims",
        token=_claims(b"\xa1\x01" + head(3, 1 << 40, 8) + b"x"),
        attack="a text that says it has a terabyte",
    ),
    Attack(
        of="declared lengths",
        name="larger than its limit",
        step="envelope",
        token=_claims(encode({**REQUEST_CLAIMS, -70007: "x" * 4_000})),
        attack="a good token of more than four kilobytes",
    ),
    Attack(
        of="a status list that inflates without end",
        name="bomb",
        on="status list",
        step="status",
        token=_list(zeros(4_000_000)),
        attack="six kilobytes that inflate to four megabytes",
    ),
    Attack(
        of="a status list that inflates without end",
        name="one byte more",
        on="status list",
        step="status",
        token=_list(zeros((1 << 17) + 1)),
        attack="a list one byte longer than any may be",
    ),
    Attack(
        of="hash-collision keys",
        name="claims",
        step="claims",
        token=_claims(pairs(*_COLLIDING)),
        attack="labels that all hash alike",
    ),
    Attack(
        of="hash-collision keys",
        name="headers",
        step="envelope",
        token=envelope(pairs(*_COLLIDING), encode(REQUEST_CLAIMS), ASKING),
        attack="headers that all hash alike",
    ),
    Attack(
        of="hash-collision keys",
        name="answers",
        step="claims",
        token=_claims(
            pairs(
                *((k, pairs(*_COLLIDING) if k == -70006 else v) for k, v in of(REQUEST_CLAIMS))
            )
        ),
        attack="a claim whose labels all hash alike",
    ),
]
