"""Status lists: as others publish them, as we sign them, and what is refused."""

import re
import zlib
from datetime import timedelta
from pathlib import Path

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cose
from cose import sign1
from identity import Trust
from identity.errors import TokenRefused
from identity.status import (
    LIFETIME,
    LONGEST,
    STATUS_LIST,
    TTL,
    StatusList,
    issue_status_list,
    read_status_list,
)
from tests.identity.regions import AT, GD, GX, GX_SIGNER, NOW, SECOND, STRANGER, record

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "status-list"
URI = "https://gx.example/status/0"
TRUST = Trust({GX: [record(GX_SIGNER, STATUS_LIST)], GD: [record(STRANGER, STATUS_LIST)]})
LIST = StatusList.of([3, 65_535], 65_536)
TOKEN = issue_status_list(URI, LIST, GX_SIGNER, now=NOW)

needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason="no shared/vectors here")


def read(token, *, uri=URI, issuer=GX, at=NOW):
    return read_status_list(token, uri=uri, issuer=issuer, trust=TRUST, now=at)


def bent(changes, *, without=(), typ=STATUS_LIST, signer=GX_SIGNER):
    claims = {**cose.decode(cbor2.loads(TOKEN).value[2]), **changes}
    payload = cbor2.dumps({k: v for k, v in claims.items() if k not in without}, canonical=True)
    return sign1(signer, typ=typ, payload=payload)


def squeezed(packed, bits=1):
    return {65533: {"bits": bits, "lst": zlib.compress(packed)}}


def published(name):
    text = (VECTORS / name).read_text()
    return cbor2.loads(bytes.fromhex("".join(re.findall(r"^[0-9a-f]+$", text, re.MULTILINE))))


@needs_vectors
@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("status_list_encoding_cbor.md", [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
        ("status_list_encoding2_cbor.md", [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
    ],
)
def test_a_published_list_has_the_statuses_it_is_published_with(name, statuses):
    found = StatusList.read(published(name))

    assert [found.status(index) for index in range(len(found))] == statuses


@needs_vectors
def test_a_published_long_list_names_those_it_is_published_with():
    found = StatusList.read(published("status_list_encoding1_long_cbor.md"))

    revoked = [index for index in range(len(found)) if found.revokes(index)]
    assert revoked[:4] == [0, 1993, 25460, 159495]


@needs_vectors
@pytest.mark.parametrize("bits", [4, 8])
def test_a_published_list_of_wider_statuses_can_be_read(bits):
    found = StatusList.read(published(f"status_list_encoding{bits}_cbor.md"))

    assert found.bits == bits
    assert max(found.status(index) for index in range(len(found))) == (1 << bits) - 1


@needs_vectors
def test_we_write_a_list_as_it_is_published():
    ours = StatusList(1, bytes([0xB9, 0xA3])).write()

    assert ours == published("status_list_encoding_cbor.md")


def test_a_list_says_who_was_revoked_and_how_long_it_may_be_used():
    found = read(TOKEN)

    assert [n for n in range(len(found.statuses)) if found.statuses.revokes(n)] == [3, 65_535]
    assert (found.issued_at, found.expires_at, found.ttl) == (NOW, NOW + LIFETIME, TTL)


@given(st.sets(st.integers(0, 999)))
def test_whatever_is_revoked_is_read_as_that(revoked):
    found = StatusList.read(StatusList.of(revoked, 1_000).write())

    assert {index for index in range(1_000) if found.revokes(index)} == revoked


def test_a_list_of_ours_is_small_when_little_is_revoked():
    assert len(TOKEN) < 300


@pytest.mark.parametrize(
    ("attack", "step"),
    [
        pytest.param(TOKEN[1:], "envelope", id="untagged"),
        pytest.param(TOKEN + b"\0", "envelope", id="trailing bytes"),
        pytest.param(bytes(70_000), "envelope", id="larger than its limit"),
        pytest.param(bent({}, typ="application/pprd-idv+cwt"), "typ", id="another kind"),
        pytest.param(bent({}, signer=STRANGER), "trust", id="of another region"),
        pytest.param(bent({2: URI + "0"}), "status", id="of another address"),
        pytest.param(bent({2: ""}), "status", id="of no address"),
        pytest.param(bent({}, without={2}), "status", id="without its address"),
        pytest.param(bent({}, without={65533}), "status", id="without the list"),
        pytest.param(bent({}, without={65534}), "status", id="without its ttl"),
        pytest.param(bent({1: GX}), "status", id="with a claim it does not have"),
        pytest.param(bent({65534: 0}), "status", id="for no time"),
        pytest.param(bent({65534: 86_401}), "status", id="a ttl beyond its life"),
        pytest.param(
            bent({4: AT + 600, 65534: 601}), "status", id="a ttl beyond a life that is short"
        ),
        pytest.param(bent({65534: True}), "status", id="a ttl that is no number"),
        pytest.param(bent({4: AT + 86_401}), "status", id="a longer life than we grant"),
        pytest.param(bent({6: AT + 61}), "status", id="of the future"),
        pytest.param(bent({4: float(AT)}), "claims", id="exp a float"),
        pytest.param(bent({65533: {"bits": 1}}), "status", id="no bytes"),
        pytest.param(bent({65533: {"bits": 3, "lst": b""}}), "status", id="three bits"),
        pytest.param(bent(squeezed(b"\0", bits=3)), "status", id="three bits a status"),
        pytest.param(bent(squeezed(b"\0", bits=0)), "status", id="no bits a status"),
        pytest.param(bent(squeezed(b"")), "status", id="nobody in it"),
        pytest.param(bent({65533: {"bits": 1, "lst": b"no"}}), "status", id="no stream"),
        pytest.param(
            bent({65533: {"bits": 1, "lst": zlib.compress(b"\0\0")[:-1]}}),
            "status",
            id="a stream cut short",
        ),
        pytest.param(
            bent({65533: {"bits": 1, "lst": zlib.compress(b"\0\0") + b"\0"}}),
            "status",
            id="a stream that goes on",
        ),
        pytest.param(
            bent(squeezed(bytes(LONGEST // 8 + 1))), "status", id="longer than a list may be"
        ),
        pytest.param(bent(squeezed(bytes(50_000_000))), "status", id="inflates without end"),
    ],
)
def test_a_list_is_refused_at_its_step(attack, step):
    with pytest.raises(TokenRefused, match=f"^{step}"):
        read(attack)


def test_a_list_that_inflates_without_end_is_not_inflated_to_it():
    import tracemalloc

    bomb = {"bits": 1, "lst": zlib.compress(bytes(50_000_000))}
    tracemalloc.start()
    with pytest.raises(TokenRefused):
        StatusList.read(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2_000_000


@pytest.mark.parametrize("index", [-1, 65_536, 1 << 24])
def test_a_token_beyond_the_list_is_refused(index):
    with pytest.raises(TokenRefused, match="reach"):
        LIST.status(index)


def test_a_list_ends_with_its_life():
    last = NOW + LIFETIME + timedelta(seconds=60)

    assert read(TOKEN, at=last - SECOND)
    with pytest.raises(TokenRefused, match="expired"):
        read(TOKEN, at=last)
