"""What callers are told, in 简体, 繁體 and English: problems, alerts, and what words mean.

The files are data, written by people. English problems and advice are not in them: they
stand in the code beside what they tell (`service.problems`, `service.feeds.alerts`), and
are told where a translation is missing.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from rest import Messages, Text

Words = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By kind (`statuses`, `acts`, `duties`, `roles`), by the word itself, and by language."""

Advice = Mapping[str, Mapping[str, str]]
"""By the kind of an alert and the language; English stands beside the kinds."""

_HERE = Path(__file__).parent


@lru_cache
def load_messages() -> Messages:
    """Return how each problem is told in each language but English."""
    return {
        name: {language: Text(**text) for language, text in told.items()}
        for name, told in _read("problems").items()
    }


@lru_cache
def load_statuses() -> Messages:
    """Return what a status alone is called in each language but English, as `404`."""
    return {
        status: {language: Text(title, "") for language, title in called.items()}
        for status, called in _read("statuses").items()
    }


@lru_cache
def load_advice() -> Advice:
    """Return what to do about each kind of alert, in each language but English."""
    advice: Advice = _read("alerts")
    return advice


@lru_cache
def load_words() -> Words:
    """Return what statuses, acts, duties, roles and a case's events are called."""
    words: Words = _read("words")
    return words


def _read(name: str) -> Any:
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))
