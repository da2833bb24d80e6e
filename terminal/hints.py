"""What to say to whoever asked for something that is nowhere, rather than nothing."""

from collections.abc import Iterator

from ledger.cut import Cut
from ledger.queries import Queries

_SEVERAL = {
    "register": "registers",
    "status": "statuses",
    "authority": "authorities",
    "item": "items",
}


def hints(queries: Queries, cut: Cut = Cut(), **narrowed: object) -> Iterator[str]:
    """Yield a line for each value asked for that no case has, with those that there are."""
    for column, several in _SEVERAL.items():
        value = narrowed.get(column)
        if value is None:
            continue
        known = queries.known(column, cut)
        if value not in known:
            yield f"no case has the {column} {value!r}; {several}: {', '.join(known) or 'none'}"
