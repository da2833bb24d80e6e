"""What a notice says, in the three languages: a case number, what to do, and where.

A mailbox may be read by others, so nothing else of the person or the case is in it,
not even which service it is about.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from ledger.ports import Notice

LANGUAGES: Final = ("zh-Hans", "zh-Hant", "en")
KINDS: Final = (
    "received",
    "accepted",
    "accepted-owing",
    "correction",
    "not-accepted",
    "lapsed",
    "due-soon",
    "served",
)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in words."""

    subject: str
    text: str


def told(notice: Notice) -> Told:
    """Return `notice` in the language it is asked in; in English where there is no other."""
    language = notice.language if notice.language in LANGUAGES else "en"
    words = _words()[language]
    until = "" if notice.until is None else notice.until.isoformat()
    filled = {"case": notice.case, "until": until, "owed": notice.owed, "link": notice.link}
    subject, text = (part.format_map(filled) for part in words[notice.kind])
    foot = words["foot"][1].format_map(filled)
    return Told(words["foot"][0].format_map({"subject": subject}), f"{text}\n\n{foot}\n")


def as_json(notice: Notice) -> str:
    """Return `notice` and its words on one line, for whoever carries it on."""
    words = told(notice)
    return json.dumps(
        {
            "id": str(notice.id),
            "kind": notice.kind,
            "to": notice.address,
            "language": notice.language,
            "subject": words.subject,
            "text": words.text,
        },
        ensure_ascii=False,
    )


@cache
def _words() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    data = files("adapters.notices").joinpath("words.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, tuple[str, str]]] = json.loads(data)
    return found
