"""How one material lies on disk: a sealed description, then sealed frames.

    sealed [media type, size] (66) ‖ stream header (24) ‖ frames

A frame is 64 KiB of content in a libsodium secretstream, which makes the header
at random itself; the last may be shorter and says that it is the last. A reader
yields each frame as it opens: only at the end is the material known to be whole.
"""

import struct
from collections.abc import Iterator
from hashlib import blake2b
from typing import BinaryIO, cast

from nacl import bindings
from nacl.exceptions import CryptoError

from ledger.errors import LogDamaged
from ledger.sealing import KEY_SIZE, seal, unseal

FRAME = 64 * 1024

_DESCRIPTION = struct.Struct(">16sQ")
_DESCRIPTION_SIZE = 66
_HEADER_SIZE = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_State = bindings.crypto_secretstream_xchacha20poly1305_state
_init_push = bindings.crypto_secretstream_xchacha20poly1305_init_push
_init_pull = bindings.crypto_secretstream_xchacha20poly1305_init_pull
_push = bindings.crypto_secretstream_xchacha20poly1305_push
_pull = bindings.crypto_secretstream_xchacha20poly1305_pull


class SealedWriter:
    """Writes one material under `key`; without `finish`, nobody can read it."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._key = key
        self._state = _State()
        self._pending = bytearray()
        file.write(bytes(_DESCRIPTION_SIZE) + _init_push(self._state, key))

    def write(self, content: bytes) -> None:
        """Take more of the content; the frame begun last stays in memory."""
        self._pending += content
        while len(self._pending) > FRAME:
            self._push(bytes(self._pending[:FRAME]), _MESSAGE)
            del self._pending[:FRAME]

    def finish(self, media_type: str, size: int, *, nonce: bytes) -> None:
        """Write the last frame, then the description at the front."""
        self._push(bytes(self._pending), _FINAL)
        plain = _DESCRIPTION.pack(media_type.encode(), size)
        self._file.seek(0)
        self._file.write(seal(plain, key=_description_key(self._key), nonce=nonce, place=b""))

    def _push(self, frame: bytes, tag: int) -> None:
        self._file.write(_push(self._state, frame, None, tag))


def read_description(file: BinaryIO, key: bytes) -> tuple[str, int]:
    """Return media type and size, or raise `LogDamaged`."""
    sealed = file.read(_DESCRIPTION_SIZE)
    plain = cast(bytes, unseal(sealed, key=_description_key(key), place=b""))
    media_type, size = _DESCRIPTION.unpack(plain)
    return media_type.rstrip(b"\0").decode(), size


def read_frames(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """Yield the content after the description, or raise `LogDamaged` where it breaks."""
    state = _State()
    try:
        _init_pull(state, file.read(_HEADER_SIZE), key)
        tag = _MESSAGE
        while tag != _FINAL:
            frame, tag = _pull(state, file.read(FRAME + _OVERHEAD))
            yield frame
    except CryptoError as error:
        raise LogDamaged("a frame is missing or does not open") from error
    if file.read(1):
        raise LogDamaged("something follows the last frame")


def _description_key(key: bytes) -> bytes:
    return blake2b(key=key, person=b"description", digest_size=KEY_SIZE).digest()
