"""Made-up materials, and ways of sending them."""

from hashlib import sha256, shake_256
from pathlib import Path

from ledger.stores.sealed_file import FRAME

LIMIT = 4 * FRAME
PNG_HEAD = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
JPEG_HEAD = bytes.fromhex("ffd8ffe000104a46494600010100")


def pdf(size: int = 3000, seed: bytes = b"") -> bytes:
    """Something that begins as a PDF does and then never repeats itself."""
    head = b"%PDF-1.7\n"
    return head + shake_256(seed).digest(size - len(head))


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


async def sent(content: bytes, *, chunk: int = 16 * 1024):
    """The content as a client might send it, piece by piece."""
    for start in range(0, len(content), chunk):
        yield content[start : start + chunk]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
