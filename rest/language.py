"""Which of our languages a caller reads: 简体, 繁體 or English (RFC 9110, 12.5.4).

A region says which script is meant where a tag does not: `zh-HK` is 繁體, `zh` alone 简体.
Whoever asks for nothing that we have reads English.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from aiohttp import web
from babel import Locale, UnknownLocaleError

LANGUAGES: Final = ("en", "zh-Hans", "zh-Hant")


class Text(NamedTuple):
    """What a problem is called, and what to do about it."""

    title: str
    advice: str


Messages = Mapping[str, Mapping[str, Text]]
"""By the name of a problem and the language; English stands in the table of problems.

What has no name of its own is under its status, such as `404`.
"""

MESSAGES: web.AppKey[Messages] = web.AppKey("messages")


def language_of(request: web.Request) -> str:
    """Return the language to answer in."""
    asked = request.headers.get("Accept-Language")
    return "en" if asked is None else _best(asked)


def translated(request: web.Request, name: str, language: str) -> Text | None:
    """Return how a problem is told in `language`, unless that is English."""
    return request.app.get(MESSAGES, {}).get(name, {}).get(language)


@lru_cache(maxsize=512)
def _best(asked: str) -> str:
    """Return ours that is wanted most; of two wanted alike, the first."""
    wanted = [_range(each) for each in asked[:_LONGEST].split(",")]
    for quality, language in sorted(wanted, key=lambda each: -each[0]):
        if quality > 0 and language is not None:
            return language
    return "en"


def _range(text: str) -> tuple[float, str | None]:
    tag, _, parameter = text.strip().partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        quality = float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        quality = 0.0
    return quality, _ours(tag.strip())


def _ours(tag: str) -> str | None:
    if tag == "*":
        return "en"
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, TypeError, UnknownLocaleError):
        return None
    if locale.language == "zh":
        script = locale.script or ("Hant" if locale.territory in _TRADITIONAL else "Hans")
        return f"zh-{script}" if f"zh-{script}" in LANGUAGES else None
    return "en" if locale.language == "en" else None


_LONGEST: Final = 200
_TRADITIONAL: Final = frozenset({"HK", "MO", "TW"})
