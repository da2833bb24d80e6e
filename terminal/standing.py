"""How views stand, as one reads it."""

from collections.abc import Iterator, Sequence

from ledger.projections.standing import Standing
from terminal.tables import table


def standing_lines(standings: Sequence[Standing]) -> Iterator[str]:
    """Yield a row a view, and under them what each stands still at or set aside."""
    yield from table(
        ("VIEW", "VERSION", "POSITION", "LAG", "SECONDS", "SET ASIDE", "CERTIFIED"),
        [
            (
                each.view,
                str(each.version),
                f"{each.position:,}",
                f"{each.lag_entries:,}",
                f"{each.lag_seconds:,.0f}",
                f"{each.set_aside:,}",
                f"{each.certificate.position:,}" if each.certificate else "no",
            )
            for each in standings
        ],
    )
    for each in standings:
        yield from _more(each)


def _more(standing: Standing) -> Iterator[str]:
    if standing.rebuilding is not None:
        yield f"{standing.view} is being rebuilt, at position {standing.rebuilding:,}"
    if standing.stopped_at is not None:
        at, problem = standing.stopped_at.position, standing.stopped_at.problem
        yield f"{standing.view} stands still at position {at:,}: {problem}"
    for each in standing.quarantined:
        yield f"{standing.view} set position {each.position:,} aside: {each.problem}"
    if standing.set_aside > len(standing.quarantined):
        yield f"{standing.view} set more aside, {standing.set_aside:,} in all"
