"""What is asked in the index's language: it finds every case that fits, and few others.

Nothing that was asked is an operator there. Whether a case is shown is not for the index
to say, but for the case's own row: see `statements`.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from ledger.projections.search_index import (
    BEGINNINGS,
    EARLIEST,
    MARKED,
    MARKS,
    PERSONAL,
    PUBLIC,
    mark,
)
from ledger.projections.search_text import is_pair, looked_for
from ledger.searching.question import Question, Reach

IsCommon = Callable[[str], bool]
"""Tells whether many words begin so."""

_YEARS = 200


def matching(question: Question, reach: Reach, is_common: IsCommon) -> str | None:
    """Return what finds the cases that may fit, or `None` where all of them may."""
    wanted = [_marked(name, getattr(question, name)) for name in MARKED]
    within = [_marked(name, getattr(reach, name)) for name in ("authority", "subject")]
    opened = _dated("first", question.opened_from, question.opened_until)
    due = _dated("due", None, question.overdue_at)
    said = _said(question.words or "", searched(reach), is_common)
    return " AND ".join(dict.fromkeys(chain(*wanted, *within, opened, due, said))) or None


def searched(reach: Reach) -> Sequence[str]:
    """Return the columns in which somebody may look for words."""
    return (*PUBLIC, PERSONAL) if reach.personal else PUBLIC


def _marked(column: str, value: str | None) -> Sequence[str]:
    return [] if value is None else [f'{MARKS} : "{mark(column, value)}"']


def _dated(column: str, since: datetime | None, until: datetime | None) -> Sequence[str]:
    """Narrow to the days from `since` to `until`, if that is no matter of centuries.

    What came at `since` or later also changed then, so that needs no more.
    """
    if until is None or not EARLIEST + 1 < until.year <= EARLIEST + _YEARS:
        return []
    last = until.astimezone(UTC).date()
    first = date(EARLIEST, 1, 1) if since is None else since.astimezone(UTC).date()
    days = [mark(column, each) for each in dates(max(first, date(EARLIEST, 1, 1)), last)]
    either = " OR ".join(f'"{each}"' for each in days or [mark(column, "never")])
    return [f"{MARKS} : ({either})"]


def dates(day: date, last: date) -> Iterator[str]:
    """Yield the years, months and days that make up the time from `day` to `last`."""
    while day <= last:
        month = day.replace(day=monthrange(day.year, day.month)[1])
        year = day.replace(month=12, day=31)
        if (day.month, day.day) == (1, 1) and year <= last:
            yield f"{day:%Y}"
            day = year
        elif day.day == 1 and month <= last:
            yield f"{day:%Y-%m}"
            day = month
        else:
            yield f"{day:%Y-%m-%d}"
        day += timedelta(days=1)


def _said(words: str, columns: Sequence[str], is_common: IsCommon) -> Iterable[str]:
    for phrases in looked_for(words):
        either = " OR ".join(f"({_together(phrase, is_common)})" for phrase in phrases)
        yield f"{{{' '.join(columns)}}} : ({either})"


def _together(phrase: str, is_common: IsCommon) -> str:
    *words, last = phrase.split()
    exact = dict.fromkeys(f'"{word}"' for word in words)
    return " AND ".join([*exact, _beginning(last, is_common)])


def _beginning(word: str, is_common: IsCommon) -> str:
    """Ask for as much of `word` as the index has at hand, unless few begin with all of it."""
    # Tokens are letters and digits only, so there is nothing to escape in the quotes.
    if is_pair(word):
        return f'"{word}"'
    if len(word) in BEGINNINGS or not is_common(word):
        return f'"{word}" *'
    return f'"{word[: max(length for length in BEGINNINGS if length < len(word))]}" *'
