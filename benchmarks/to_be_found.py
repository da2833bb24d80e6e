"""A search view with as many cases as are asked for, without the log they would come from.

Three in ten are imported. The others are applications for every item of the catalogue,
some of them far more often than others, with forms in either script; a quarter changed
long after they came. The view's own code writes the rows, and two runs the same ones.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from hashlib import blake2b, md5
from itertools import chain, islice, starmap
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from benchmarks.histories import histories
from benchmarks.made_up import BEGINNING, CLERK
from ledger.calendar import Deadline, load_calendars
from ledger.catalogue import ServiceItem, load_catalogue
from ledger.entry import Entry
from ledger.events import (
    ApplicationAccepted,
    ApplicationReceived,
    CaseEvent,
    CaseGranted,
    CaseReviewed,
    DecisionServed,
)
from ledger.projections.folds import Folds
from ledger.projections.search import Search
from ledger.projections.view import apply, open_view

EVERY = timedelta(seconds=90)
"""How long after each case the next one comes."""

IMPORTED = 3
"""So many in ten are imported."""

_CALENDARS = load_calendars()
_CATALOGUE = load_catalogue(calendars=_CALENDARS)
ITEMS = _CATALOGUE.all_current()
"""What applications are for, the first far more often than the last."""

_STEPS = ("create", "send")
_AT_ONCE = 10_000
_LATER = 2_000
_SURNAMES = "陳李張黃何林梁王周鄭范趙馬吳劉謝孫朱高胡郭羅楊許鄧馮曾蔡彭潘"
_GIVEN = "大文小華志明美玲家偉建國麗芳永強嘉欣俊傑淑儀國榮秀英子軒曉東浩然思敏海燕春梅"
_SHOPS, _FIRST, _SECOND, _STREETS = map(
    str.split,
    (
        "茶餐廳 酒家 麵館 粥店 冰室 小食 燒臘 餅店 五金 貿易 建築 物流 科技 傢俬 藥房",
        "Golden Silver Lucky Jade Harbour Dragon Pearl Sunny Grand Royal Lotus Phoenix",
        "Noodles Trading Bakery Tea Seafood Pharmacy Builders Freight Studio Market",
        "端州路 天宁北路 星湖大道 信安路 建设路 宋城路 江滨路 文明路 人民路 前进路",
    ),
)
_DUE = Deadline(
    due=date(2024, 2, 1),
    counted_from=date(2024, 1, 1),
    working_days=20,
    calendar="CN",
    version="made up",
    provisional=False,
)

_DECIDED: Sequence[Sequence[CaseEvent]] = (
    [ApplicationAccepted(decision_due=_DUE, statutory_due=_DUE)],
    [],
    [CaseReviewed(recommendation="grant", findings="所附材料齐全, nothing is missing")],
    [CaseGranted(result="licence", serve_due=_DUE), DecisionServed(means="online")],
    [CaseGranted(result="permit", serve_due=_DUE)],
    [DecisionServed(means="window")],
    [ApplicationAccepted(decision_due=_DUE, statutory_due=_DUE)],
)


def fill(path: Path, cases: int, watch: Callable[[int], object] = int) -> None:
    """Make a search view at `path`, of `cases` cases; `watch` is told of its entries."""
    view = Search(_CATALOGUE, _CALENDARS, list)
    with closing(open_view(path, view)) as db:
        folds = Folds(_mapping)
        entries = starmap(_at, enumerate(_entries(cases), start=1))
        while batch := list(islice(entries, _AT_ONCE)):
            apply(db, view, batch, folds)
            watch(batch[-1].position)


def subject(number: int) -> str:
    """Return who case `number` is of: an agency for one in a hundred, else somebody."""
    return "agency" if number % 100 == 7 else f"person-{number // 3}"


def item(number: int) -> ServiceItem:
    """Return what case `number` is for: half of all for one item, a quarter for another."""
    return ITEMS[min(32 - _drawn(number, "item").bit_length(), len(ITEMS) - 1)]


def receipt(number: int) -> str:
    """Return the receipt of case `number`, if it is one of ours."""
    region, tail = item(number).id[:2], _id(number).hex[:8]
    return f"{region}{BEGINNING + EVERY * number:%Y%m%d}-{tail[:4]}-{tail[4:]}".upper()


def _entries(cases: int) -> Iterator[Entry]:
    imported = chain.from_iterable(histories(1 + 3 * cases, BEGINNING, _STEPS))
    yield next(imported)
    later = deque[Entry]()
    for number in range(cases):
        if number % 10 < IMPORTED:
            yield from islice(imported, 1 + len(_STEPS))
            continue
        received, *decided = _ours(number)
        yield received
        if number % 4:
            yield from decided
        else:
            later.extend(decided)
        if len(later) > _LATER:
            yield _now(later.popleft(), number)
    yield from (_now(entry, cases) for entry in later)


def _ours(number: int) -> Iterator[Entry]:
    wanted, at = item(number), BEGINNING + EVERY * number
    received = ApplicationReceived(
        authority=wanted.authority,
        receipt=receipt(number),
        received_on=at.date(),
        intake_due=_DUE,
        materials=("application-form",),
        digests={},
        form={
            "owner": _of(number, "surname", _SURNAMES)
            + _of(number, "given", _GIVEN)
            + _of(number, "second", _GIVEN),
            "business_name": f"{_of(number, 'shop', _GIVEN)}{_of(number, 'kind', _SHOPS)}",
            "name_en": f"{_of(number, 'first', _FIRST)} {_of(number, 'sells', _SECOND)}",
            "premises": f"{_of(number, 'street', _STREETS)}{_drawn(number, 'no') % 400}号",
        },
    )
    for version, event in enumerate((received, *_DECIDED[number % len(_DECIDED)]), start=1):
        yield Entry(
            stream=_id(number),
            version=version,
            event=event,
            recorded_at=at,
            effective_at=at,
            actor=CLERK,
            item=wanted.id,
            item_version=wanted.version,
            subject=subject(number),
        )


def _id(number: int) -> UUID:
    return UUID(bytes=md5(b"%d" % number, usedforsecurity=False).digest())


def _now(entry: Entry, number: int) -> Entry:
    return replace(entry, recorded_at=BEGINNING + EVERY * number)


def _at(position: int, entry: Entry) -> Entry:
    return replace(entry, position=position)


def _mapping(_stream: UUID) -> Iterator[Entry]:
    yield from next(iter(histories(1, BEGINNING, _STEPS)))


def _of(number: int, what: str, among: Sequence[str]) -> str:
    # The first ones are drawn far more often than the last.
    drawn = _drawn(number, what) / 2**32
    return among[int(len(among) * drawn * drawn)]


def _drawn(number: int, what: str) -> int:
    return int.from_bytes(blake2b(f"{what} {number}".encode(), digest_size=4).digest())
