"""Text as it is searched: one spelling for every script, cut into what an index can hold.

Characters are folded one by one, towards the simplified ones and never back, so
that a part of a text folds as the whole does. Scripts that put no spaces
between words are cut into pairs of characters; others into words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby
from unicodedata import category, normalize

from opencc import OpenCC

GAP = "\N{PILCROW SIGN}"
"""A token that no question holds: what is asked never runs on from one text to the next."""

_SEPARATE, _WORD, _UNSPACED = range(3)
_PAIR = 2
# Begun where a word begins, and never gone back in: each character is looked at once.
_ONE_WORD = re.compile(r"(?<![^\W_])[^\W_]++(?:['\N{RIGHT SINGLE QUOTATION MARK}‐-][^\W_]++)++")
_BESIDES = dict(zip("覆锺著瞭藉戸邨劵", "复钟着了借户村券", strict=True))
"""Pairs that both scripts know, and that opencc tells apart by the word they stand in."""


def folded(text: str) -> str:
    """Return `text` in one width, one case and one script, without accents."""
    if text.isascii():
        return text.lower()
    narrow = normalize("NFKC", normalize("NFKC", text).casefold()).translate(_SIMPLIFIED)
    marked = normalize("NFD", narrow)
    return normalize("NFC", "".join(c for c in marked if category(c) != "Mn"))


def indexed(texts: Iterable[str]) -> str:
    """Return the tokens of `texts`, in their order, for the index to hold.

    None is left out that came before: a row that grows entry by entry could not tell.
    """
    return _joined(map(_indexed, texts))


def indexed_often(texts: Iterable[str]) -> str:
    """Return the same, each once, of `texts` that come again and again, none personal."""
    return _joined(dict.fromkeys(map(_remembered, texts)))


def asked(words: str) -> Sequence[str]:
    """Return what finds each of `words`, by its beginning, in the index's language.

    Nothing in them is an operator. There is none where there is no letter and no
    digit to look for.
    """
    return [_either(map(_beginning, phrases)) for phrases in looked_for(words)]


def looked_for(words: str) -> Sequence[Sequence[str]]:
    """Return for each of `words` the phrases of tokens one of which is to begin somewhere."""
    return [phrases for word in folded(words).split() if (phrases := _phrases(word))]


def is_pair(token: str) -> bool:
    """Tell whether `token` is a pair of characters, beyond which no token goes on."""
    return len(token) == _PAIR and _kind(token[-1]) == _UNSPACED


@cache
def _simplifiers() -> tuple[OpenCC, OpenCC]:
    return OpenCC("hk2s"), OpenCC("t2s")


class _Simplified(dict[int, str]):
    def __missing__(self, code: int) -> str:
        from_hong_kong, from_traditional = _simplifiers()
        simple = from_traditional.convert(from_hong_kong.convert(chr(code)))
        self[code] = _BESIDES.get(simple, simple)
        return self[code]


_SIMPLIFIED = _Simplified({code: chr(code) for code in range(128)})


def _indexed(text: str) -> str:
    fold = folded(text)
    together = [_together(word) for word in _ONE_WORD.findall(fold)]
    return " ".join([*_tokens(fold), *(f"{GAP} {word}" for word in together)])


# Names of items and activities; what is personal is remembered nowhere.
_remembered = lru_cache(maxsize=10_000)(_indexed)


def _joined(tokens: Iterable[str]) -> str:
    return f" {GAP} ".join(filter(None, tokens))


def _phrases(word: str) -> Sequence[str]:
    tokens = [*_tokens(word)]
    if not tokens:
        return []
    if len(tokens) > 1 and tokens[-1] == tokens[-2][1:] and _kind(tokens[-1]) == _UNSPACED:
        # The pair before says the same, and the text may go on after it.
        tokens.pop()
    together = [_together(word)] if _ONE_WORD.fullmatch(word) else []
    return [" ".join(tokens), *together]


def _either(terms: Iterable[str]) -> str:
    several = " OR ".join(terms)
    return f"({several})" if " OR " in several else several


def _beginning(phrase: str) -> str:
    # Tokens are letters and digits only, so there is nothing to escape in the quotes.
    return f'"{phrase}" *'


def _together(word: str) -> str:
    return "".join(c for c in word if c.isalnum())


def _tokens(fold: str) -> Iterator[str]:
    for kind, run in groupby(fold, _kind):
        text = "".join(run)
        if kind == _WORD:
            yield text
        elif kind == _UNSPACED:
            yield from (text[n : n + _PAIR] for n in range(len(text)))


def _kind(character: str) -> int:
    if not character.isalnum():
        return _SEPARATE
    return _UNSPACED if category(character) == "Lo" else _WORD
