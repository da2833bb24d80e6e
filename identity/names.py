"""Comparing names as registers write them, without turning one script into another.

The name as it was written is the evidence; what is compared is folded. A name in
Latin letters that differs is never a mismatch: CHAN and CHEN may be one person,
and which way of romanising a name was used cannot be told from the name.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Final

from opencc import OpenCC

from identity.model import Answer


def compare_names(believed: str, held: str) -> Answer:
    """Say whether two names can be one: as written in one script or in another.

    In Chinese characters the whole name counts. In Latin letters the order of
    words, hyphens and the parting of a name do not; some words alike is `PARTIAL`.
    """
    one, other = _words(believed), _words(held)
    if not one or not other or _is_chinese(one) is not _is_chinese(other):
        return Answer.NOT_COMPARABLE
    if _is_chinese(one):
        return Answer.MATCH if "".join(one) == "".join(other) else Answer.NO_MATCH
    if _same_in_latin(one, other):
        return Answer.MATCH
    return Answer.PARTIAL if set(one) & set(other) else Answer.NOT_COMPARABLE


def folded(name: str) -> str:
    """Return `name` in one width, case and script, its words apart by one space.

    Characters go one by one from Hong Kong's to traditional to simplified forms, and
    never back: one simplified character may stand for two traditional ones.
    """
    return " ".join(_words(name))


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name)).upper()
    text = _SEPARATORS.sub(" ", _APOSTROPHES.sub("", text))
    words = (_PINYIN.get(word) or "".join(map(_simplified, word)) for word in text.split())
    return [word for word in words if word]


@lru_cache(maxsize=10_000)
def _simplified(character: str) -> str:
    if character.isascii():
        return character
    if _HAN.match(character):
        from_hong_kong, from_traditional = _simplifiers()
        simple: str = from_traditional.convert(from_hong_kong.convert(character))
        return _BESIDES.get(simple, simple)
    marked = unicodedata.normalize("NFD", character)
    return "".join(c for c in marked if unicodedata.category(c) != "Mn")


@cache
def _simplifiers() -> tuple[OpenCC, OpenCC]:
    return OpenCC("hk2s"), OpenCC("t2s")


def _is_chinese(words: Sequence[str]) -> bool:
    return any(map(_HAN.match, chain.from_iterable(words)))


def _same_in_latin(one: Sequence[str], other: Sequence[str]) -> bool:
    return sorted(one) == sorted(other) or not _together(one).isdisjoint(_together(other))


def _together(words: Sequence[str]) -> set[str]:
    """Return the words run together, beginning with each in turn: a surname may be last."""
    return {"".join([*words[start:], *words[:start]]) for start in range(len(words))}


_HAN: Final = re.compile(
    "[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)
_INVISIBLE: Final = re.compile("[\u200b-\u200d\u2060\ufeff]")
_SEPARATORS: Final = re.compile(r"[,.\-·‧•∙⋅・᛫‐‑–—．]")
_APOSTROPHES: Final = re.compile("['`\u00b4\u2018\u2019\u02bc]")
_PINYIN: Final = {"LÜ": "LYU", "LV": "LYU", "NÜ": "NYU", "NV": "NYU"}
"""As passports write what is Ü in pinyin."""
_BESIDES: Final = dict(zip("锺榖淸靑徳", "钟谷清青德", strict=True))
"""Variants met in names that neither of the two conversions knows."""
