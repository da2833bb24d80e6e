"""Problem documents in CBOR (RFC 9290), for callers that speak it.

A concise document has no place of its own for `type` and HTTP's status: they
stand in entry 7807, made for problems that come from HTTP (RFC 9290, appendix B).
Its response code is CoAP's, which there is none of here.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from aiohttp import web

from cose import encode
from rest.accepting import accepted

CONCISE: Final = "application/concise-problem-details+cbor"

_TITLE, _DETAIL, _INSTANCE, _TUNNELED = -1, -2, -3, 7807
_TYPE, _STATUS = 0, 1
_STANDARD = {"title": _TITLE, "detail": _DETAIL, "instance": _INSTANCE}
_OWN = {"type": _TYPE, "status": _STATUS}
_CBOR = ("cbor", "cwt", "cose", "cose-key-set")
_JSON = ("json",)


def speaks_cbor(request: web.Request) -> bool:
    """Tell whether the caller asked for CBOR, or sent it and asked for nothing in particular.

    What is in COSE or a CWT is CBOR too. Where both are asked for alike, it is JSON.
    """
    cbor, json = _wanted(*request.headers.getall("Accept", ()))
    if cbor or json:
        return cbor > json
    return _is(request.content_type, _CBOR)


def concise(problem: Mapping[str, Any]) -> bytes:
    """Return a problem's members as a concise document."""
    told: dict[int, Any] = {}
    tunneled: dict[int | str, Any] = {}
    for name, value in problem.items():
        if name in _STANDARD:
            told[_STANDARD[name]] = value
        else:
            tunneled[_OWN.get(name, name)] = value
    return encode(told | {_TUNNELED: tunneled})


@lru_cache(maxsize=512)
def _wanted(*lists: str) -> tuple[float, float]:
    """Return how much CBOR is wanted, and how much JSON."""
    wanted = accepted(lists)
    return _most(wanted, _CBOR), _most(wanted, _JSON)


def _most(wanted: Mapping[str, float], kinds: tuple[str, ...]) -> float:
    """Return how much that type of `kinds` is wanted that is wanted most."""
    return max((much for media, much in wanted.items() if _is(media, kinds)), default=0.0)


def _is(media: str, kinds: tuple[str, ...]) -> bool:
    subtype = media.lower().rpartition("/")[2]
    return subtype in kinds or subtype.rpartition("+")[2] in kinds
