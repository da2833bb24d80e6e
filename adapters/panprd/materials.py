"""A material on its way to a partner: sealed piece by piece, readable by nobody between.

A key made for this one journey is sealed to the region's box key together with what
it is for; the pieces follow in libsodium's secret stream, whose last one says that
it is the last. That the content is the one named is for whoever stores it to check.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from nacl import bindings
from nacl.exceptions import CryptoError

from cose import KeyRecord
from identity.claim_forms import refuse
from identity.claim_values import Sealed
from identity.errors import TokenRefused
from identity.sealing import SealingKey, seal_content

MATERIAL_TYPE: Final = "application/pprd-material"
PIECE: Final = 65_536
MATERIAL_LIMIT: Final = 21 * 1024 * 1024
"""What may travel for a material of 20 MiB, with what is around each piece."""

_KID, _LENGTH = 8, 2
_KEY = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_AROUND = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """From whom a material is, the message that named it, and its SHA-256 in hex."""

    issuer: str
    message: bytes
    digest: str = field(repr=False)


def seal_material(
    journey: Journey, content: Iterable[bytes], key: KeyRecord, random: Callable[[int], bytes]
) -> Iterator[bytes]:
    """Yield what travels of `content` to the region whose box key is `key`."""
    secret = random(_KEY)
    sealed = seal_content(
        [secret, journey.digest], issuer=journey.issuer, cti=journey.message, key=key
    )
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, secret)
    yield sealed.kid + len(sealed.box).to_bytes(_LENGTH) + sealed.box + header
    for piece in _pieces(content):
        tag = _MESSAGE if len(piece) == PIECE else _FINAL
        yield bindings.crypto_secretstream_xchacha20poly1305_push(state, piece, tag=tag)


async def open_material(
    journey: Journey, chunks: AsyncIterator[bytes], keys: Collection[SealingKey]
) -> AsyncIterator[bytes]:
    """Return the content that `chunks` hold, of which only the box is read yet.

    Raises `TokenRefused` where the box does not open, and so does the content where
    it breaks. Who sealed a box knew the digest, which only the message tells.
    """
    reader = _Reader(chunks)
    kid = await reader.exactly(_KID)
    box = await reader.exactly(int.from_bytes(await reader.exactly(_LENGTH)))
    key = next((each for each in keys if each.kid == kid), None)
    if key is None:
        refuse("the material is sealed to a key we do not hold")
    inner = key.open_content(
        Sealed(kid=kid, box=box), issuer=journey.issuer, cti=journey.message
    )
    if type(inner) is not list or inner[1:] != [journey.digest]:
        refuse("the material is another")
    return _content(reader, inner[0])


async def _content(reader: "_Reader", secret: bytes) -> AsyncIterator[bytes]:
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(
            state, await reader.exactly(_HEADER), secret
        )
        while piece := await reader.up_to(PIECE + _AROUND):
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, piece)
            yield plain
            if tag == _FINAL:
                break
        else:
            refuse("the material breaks off")
        if await reader.up_to(1):
            refuse("something follows the material's end")
    except (CryptoError, TypeError, ValueError) as error:
        raise TokenRefused("the material does not open") from error


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `content` in pieces of one size, and at the end one that is shorter, or empty."""
    held = bytearray()
    for chunk in content:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    yield bytes(held)


class _Reader:
    """Takes pieces of the lengths it is asked for from chunks of any."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._held = bytearray()
        self._taken = 0

    async def up_to(self, length: int) -> bytes:
        """Return so many bytes, or fewer where they end; raises `TokenRefused` for too many."""
        while len(self._held) < length:
            chunk = await anext(self._chunks, None)
            if chunk is None:
                break
            self._held += chunk
            self._taken += len(chunk)
            if self._taken > MATERIAL_LIMIT:
                refuse("the material is longer than any may be")
        piece = bytes(self._held[:length])
        del self._held[:length]
        return piece

    async def exactly(self, length: int) -> bytes:
        """Return so many bytes, or raise `TokenRefused` where they end before."""
        piece = await self.up_to(length)
        if len(piece) < length:
            refuse("the material breaks off")
        return piece
