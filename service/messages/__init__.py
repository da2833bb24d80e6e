"""What callers are told, in 简体, 繁體 and English: problems, and what words are called.

The files are data, written by people. English problems are not in them: they stand in the
code beside what they tell (`service.problems`), and are told where a translation is missing.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from rest import Messages, Text

Words = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By kind (`statuses`, `acts`, `duties`, `roles`), by the word itself, and by language."""

_HERE = Path(__file__).parent


@lru_cache
def load_messages() -> Messages:
    """Return how each problem is told in each language but English."""
    return {
        name: {language: Text(**text) for language, text in told.items()}
        for name, told in _read("problems").items()
    }


@lru_cache
def load_words() -> Words:
    """Return what statuses, acts, duties, roles and a case's events are called."""
    words: Words = _read("words")
    return words


def _read(name: str) -> Any:
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))
