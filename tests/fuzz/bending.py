"""Bending tokens: their bytes, their CBOR, and parts of one put into another.

Half of what is bent is signed again by the key it names, so that what is behind
the signature is reached as well.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

import cbor2

from cose import Ed25519Signer
from tests.identity.attacks.made import FAMILIES, GOOD
from tests.identity.attacks.parties import ANSWERING, ASKING
from tests.identity.attacks.raw import envelope, head, raw

SIGNERS = {"request": ASKING, "assertion": ANSWERING, "status list": ANSWERING}
_ATTACKS = [each.token for family in FAMILIES.values() for each in family]
_ODD: list[Any] = [
    0, -1, 1, 23, 24, 255, 1 << 32, (1 << 64) - 1, -(1 << 63), 1.5, float("nan"), float("inf"),
    True, False, None, "", "CN-GX", "x" * 200, b"", b"\0" * 16, [], {}, [[]], {0: 0}, {"a": []},
    cbor2.CBORTag(18, []), cbor2.CBORTag(2, b"\1"), cbor2.undefined, b"\xff\xfe",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bent:
    """A token to offer as `on`; where it `is_signed`, only what is in it was bent."""

    on: str
    token: bytes
    is_signed: bool


def bent(random: Random) -> Bent:
    """Return a token bent as `random` has it; the same again for the same state of it."""
    on = random.choice(sorted(SIGNERS))
    if random.random() < 0.5:
        return Bent(on, _resigned(random, on, SIGNERS[on]), is_signed=True)
    token = random.choice([GOOD[on], GOOD[on], random.choice(_ATTACKS)])
    for _ in range(random.randint(1, 4)):
        token = random.choice(_STEPS)(random, token)
    return Bent(on, token[:6_000], is_signed=False)


def _resigned(random: Random, on: str, signer: Ed25519Signer) -> bytes:
    protected, _, payload, _ = cbor2.loads(GOOD[on]).value
    if random.random() < 0.3:
        protected = _rewritten(random, protected)
    for _ in range(random.randint(1, 3)):
        payload = random.choice((_rewritten, _rewritten, *_STEPS))(random, payload)
    return envelope(protected[:2_000], payload[:3_800], signer)


def _rewritten(random: Random, data: bytes) -> bytes:
    """Return CBOR with one value in it changed, left out, moved or written otherwise."""
    try:
        value = cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError, TypeError):
        return _flipped(random, data)
    try:
        return cbor2.dumps(_changed(random, value), canonical=random.random() < 0.8)
    except (cbor2.CBOREncodeError, ValueError, TypeError, OverflowError):
        return _flipped(random, data)


def _changed(random: Random, value: Any) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.9:
        keys = list(value)
        key, told = random.choice(keys), dict(value)
        match random.randint(0, 5):
            case 0:
                del told[key]
            case 1:
                told[random.choice([key, 5, 8, -70_999, "exp", b"\1", -1])] = told.pop(key)
            case 2:
                told[random.choice([2, 5, 8, 65_000, -70_007, "aud"])] = random.choice(_ODD)
            case 3:
                told[key] = told[random.choice(keys)]
            case _:
                told[key] = _changed(random, told[key])
        return told
    if isinstance(value, list) and value and random.random() < 0.9:
        place = random.randrange(len(value))
        return [_changed(random, v) if n == place else v for n, v in enumerate(value)]
    if isinstance(value, int) and random.random() < 0.5:
        return value + random.choice([-61, -1, 1, 61, 300, 1 << 20])
    if isinstance(value, bytes | str) and value and random.random() < 0.5:
        return value[: random.randrange(len(value))] if random.random() < 0.5 else value * 2
    return random.choice(_ODD)


def _flipped(random: Random, data: bytes) -> bytes:
    if not data:
        return b"\0"
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


def _cut(random: Random, data: bytes) -> bytes:
    first, last = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:first] + data[last:]


def _spliced(random: Random, data: bytes) -> bytes:
    """Put a part of another token, or of this one, somewhere into this one."""
    other = random.choice([*GOOD.values(), *_ATTACKS, data])
    first, last = sorted(random.randrange(len(other) + 1) for _ in range(2))
    place = random.randrange(len(data) + 1)
    over = random.choice([0, last - first])
    return data[:place] + other[first:last] + data[place + over :]


def _headed(random: Random, data: bytes) -> bytes:
    """Put an item's head in, or in place of what is there: lengths, tags, odd forms."""
    length = random.choice([0, 1, 23, 24, 255, 65_535, (1 << 32) - 1, (1 << 64) - 1])
    made = head(random.randrange(8), length, random.choice([None, 8]))
    made = random.choice([made, b"\x9f", b"\xbf", b"\x5f", b"\xff", b"\xf9\x7e\x00", raw(made)])
    place = random.randrange(len(data) + 1)
    return data[:place] + made + data[place + random.choice([0, 1, len(made)]) :]


_STEPS = (_flipped, _flipped, _cut, _spliced, _headed)
