"""Options that several commands take."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from ledger.moments import beginning, end

OFFICIALS = ("clerk", "reviewer", "approver", "department-head", "chief-officer")
"""Who works for an authority."""
STAFF = (*OFFICIALS, "supervisor", "data-protection-officer", "operator")

json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
personal_option = click.option(
    "--personal", is_flag=True, help="Open what is personal, here on the terminal."
)


def cut_options(function: Callable[..., None]) -> Callable[..., None]:
    """Let a command be asked how things stood; it is given a `Cut` as `cut`."""

    @wraps(function)
    def with_cut(
        *args: Any,
        as_of: datetime | None,
        recorded_until: datetime | None,
        source_recorded_until: datetime | None,
        position: int | None,
        **kwargs: Any,
    ) -> None:
        from ledger.cut import Cut

        cut = Cut(
            as_of=as_of,
            recorded_until=recorded_until,
            source_recorded_until=source_recorded_until,
            position=position,
        )
        function(*args, cut=cut, **kwargs)

    for option in reversed(_CUT):
        with_cut = option(with_cut)
    return with_cut


def staff_option(function: Callable[..., None]) -> Callable[..., None]:
    """Let a command name someone who works here; it is given their number as `actor`."""
    option = click.option(
        "--id",
        "actor",
        required=True,
        callback=_staff_id,
        help="Their number in the office, not a name.",
    )
    return option(function)


class _Time(click.ParamType[datetime]):
    """A moment in ISO 8601, as `read` has it; without an offset it is in UTC."""

    name = "time"

    def __init__(self, read: Callable[[str], datetime]) -> None:
        self._read = read

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment in UTC."""
        try:
            return self._read(value).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{value[:40]!r} is not in ISO 8601, such as 2026-02-10T12:00+08:00.",
                param,
                ctx,
            )


TIME = _Time(beginning)
UNTIL = _Time(end)
"""As an upper bound: a date alone reaches to the end of that day."""
_CUT = (
    click.option("--as-of", type=UNTIL, help="As in effect at TIME."),
    click.option("--recorded-until", type=UNTIL, help="As recorded by us until TIME."),
    click.option(
        "--source-recorded-until", type=UNTIL, help="As recorded by the source until TIME."
    ),
    click.option(
        "--position", type=click.IntRange(min=1), help="As the log stood at a position."
    ),
)


def _staff_id(ctx: click.Context, param: click.Parameter, value: str) -> str:
    # It stands in every entry of theirs, and in the lines that tell them.
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", value):
        raise click.BadParameter("1 to 64 letters, digits, '.', '_' or '-', please", ctx, param)
    return value
