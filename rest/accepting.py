"""What a caller takes, as `Accept` tells it (RFC 9110, 12.5.1)."""

from collections.abc import Iterable, Mapping

from aiohttp import web


def accepted(lists: Iterable[str]) -> Mapping[str, float]:
    """Return the types that `lists` name, in lower case, and how much each is wanted.

    That is between 0, not at all, and 1. Parameters other than `q` do not count.
    """
    wanted: dict[str, float] = {}
    for each in ",".join(lists).split(","):
        media, *parameters = (part.strip().lower() for part in each.split(";"))
        wanted[media] = max(wanted.get(media, 0.0), _quality(parameters))
    return wanted


def asks_for(request: web.Request, media: str) -> bool:
    """Tell whether the caller names `media`, in lower case, among what they take."""
    return accepted(request.headers.getall("Accept", ())).get(media, 0.0) > 0


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
