"""How long personal data are kept once their purpose is achieved, and on which law.

A period is counted from the day a case is over, or from the end of that year, as
archives count theirs. None ends before a year is over, so the term for asking
reconsideration, which not being told of it extends to a year, has always run out.
"""

from calendar import monthrange
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

Law = Annotated[str, Meta(min_length=1)]


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """`years` after it is over, or for ever without a number; `basis` is the law."""

    years: Annotated[int, Meta(ge=1, le=100)] | None
    basis: Law
    counted_from: Literal["day", "year_end"] = "day"

    def last_day(self, over_on: date) -> date | None:
        """Return the last day of keeping what was over on a day; `None` for ever.

        Where the last month has no such day, it is that month's last (Civil Code
        art. 202).
        """
        if self.years is None:
            return None
        if self.counted_from == "year_end":
            return date(over_on.year + self.years, 12, 31)
        year = over_on.year + self.years
        return date(year, over_on.month, min(over_on.day, monthrange(year, over_on.month)[1]))
