"""Times as rows hold them: UTC, of one width, so that text sorts as time does."""

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return `moment` as `2026-02-10T08:00:00.000000Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"
