"""Three cases of two persons at two offices, and asking for them."""

from dataclasses import replace
from uuid import UUID

from ledger.actor import CLOCK
from ledger.application import Book
from ledger.calendar import load_calendars
from ledger.catalogue import load_catalogue
from ledger.entry import Entry
from ledger.searching import Question, Reach
from ledger.subject_events import subject_id
from tests.ledger.cases import APPLICANT, SUBMIT, files

CALENDARS = load_calendars()
BOOK = Book(catalogue=load_catalogue(calendars=CALENDARS), calendars=CALENDARS)

FOOD, FIRE = "gd.zhaoqing.food-operation-licence", "gd.zhaoqing.fire-safety-check"
FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))
MARKET = "gd.zhaoqing.market-regulation"
ANYONE = Reach()
OWN = Reach(subject=APPLICANT.principal, personal=True, restricted=True)
OFFICE = Reach(authority=MARKET, personal=True)
FORMS = {
    FIRST: {"owner": "陳大文", "name_en": "CHAN Tai-man", "shop": "發記茶餐廳"},
    SECOND: {"owner": "范小華", "shop": "Kowloon Noodles"},
    THIRD: {"owner": "陈大明", "shop": "Peak Trading"},
}


def submitted(case_id, item, form):
    """An application that lacks nothing."""
    materials = files(*(material.id for material in BOOK.catalogue.current(item).materials))
    return replace(SUBMIT, case_id=case_id, item=item, form=form, materials=materials)


def found(searching, words, reach=ANYONE, **narrowed):
    question = Question(words=words, **narrowed)
    page = searching.find(question, reach)
    if question.limit is None and page.cases:
        # A page looks at so many cases, and whoever asks for all at all of them: see `Bounds`.
        whole = searching.find(replace(question, limit=len(page.cases)), reach)
        assert whole.cases == page.cases
    return [UUID(row["id"]).int for row in page.cases]


def stands(ledger, *events):
    """Record how the first applicant's data stand."""
    stream = subject_id(APPLICANT.principal)
    for happened in events:
        now, version = ledger.now(), len(ledger.entries(stream)) + 1
        entry = Entry(
            stream=stream,
            version=version,
            event=happened,
            recorded_at=now,
            effective_at=now,
            actor=CLOCK,
            subject=APPLICANT.principal,
        )
        ledger.record([entry])
