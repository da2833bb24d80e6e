"""However few cases a page looks at, all pages together hold what a look at all finds."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.projections import search_index
from ledger.projections.search import Search
from ledger.projections.search_index import number
from ledger.projections.search_text import indexed, looked_for
from ledger.projections.times import to_text
from ledger.projections.view import move_to, open_view
from ledger.searching import Bounds, Order, Place, Question, Reach, Searching
from ledger.searching.matching import dates
from tests.ledger.cases import BOOK, CALENDARS

NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
SAID = [
    *(
        "construction",
        "constructor",
        "constructive",
        "sender",
        "send",
        "se",
        "Tai-man",
        "taiwan",
    ),
    *(
        "gd20260210",
        "gd20260211",
        "陳大文",
        "陈大明",
        "大文",
        "文",
        "食品經營許可",
        "O'Brien",
        "a b",
    ),
]
ASKED = [
    *SAID,
    *(
        "c",
        "con",
        "const",
        "constru",
        "construct",
        "sen",
        "g",
        "gd2026",
        "gd20260",
        "陈",
        "陈大",
    ),
    *("经营", "tai", "taim", "obrien", "zzz", "gd-20260210"),
]
COLUMNS = ("name", "about", "told", "personal")
PEOPLE, OFFICES, STATES = ("amy", "ben", None), ("market", "fire", None), ("OPEN", "SHUT")


def texts(most):
    return st.lists(st.sampled_from(SAID), max_size=most).map(indexed)


MOMENTS = st.one_of(
    st.integers(-2, 2).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    st.integers(-40, 40).map(lambda days: NOON + timedelta(days=days)),
    st.integers(-136 * 366, 400 * 366).map(lambda days: NOON + timedelta(days=days)),
)


@st.composite
def cases(draw):
    """A row of the view as its code would write it, at a position that is set later."""
    first, last = sorted([draw(MOMENTS), draw(MOMENTS)])
    due, subject = draw(st.none() | MOMENTS), draw(st.sampled_from(PEOPLE))
    return {
        "register": draw(st.sampled_from(["cars", None])),
        "item": draw(st.sampled_from(["food", None])),
        "authority": draw(st.sampled_from(OFFICES)),
        "subject": subject,
        "status": draw(st.sampled_from(STATES)),
        "first": to_text(first),
        "last": to_text(last),
        "due": due and to_text(due),
        "version": 1,
        "name": draw(texts(1)),
        "about": draw(texts(2)),
        "told": draw(texts(1)),
        "personal": draw(texts(2)) if subject else "",
    }


def or_none(values):
    return st.none() | st.sampled_from(values)


QUESTIONS = st.builds(
    Question,
    words=st.none() | st.lists(st.sampled_from(ASKED), min_size=1, max_size=2).map(" ".join),
    register=or_none(["cars", "ships"]),
    status=or_none(STATES),
    authority=or_none(["market", "fire"]),
    item=or_none(["food"]),
    subject=or_none(["amy", "ben"]),
    opened_from=st.none() | MOMENTS,
    opened_until=st.none() | MOMENTS,
    changed_from=st.none() | MOMENTS,
    changed_until=st.none() | MOMENTS,
    overdue_at=st.none() | MOMENTS,
    limit=st.integers(1, 4),
)
REACHES = st.sampled_from(
    [
        Reach(),
        Reach(personal=True),
        Reach(authority="market", personal=True),
        Reach(authority="fire"),
        Reach(subject="amy", personal=True, restricted=True),
    ]
)
BOUNDS = st.builds(Bounds, looked_at=st.integers(1, 6), ranked=st.just(10_000))


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    """An empty search view in its folder, to be filled anew by each example."""
    folder = tmp_path_factory.mktemp("views")
    with closing(open_view(folder / "search.sqlite", VIEW)) as db:
        move_to(db, 1)
        yield folder, db


VIEW = Search(BOOK.catalogue, CALENDARS, list)


def filled(view, rows, restricted=()):
    """Fill the view with `rows`, in this order of the log, and return how it is searched."""
    folder, db = view
    with db.atomic():
        db.execute("DELETE FROM search")
        db.execute("DELETE FROM standings")
        db.conn.executemany(
            "INSERT INTO standings VALUES (?, 'restricted')", [[each] for each in restricted]
        )
        numbered = [
            {**row, "row": number(datetime.fromisoformat(row["last"]), position)}
            | {"id": f"{position:032x}", "number": str(position)}
            for position, row in enumerate(rows, start=1)
        ]
        search_index.replace(db, [], numbered)
    return partial(Searching, folder), sorted(numbered, key=lambda row: -row["row"])


def pages(searching, question, reach):
    """Every page, from the first to the last."""
    while True:
        page = searching.find(question, reach)
        yield page
        if page.next is None:
            return
        question = replace(question, after=Place.of(str(page.next)))


def found(searching, question, reach):
    """The numbers of all that is found on all pages."""
    return [
        int(row["number"]) for page in pages(searching, question, reach) for row in page.cases
    ]


def says(row, phrases, columns):
    """Tell whether one of `phrases` begins somewhere in the words of a row."""
    for column in columns:
        tokens = row[column].split()
        for phrase in phrases:
            *whole, last = phrase.split()
            for at in range(len(tokens) - len(whole)):
                if tokens[at : at + len(whole)] != whole:
                    continue
                if tokens[at + len(whole)].startswith(last):
                    return True
    return False


def looked_in(row, reach, restricted):
    """The columns of a row in which somebody may look for words."""
    spared = row["subject"] in restricted and not reach.restricted
    return COLUMNS if reach.personal and not spared else COLUMNS[:3]


def fits(row, question, reach, restricted):
    for name in ("register", "status", "authority", "item", "subject"):
        for wanted in (getattr(question, name), getattr(reach, name, None)):
            if wanted is not None and row[name] != wanted:
                return False
    for since, until, name in (
        (question.opened_from, question.opened_until, "first"),
        (question.changed_from, question.changed_until, "last"),
        (None, question.overdue_at, "due"),
    ):
        if since is not None and not row[name] >= to_text(since):
            return False
        if until is not None and not (row[name] and row[name] <= to_text(until)):
            return False
    columns = looked_in(row, reach, restricted)
    return all(says(row, each, columns) for each in looked_for(question.words or ""))


def rank(row, question, reach, restricted):
    every = [phrase for phrases in looked_for(question.words or "") for phrase in phrases]
    columns = looked_in(row, reach, restricted)
    order = [column for column in ("name", "personal", "told") if column in columns]
    for column in order:
        if says(row, every, [column]):
            return ("name", "personal", "told").index(column)
    return 3


@given(st.lists(cases(), max_size=12), QUESTIONS, REACHES, BOUNDS, st.sets(st.just("amy")))
def test_all_pages_hold_what_fits_newest_first_however_few_are_looked_at(
    view, rows, question, reach, bounds, restricted
):
    searching, newest = filled(view, rows, restricted)

    shown = [*pages(searching(bounds), question, reach)]

    wanted = [int(row["number"]) for row in newest if fits(row, question, reach, restricted)]
    assert [int(row["number"]) for page in shown for row in page.cases] == wanted
    assert all(len(page.cases) <= question.limit for page in shown)


@given(
    st.lists(cases(), max_size=12),
    QUESTIONS,
    REACHES,
    st.integers(1, 5),
    st.sets(st.just("amy")),
)
def test_what_fits_best_comes_first_among_so_many_of_the_newest_and_then_among_the_next(
    view, rows, question, reach, ranked, restricted
):
    searching, newest = filled(view, rows, restricted)
    question = replace(question, order=Order.RANK, words=question.words or "se")

    shown = found(searching(Bounds(looked_at=10_000, ranked=ranked)), question, reach)

    left = [row for row in newest if fits(row, question, reach, restricted)]
    wanted = []
    while left:
        among, left = left[:ranked], left[ranked:]
        wanted += sorted(among, key=lambda row: rank(row, question, reach, restricted))
    assert shown == [int(row["number"]) for row in wanted]


@given(st.lists(cases(), max_size=12), QUESTIONS, REACHES, BOUNDS, st.integers(1, 3))
def test_each_case_stands_on_one_page_also_where_few_are_looked_at_and_put_in_order(
    view, rows, question, reach, bounds, ranked
):
    searching, newest = filled(view, rows)
    question = replace(question, order=Order.RANK)

    shown = found(searching(replace(bounds, ranked=ranked)), question, reach)

    assert sorted(shown) == sorted(
        int(row["number"]) for row in newest if fits(row, question, reach, ())
    )


@given(st.lists(cases(), max_size=12), QUESTIONS, REACHES, BOUNDS, st.booleans())
def test_counts_are_of_all_or_say_that_there_may_be_more(
    view, rows, question, reach, bounds, every
):
    searching, newest = filled(view, rows)
    question = replace(question, limit=None if every else question.limit)

    counts = searching(bounds).count(question, reach)

    wanted = [row for row in newest if fits(row, question, reach, ())]
    if counts.more:
        assert not every
        assert counts.total <= min(len(wanted), bounds.looked_at)
    else:
        assert counts.total == len(wanted)
        assert sum(counts.by["status"].values()) == len(wanted)


@given(st.lists(cases(), max_size=12), QUESTIONS, REACHES, st.sampled_from(Order))
def test_whoever_asks_for_no_page_gets_all_in_order(view, rows, question, reach, order):
    searching, newest = filled(view, rows)
    question = replace(question, order=order, limit=None)

    page = searching(Bounds(looked_at=1, ranked=1)).find(question, reach)

    by_rank = partial(rank, question=question, reach=reach, restricted=())
    wanted = [row for row in newest if fits(row, question, reach, ())]
    if order is Order.RANK and question.words is not None:
        wanted.sort(key=by_rank)
    assert [row["id"].replace("-", "") for row in page.cases] == [row["id"] for row in wanted]
    assert (page.next, page.ranked) == (None, None)


@pytest.mark.parametrize("looked_at", [1, 10_000])
def test_every_beginning_is_found_whether_many_words_begin_so_or_few(view, looked_at):
    rows = [plain(NOON, **{column: [text]}) for column in COLUMNS for text in SAID]
    searching, newest = filled(view, rows)

    for words in ASKED:
        question, reach = Question(words=words, limit=4), Reach(personal=True)
        shown = found(searching(Bounds(looked_at=looked_at)), question, reach)
        wanted = [row for row in newest if fits(row, question, reach, ())]
        assert shown == [int(row["number"]) for row in wanted], words


def plain(last, **said):
    """A row that says little."""
    times = dict.fromkeys(("first", "last"), to_text(last))
    texts = {name: indexed(said.get(name, ())) for name in COLUMNS}
    none = dict.fromkeys(("register", "item", "authority", "subject", "due"))
    return {**none, **times, **texts, "status": "OPEN", "version": 1}


@pytest.fixture(scope="module")
def many(view):
    """One case more than a page looks at, all about the same, and the oldest called so."""
    most = Bounds().looked_at + 1
    rows = [plain(NOON + timedelta(minutes=n), about=["fishing"]) for n in range(most)]
    rows[0] = plain(NOON, name=["fishing"])
    rows[most - Bounds().ranked - 1] |= {"name": "fishing"}
    rows[most - Bounds().ranked] |= {"told": "fishing"}
    return filled(view, rows)[0](), most


def test_the_best_is_first_only_if_it_is_among_the_newest_that_are_put_in_order(many):
    searching, most = many
    ranked = Bounds().ranked

    first = searching.find(Question(words="fishing", order=Order.RANK, limit=500), Reach())
    numbers = found(searching, Question(words="fish", order=Order.RANK, limit=500), Reach())

    assert first.ranked == ranked
    assert numbers[0] == most - ranked + 1
    assert numbers[ranked] == most - ranked
    assert numbers[-1] == 1
    assert sorted(numbers) == [*range(1, most + 1)]


def test_what_is_the_last_to_be_looked_at_is_counted_and_what_comes_after_is_said_to_be(many):
    searching, most = many
    beyond = NOON + timedelta(minutes=1)

    every = searching.count(Question(words="fishing", limit=1), Reach())
    all_but_one = Question(words="fishing", changed_from=beyond + timedelta(minutes=1), limit=1)
    fewer = searching.count(all_but_one, Reach())

    assert (every.total, every.more) == (most - 1, True)
    assert (fewer.total, fewer.more) == (most - 2, False)


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("2026-02-10", "2026-02-10", ["2026-02-10"]),
        ("2026-02-11", "2026-02-10", []),
        ("2026-02-27", "2026-03-01", ["2026-02-27", "2026-02-28", "2026-03-01"]),
        ("2024-01-01", "2026-02-01", ["2024", "2025", "2026-01", "2026-02-01"]),
        ("2024-11-30", "2025-12-31", ["2024-11-30", "2024-12", "2025"]),
        ("2024-02-01", "2024-02-29", ["2024-02"]),
        ("2024-02-01", "2024-02-28", [f"2024-02-{day:02}" for day in range(1, 29)]),
    ],
)
def test_a_time_is_made_up_of_years_months_and_days(since, until, wanted):
    days = map(datetime.fromisoformat, (since, until))

    assert [*dates(*(day.date() for day in days))] == wanted
