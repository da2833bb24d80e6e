"""What an upload is, by its first bytes; what a client calls it plays no part.

A file can be two things at once. One that looks more like something else than
like what we accept is refused; the rest is told apart by how it is served.
"""

import puremagic

from ledger.errors import MaterialRefused
from ledger.ports import MATERIAL_TYPES

HEAD = 64 * 1024

_ACCEPTED = frozenset(MATERIAL_TYPES)


def sniff(content: bytes) -> str:
    """Return the media type `content` begins as, or raise `MaterialRefused`."""
    try:
        matches = puremagic.magic_string(content[:HEAD])
    except (puremagic.PureError, ValueError):
        matches = []
    best = max((match.confidence for match in matches), default=0.0)
    found = _ACCEPTED & {match.mime_type for match in matches if match.confidence == best}
    if len(found) != 1:
        raise MaterialRefused("only PDF, PNG and JPEG files are accepted")
    [media_type] = found
    return media_type
