"""By when a person's request about their data has to be answered, as data.

Hong Kong's Ordinance gives 40 calendar days; the mainland's law says promptly, and
the file says what that means here. An operator's catalogue may replace the file.
"""

from datetime import date, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, get_args

from msgspec import Meta, Struct

from ledger.calendar import Calendar, deadline, starts_at
from ledger.catalogue import CatalogueError
from ledger.datafile import read
from ledger.request_events import Kind

_FILE = "request_terms.json"
_Days = Annotated[int, Meta(ge=1, le=365)]


class RequestTerm(Struct, frozen=True, forbid_unknown_fields=True):
    """How long for requests of these kinds, in one region or, without one, anywhere else."""

    kinds: Annotated[tuple[Kind, ...], Meta(min_length=1)]
    basis: Annotated[str, Meta(min_length=1)]
    region: str | None = None
    working_days: _Days | None = None
    calendar_days: _Days | None = None

    def __post_init__(self) -> None:
        if (self.working_days is None) == (self.calendar_days is None):
            raise ValueError("either `working_days` or `calendar_days`")

    def due(self, calendar: Calendar, asked_on: date) -> date:
        """Return the last day to answer; the day it is asked is not counted."""
        if self.working_days is not None:
            return deadline(calendar, asked_on, self.working_days).due
        return asked_on + timedelta(days=self.calendar_days or 0)

    def ends_at(self, calendar: Calendar, asked_on: date) -> datetime:
        """Return the first instant after the last day."""
        return starts_at(self.due(calendar, asked_on) + timedelta(days=1), calendar.zone)

    @property
    def words(self) -> str:
        """Say how it is counted, and on which law."""
        if self.working_days is not None:
            return f"{self.working_days} working days; {self.basis}"
        return f"{self.calendar_days} days; {self.basis}"


RequestTerms = tuple[RequestTerm, ...]


def load_request_terms(extra: Path | None = None) -> RequestTerms:
    """Read an operator's terms, or ours; the last one has to fit whatever comes."""
    place: Traversable = files("ledger.catalogue")
    if extra is not None and (extra / _FILE).is_file():
        place = extra
    terms = read(place / _FILE, RequestTerms, CatalogueError)
    anywhere = {kind for term in terms if term.region is None for kind in term.kinds}
    if anywhere != set(get_args(Kind)):
        raise CatalogueError(f"{_FILE}: a term without a `region` is needed for each kind")
    return terms


def term_for(terms: RequestTerms, region: str, kind: Kind) -> RequestTerm:
    """Return the term of `region` for such a request, or the one for anywhere."""
    fitting = [term for term in terms if kind in term.kinds]
    own = [term for term in fitting if term.region == region]
    return (own or [term for term in fitting if term.region is None])[0]
