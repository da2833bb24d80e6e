"""简体, 繁體 and English: everything is told in each, and neither script in the other."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from opencc import OpenCC

import ledger
from ledger.actor import Role
from ledger.case import Status
from ledger.entry import EVENT_TYPES
from ledger.http.acts import ACTS
from ledger.projections.folds import CASE_KINDS
from rest import LANGUAGES
from rest.openapi.errors import BY_HTTP
from rest.problem import OWN, name_of
from service.feeds.alerts import ADVICE
from service.messages import load_advice, load_messages, load_statuses, load_words
from service.problems import PROBLEMS
from tests.ledger.ledgers import SetClock
from tests.service.feeds.listening import Listener
from tests.service.running import MORNING, running
from tests.service.visitor import CONCISE

pytestmark = pytest.mark.asyncio(loop_scope="session")
TO_TRADITIONAL, TO_SIMPLIFIED = OpenCC("s2t"), OpenCC("t2s")
LEDGER = Path(ledger.__file__).parent
CITED = re.compile(
    r"\"((?:[A-Z]\w+ )+Law|(?:[A-Z(][\w()]+ )+Ordinance \(Cap\. \d+\)) (?:art|s)\. "
)
DUTIES = {
    "intake",
    "correction",
    "supplement",
    "decision",
    "statutory_decision",
    "service",
    "joint_opinion",
}


@pytest.fixture
def service(shared):
    return shared


def all_texts(language):
    for told in load_messages().values():
        yield from told[language]
    yield from (told[language] for told in load_advice().values())
    yield from (told[language].title for told in load_statuses().values())
    for words in load_words().values():
        yield from (called[language] for called in words.values())


async def test_every_problem_is_told_in_both_scripts():
    messages = load_messages()

    assert messages.keys() == {name_of(kind) for kind in {**OWN, **PROBLEMS}}
    assert all(told.keys() == {"zh-Hans", "zh-Hant"} for told in messages.values())
    assert all(all(text) for told in messages.values() for text in told.values())


async def test_what_only_a_status_tells_is_told_in_the_language_asked_for(service):
    asked = {"Accept-Language": "zh-CN"}

    nowhere = await service.anyone.get("/v1/nowhere", headers=asked)
    amiss = await service.anyone.call("PATCH", "/v1/items", headers=asked)

    assert load_statuses().keys() == {*map(str, BY_HTTP), "500"}
    assert (nowhere.status, nowhere.body["title"]) == (404, "没有所请求的内容")
    assert (amiss.status, amiss.body["title"]) == (405, "此处不接受该方法")
    assert nowhere.headers["Content-Language"] == "zh-Hans"


async def test_what_to_do_about_each_alert_is_told_in_both_scripts():
    told = load_advice()

    assert told.keys() == ADVICE.keys()
    for kind, advice in told.items():
        assert advice.keys() == {"zh-Hans", "zh-Hant"}
        assert all(marked(text) == marked(ADVICE[kind]) for text in advice.values())


async def test_an_alert_says_what_to_do_in_the_language_asked_for(tmp_path):
    clock = SetClock(MORNING)
    async with running(tmp_path / "home", clock) as service:
        await service.apply(await service.applicant(), "application-form")
        clock.now += timedelta(days=40)
        supervisor = service.supervisor
        asked = {"Accept-Language": "zh-HK"}

        answer = await supervisor.get("/v1/alerts", headers=asked)
        asked |= {
            "Accept": "text/event-stream",
            "Authorization": f"Bearer {supervisor.session}",
        }
        async with supervisor.http.get("/v1/alerts", headers=asked) as response:
            listener = Listener(response)
            heard = await listener.event()

        [told] = answer.body["holding"]
        assert told["advice"] == heard["advice"] == load_advice()[told["kind"]]["zh-Hant"]
        assert answer.headers["Content-Language"] == "zh-Hant"


async def test_every_status_act_duty_and_role_is_called_something_in_each_language():
    words = load_words()

    assert words["statuses"].keys() == set(Status)
    assert words["acts"].keys() == ACTS.keys()
    assert words["duties"].keys() == DUTIES
    assert words["roles"].keys() == set(Role)
    assert words["events"].keys() == {
        name for name, kind in EVENT_TYPES.items() if kind in CASE_KINDS
    }
    for called in (each for kind in words.values() for each in kind.values()):
        assert called.keys() == set(LANGUAGES)
        assert all(called.values())


async def test_every_law_that_is_cited_is_called_something_in_each_language():
    sources = [*LEDGER.rglob("*.py"), *LEDGER.rglob("*.json")]
    cited = {law for each in sources for law in CITED.findall(each.read_text())}

    assert len(cited) > 3
    assert cited <= load_words()["laws"].keys()


async def test_neither_script_has_characters_of_the_other():
    for text in all_texts("zh-Hant"):
        assert TO_TRADITIONAL.convert(text) == text
    for text in all_texts("zh-Hans"):
        assert TO_SIMPLIFIED.convert(text) == text


async def test_what_stands_in_code_marks_is_the_same_in_each_language():
    for kind, problem in {**OWN, **PROBLEMS}.items():
        for language, text in load_messages()[name_of(kind)].items():
            assert marked(text.advice) <= marked(problem.advice) | {"/v1/items"}, language


def marked(advice):
    return set(advice.split("`")[1::2])


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ("zh-HK", "zh-Hant", "請先登入"),
        ("zh", "zh-Hans", "请先登录"),
        ("fr;q=0.9, zh-TW;q=0.8, en;q=0.1", "zh-Hant", "請先登入"),
        ("zh-Hant;q=0, en", "en", "Sign in first"),
        ("fr", "en", "Sign in first"),
        ("\xff,;;q=,zh-", "en", "Sign in first"),
    ],
)
async def test_a_problem_is_told_in_the_language_asked_for(service, asked, language, title):
    refused = await service.anyone.get("/v1/cases", headers={"Accept-Language": asked})
    page = await service.anyone.get(
        "/problems/unauthenticated", headers={"Accept-Language": asked}
    )

    assert (refused.status, refused.body["title"]) == (401, title)
    assert refused.body["advice"] in page.content.decode()
    for answer in (refused, page):
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in ", ".join(answer.headers.getall("Vary"))


async def test_whoever_asks_for_no_language_is_told_as_ever(service):
    refused = await service.anyone.get("/v1/cases")

    assert refused.body["title"] == "Sign in first"
    assert "advice" not in refused.body
    assert refused.headers["Content-Language"] == "en"


async def test_in_cbor_it_is_the_same_language(service):
    refused = await service.anyone.get(
        "/v1/cases", headers={"Accept": CONCISE, "Accept-Language": "zh-Hans"}
    )

    assert (refused.body["title"], refused.problem) == ("请先登录", "unauthenticated")


async def test_words_are_shown_in_the_language_asked_for(service):
    told = [
        await service.anyone.get("/v1/words", headers={"Accept-Language": each})
        for each in LANGUAGES
    ]

    assert [each.body["language"] for each in told] == list(LANGUAGES)
    assert [each.body["statuses"]["CLOSED"] for each in told] == ["Closed", "已办结", "已辦結"]
    assert [each.headers["Content-Language"] for each in told] == list(LANGUAGES)
