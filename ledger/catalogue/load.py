"""Reading the catalogue: our files first, then an operator's beside them.

An operator's folder looks like ours: `authorities.json` (if it adds any) and
`items/<id>.v<version>.json`. It adds and never replaces: a version once published
is what cases were opened under. On the mainland an item's terms keep to the
Licensing Law, whoever wrote the file.
"""

from collections.abc import Collection, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ledger.calendar import load_calendars
from ledger.catalogue.model import Authority, Catalogue, CatalogueError, ServiceItem, Terms
from ledger.datafile import read, read_folder

MAINLAND = "CN"

# The longest in working days: Licensing Law, art. 32, 42 and 44.
LAWFUL = {"intake": 5, "decide_statutory": 20, "serve": 10}
LONGEST_JOINT = 45


def load_catalogue(
    extra: Path | None = None, *, calendars: Collection[str] | None = None
) -> Catalogue:
    """Read and check every file, or raise `CatalogueError`.

    `calendars` are the ids an authority may name; ours, unless given.
    """
    folders: list[Traversable] = [files("ledger.catalogue")]
    if extra is not None:
        folders.append(extra)
    authorities = _authorities(folders, load_calendars() if calendars is None else calendars)
    items = _items(folders)
    ids = {item_id for item_id, _ in items}
    for item in items.values():
        if item.authority not in authorities:
            raise _refusal(item, f"unknown authority {item.authority!r} - at `$.authority`")
        if authorities[item.authority].calendar == MAINLAND:
            _keep_to_law(item)
        for part in item.parts:
            if part not in ids:
                raise _refusal(item, f"unknown item {part!r} - at `$.parts`")
    return Catalogue(authorities, items)


def _authorities(
    folders: list[Traversable], calendars: Collection[str]
) -> dict[str, Authority]:
    known: dict[str, Authority] = {}
    for file in _authority_files(folders):
        for n, authority in enumerate(read(file, tuple[Authority, ...], CatalogueError)):
            if authority.id in known:
                raise CatalogueError(
                    f"{file.name}: duplicate authority {authority.id!r} - at `$[{n}].id`"
                )
            if authority.calendar not in calendars:
                raise CatalogueError(
                    f"{file.name}: unknown calendar {authority.calendar!r}"
                    f" - at `$[{n}].calendar`"
                )
            known[authority.id] = authority
    return known


def _authority_files(folders: list[Traversable]) -> Iterator[Traversable]:
    for folder in folders:
        file = folder / "authorities.json"
        if file.is_file():
            yield file


def _items(folders: list[Traversable]) -> dict[tuple[str, int], ServiceItem]:
    known: dict[tuple[str, int], ServiceItem] = {}
    for folder in folders:
        read_items = read_folder(folder / "items", ServiceItem, CatalogueError)
        for name, item in read_items.items():
            if f"{name}.json" != _file_name(item):
                raise CatalogueError(
                    f"{name}.json: `id` and `version` ask for the file name {_file_name(item)}"
                )
            if (item.id, item.version) in known:
                raise _refusal(item, "duplicate of an item published before - at `$.version`")
            known[item.id, item.version] = item
    return known


def _keep_to_law(item: ServiceItem) -> None:
    for term, longest in LAWFUL.items():
        if getattr(item.terms, term) > longest and not _is_excepted(item.terms, term):
            raise _refusal(
                item, f"the law gives at most {longest} working days - at `$.terms.{term}`"
            )

    if item.joint is not None and item.joint.decide > LONGEST_JOINT:
        raise _refusal(
            item, f"the law gives at most {LONGEST_JOINT} working days - at `$.joint.decide`"
        )


def _is_excepted(terms: Terms, term: str) -> bool:
    return term == "decide_statutory" and terms.decide_basis is not None


def _refusal(item: ServiceItem, reason: str) -> CatalogueError:
    return CatalogueError(f"{_file_name(item)}: {reason}")


def _file_name(item: ServiceItem) -> str:
    return f"{item.id}.v{item.version}.json"
