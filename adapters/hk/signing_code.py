"""The four digits that iAM Smart shows who signs, and the service beside them.

Who signs compares them, and so knows that what the app asks is what the page asked.
They follow from what both sides know: the hash code and the person's `openID`.

Unsure: all of it; this is how one public client, written for the Government's
services, derives them.
"""

from hashlib import md5, sha256, sha512

_DIGITS = 4


def signing_code(hash_code: str, open_id: str) -> str:
    """Return the digits for a hash code, as it is written, and an account."""
    both = sha256(hash_code.encode()).digest() + sha256(open_id.encode()).digest()
    # MD5 only spreads what SHA-512 gave: four digits are for eyes and protect nothing.
    spread = md5(sha512(both).digest(), usedforsecurity=False).digest()
    return "".join(str((spread[4 * place] >> 4) % 10) for place in range(_DIGITS))
