"""Working-day calendars and the deadlines counted on them."""

from ledger.calendar.load import load_calendars
from ledger.calendar.working_days import (
    Calendar,
    CalendarError,
    Deadline,
    deadline,
    ends_at,
    starts_at,
)

__all__ = [
    "Calendar",
    "CalendarError",
    "Deadline",
    "deadline",
    "ends_at",
    "load_calendars",
    "starts_at",
]
