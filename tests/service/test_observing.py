"""What the service tells of its requests, and what nobody finds in it."""

import io
import json
import logging
from contextlib import contextmanager

import pytest

from rest.request_ids import current, is_sane
from service.logs import JsonLines, Lines, telling, told
from tests.service.provider import profile
from tests.service.running import FORM, running

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@contextmanager
def logged(form="json", level="info"):
    """Let this process log as a server does, and give what it wrote."""
    written = io.StringIO()
    with telling(level=level, form=form, stream=written):
        yield written


def lines(told, logger="tongban.access"):
    read = [json.loads(line) for line in told.getvalue().splitlines()]
    return [line for line in read if line["logger"] == logger]


async def test_a_request_is_told_by_template_status_and_role_under_its_id(service):
    with logged() as told:
        answer = await service.supervisor.get("/v1/cases?limit=1")
        missing = await service.anyone.get("/nowhere/at/all")

    first, second = lines(told)
    assert first["request_id"] == answer.headers["X-Request-Id"]
    assert first["message"] == "request"
    assert first["fields"].pop("ms") > 0
    assert first["fields"] == {
        "method": "GET",
        "route": "/v1/cases",
        "status": 200,
        "bytes": len(answer.content),
        "role": "supervisor",
    }
    assert second["fields"]["route"] == "unknown"
    assert second["fields"]["status"] == missing.status


async def test_a_sane_id_of_the_caller_is_kept_and_told_in_the_problem(service):
    kept = await service.anyone.get("/v1/me/copy", headers={"X-Request-Id": "front-42.7"})
    replaced = await service.anyone.get("/v1/me/copy", headers={"X-Request-Id": "13812345678"})

    assert kept.headers["X-Request-Id"] == kept.body["request_id"] == "front-42.7"
    assert len(replaced.headers["X-Request-Id"]) == len(replaced.body["request_id"]) == 24


@pytest.mark.parametrize(
    "given",
    [
        "short",
        "x" * 41,
        "with space",
        "line\tbreak",
        "110101199003074578",
        "13812345678",
        "A1234563",
        "req-110101199003074578",
        "web-13812345678",
        "call-91234567",
        "id-a123456-3",
        "A-123456-3",
        "H12345678",
        "born-19900307",
        "CHAN-Siu-Ming-1990",
        "chan.siuming.7",
        "somebody",
    ],
)
def test_an_id_that_is_not_sane_or_looks_like_a_person_s_is_not_taken(given):
    assert not is_sane(given)


@pytest.mark.parametrize(
    "given",
    [
        "front-42.7",
        "9f86d081884c7d659a2feaa0c55ad015",
        "0f0a4f1f-5d6e-4d8e-8f3a-8c5f4ad2c10c",
        "93845671e0283746",
    ],
)
def test_an_id_that_was_made_at_random_or_counted_is_taken(given):
    assert is_sane(given)


async def test_answers_that_are_streamed_tell_their_id_too(service):
    applicant = await service.applicant()

    copy = await applicant.get("/v1/me/copy")

    assert copy.status == 200
    assert len(copy.headers["X-Request-Id"]) == 24


def record(message, *args, name="tongban.x", error=None):
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, info)


@pytest.mark.parametrize(
    "secret",
    [
        "subject:4f1c09be77a2",
        "Bearer abc.def",
        "eyJhbGciOiJFUzI1NiJ9" * 3,
        "11010119900307457X",
        "A123456(3)",
        "a123456(3)",
        "a1234563",
        "H12345678",
        "m1234567890",
        "13812345678",
        "someone@mail.example",
    ],
)
def test_what_looks_like_a_person_or_a_token_is_taken_out_of_our_own_lines_too(secret):
    line = told(record("it failed for %s there", secret))

    assert line["message"] == "it failed for (removed) there"


def test_an_id_of_a_request_that_looks_like_a_document_is_taken_out_as_well():
    before = current.set("a1234563")
    try:
        assert told(record("it failed"))["request_id"] == "(removed)"
    finally:
        current.reset(before)


def test_a_case_s_id_stays_in_its_line():
    id = "0f0a4f1f-5d6e-4d8e-8f3a-8c5f4ad2c10c"

    assert told(record("case %s failed", id))["message"] == f"case {id} failed"


def test_of_others_and_of_exceptions_only_place_and_kind_are_told():
    try:
        raise ValueError("CHAN Siu Ming is not here")
    except ValueError as error:
        line = told(record("no %s", "CHAN Siu Ming", name="aiohttp.client", error=error))

    assert "CHAN" not in str(line)
    assert line["fields"]["error"] == "ValueError"
    assert line["fields"]["at"].startswith("tests.service.test_observing:")


def test_on_a_terminal_a_line_is_short_and_tells_the_same():
    line = Lines().format(record("the head cannot be signed now: %s", "OSError"))

    assert line[8:] == " error   the head cannot be signed now: OSError"


def test_a_line_breaks_nowhere_whatever_it_tells():
    assert "\n" not in JsonLines().format(record("one\ntwo\r\x1b[31m"))


async def test_nothing_personal_is_in_log_metrics_or_errors_after_a_day_s_work(tmp_path):
    with logged(level="debug") as told:
        async with running(tmp_path / "home") as service:
            applicant = await service.applicant("account-of-somebody")
            case = await service.apply(applicant, "application-form")
            await applicant.get(f"/v1/cases/{case}?case={applicant.session}")
            await service.anyone.post("/v1/cases", FORM)
            await service.anyone.send("/v1/verifications", json.dumps(FORM).encode() + b"{")
            await service.back(await service.begin(), code="account-of-somebody", state="st-1")
            await applicant.get("/v1/search?q=CHAN")
            metrics = service.metrics()
            [subject] = {e.subject for e in service.ledger.read(0) if e.subject is not None}

    assert len(lines(told)) > 8
    said = told.getvalue() + metrics
    personal = [
        applicant.session,
        subject,
        "account-of-somebody",
        case,
        "127.0.0.1",
        *FORM.values(),
        *_values(json.loads(profile("x"))),
    ]
    assert [each for each in personal if str(each) in said] == []


def _values(body):
    return [v for v in body.values() if isinstance(v, str) and len(v) > 3]
