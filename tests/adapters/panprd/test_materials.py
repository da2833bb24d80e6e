"""Materials on their way: what arrives is what was sent, or nothing at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from adapters.panprd.materials import (
    MATERIAL_LIMIT,
    PIECE,
    Journey,
    open_material,
    seal_material,
)
from identity.errors import TokenRefused
from identity.sealing import seal_content
from tests.adapters.panprd.letters import GD_BOX, GX, GX_BOX, HN, boxing

JOURNEY = Journey(issuer=GX, message=b"m" * 32, digest="ab" * 32)
CONTENT = bytes(range(256)) * 600


def sealed(content=CONTENT, journey=JOURNEY, key=GD_BOX):
    pieces = seal_material(journey, [content], boxing(key), lambda n: b"r" * n)
    return b"".join(pieces)


async def opened(sealed_bytes, journey=JOURNEY, keys=(GD_BOX,), size=1000):
    async def chunks():
        for start in range(0, len(sealed_bytes), size):
            yield sealed_bytes[start : start + size]

    content = await open_material(journey, chunks(), keys)
    return b"".join([piece async for piece in content])


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
async def test_what_arrives_is_what_was_sent(size):
    content = (CONTENT * 2)[:size]

    assert await opened(sealed(content)) == content


@given(st.binary(max_size=300), st.integers(1, 200))
@settings(max_examples=30)
async def test_it_does_not_matter_how_it_is_cut_on_the_way(content, size):
    assert await opened(sealed(content), size=size) == content


def test_nothing_of_it_is_to_be_seen_on_the_way():
    assert CONTENT[:32] not in sealed()
    assert JOURNEY.digest not in repr(JOURNEY)


@pytest.mark.parametrize(
    ("journey", "keys", "why"),
    [
        (Journey(issuer=HN, message=b"m" * 32, digest="ab" * 32), (GD_BOX,), "another"),
        (Journey(issuer=GX, message=b"n" * 32, digest="ab" * 32), (GD_BOX,), "another"),
        (Journey(issuer=GX, message=b"m" * 32, digest="cd" * 32), (GD_BOX,), "another"),
        (JOURNEY, (GX_BOX,), "do not hold"),
    ],
)
async def test_a_material_that_was_lifted_from_elsewhere_is_refused(journey, keys, why):
    with pytest.raises(TokenRefused, match=why):
        await opened(sealed(), journey, keys)


async def test_a_material_that_was_changed_cut_off_or_added_to_is_refused():
    good = sealed()
    middle = len(good) // 2
    changed = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    whole_pieces = len(good) - len(CONTENT) % PIECE - 17

    for wrong in (changed, good[:-1], good[:whole_pieces], good[:50], b"", good + b"\0"):
        with pytest.raises(TokenRefused):
            await opened(wrong)


async def test_nothing_may_follow_a_whole_piece_that_says_it_is_the_last():
    one_piece = ended_by_a_whole_piece(CONTENT[:PIECE])

    assert await opened(one_piece) == CONTENT[:PIECE]
    with pytest.raises(TokenRefused, match="follows"):
        await opened(one_piece + b"\0")


def ended_by_a_whole_piece(piece):
    """Seal a piece of full size as the last, which a sender of ours never does."""
    secret = b"r" * bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
    box = seal_content(
        [secret, JOURNEY.digest], issuer=GX, cti=JOURNEY.message, key=boxing(GD_BOX)
    )
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, secret)
    last = bindings.crypto_secretstream_xchacha20poly1305_push(
        state, piece, tag=bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    )
    return box.kid + len(box.box).to_bytes(2) + box.box + header + last


async def test_a_material_without_end_is_given_up():
    good = sealed()

    with pytest.raises(TokenRefused):
        await opened(good + bytes(MATERIAL_LIMIT), size=1 << 20)


async def test_a_material_longer_than_any_may_be_is_refused_though_it_is_whole():
    with pytest.raises(TokenRefused, match="longer than any may be"):
        await opened(sealed(bytes(MATERIAL_LIMIT)), size=1 << 20)
