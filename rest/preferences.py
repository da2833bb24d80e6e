"""What a caller would rather have (RFC 7240): to wait for a view, and for how long.

A preference that nobody honours is no error; one that was honoured is said in
`Preference-Applied`.
"""

import re
from typing import Final

from aiohttp import web

LONGEST_WAIT: Final = 30
"""Seconds; who would wait longer asks again."""

APPLIED = web.RequestKey("preference_applied", str)
_WAIT: Final = re.compile(r'wait\s*=\s*"?([0-9]{1,9})"?\s*(?:;.*)?', re.IGNORECASE)


def preferred_wait(request: web.Request) -> int | None:
    """Return how many seconds the caller would rather wait than be refused, capped.

    Whoever asks for it honours it: the answer says so.
    """
    for text in request.headers.getall("Prefer", ()):
        for each in text.split(","):
            found = _WAIT.fullmatch(each.strip())
            if found is not None:
                seconds = min(int(found[1]), LONGEST_WAIT)
                request[APPLIED] = f"wait={seconds}"
                return seconds
    return None
