"""Reading times as people write them, in ISO 8601.

A date alone is a whole day, in UTC: it begins at its midnight, and as an upper
bound it reaches to the day's end, so that from and until one day is that day.
"""

from datetime import MINYEAR, UTC, date, datetime, time


def beginning(text: str) -> datetime:
    """Return the moment `text` begins at; one without an offset is in UTC.

    Raises `ValueError`.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; what its offset takes beyond the years is the end of them."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        if moment.year == MINYEAR:
            return datetime.min.replace(tzinfo=UTC)
        return datetime.max.replace(tzinfo=UTC)


def end(text: str) -> datetime:
    """Return the moment `text` reaches to, which of a date alone is the last of that day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return beginning(text)
    return datetime.combine(day, time.max, UTC)
