"""Options that name a point in the life of a case."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from terminal.options import UNTIL

if TYPE_CHECKING:
    from ledger.replaying import Point

_NUMBER = click.IntRange(min=1)
_NAMES = {
    "version": _NUMBER,
    "position": _NUMBER,
    "as-of": UNTIL,
    "recorded-until": UNTIL,
    "source-recorded-until": UNTIL,
}


def point_option(
    option: str, name: str, *, help: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a command name a point; it is given a `Point` as `name`, of now unless told."""
    return click.option(
        option, name, multiple=True, metavar="POINT", callback=_point, help=help
    )


def _point(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> "Point":
    from ledger.cut import Cut
    from ledger.replaying import Point

    told: dict[str, Any] = {}
    for value in values:
        name, is_told, text = value.partition("=")
        if name not in _NAMES or not is_told or name in told:
            known = ", ".join(f"{each}=..." for each in _NAMES)
            raise click.BadParameter(f"{value!r} is not one of {known}, once each", ctx, param)
        told[name] = _NAMES[name].convert(text, param, ctx)
    version = told.pop("version", None)
    cut = Cut(**{name.replace("-", "_"): value for name, value in told.items()})
    return Point(cut=cut, version=version)
