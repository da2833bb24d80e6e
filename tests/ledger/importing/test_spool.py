"""A log is read whole, case by case, before anything could be recorded of it."""

import gzip
import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.importing import Spool, SpoolError, XesError
from tests.ledger.importing.logs import attribute, event, log, mapping, trace, written


def spooled(folder: Path, *content: str) -> Spool:
    return Spool.read(written(folder, log(*content)), mapping())


def test_cases_come_in_the_order_of_their_first_mention_with_their_facts(tmp_path):
    spool = spooled(tmp_path, trace("B", event("apply"), event("check")), trace("A", event()))

    cases = [(case.number, [fact.activity for fact in case.facts]) for case in spool]

    assert cases == [("B", ["apply", "check"]), ("A", ["apply"])]
    assert (spool.cases, spool.events) == (2, 3)


def test_a_case_split_over_several_traces_is_joined(tmp_path):
    color, size = attribute("color", "red"), attribute("size", "1")
    spool = spooled(
        tmp_path,
        trace("A", color, event("apply")),
        trace("B", event()),
        trace("A", color, size, event("check")),
    )

    first, second = spool

    assert (spool.cases, spool.events) == (2, 3)
    assert [fact.activity for fact in first.facts] == ["apply", "check"]
    assert [each[0] for each in first.attributes] == ["concept:name", "color", "size"]
    assert second.number == "B"


def test_everything_that_stood_in_an_event_is_there_as_plain_tuples(tmp_path):
    question = attribute("question", "True", inside=attribute("code", "H1"))
    (case,) = spooled(tmp_path, trace("A", event().replace("</event>", question + "</event>")))

    (fact,) = case.facts

    assert fact.attributes[0] == ("concept:name", "string", "apply", [])
    assert fact.attributes[2] == ("question", "string", "True", [["code", "string", "H1", []]])
    assert {type(each) for each in (*fact.attributes, *case.attributes)} == {tuple}


def test_a_spooled_fact_equals_what_the_mapping_said(tmp_path):
    path = written(tmp_path, log(trace("A", event("check", question="True", dismissal="G"))))

    ((case,), given) = (list(Spool.read(path, mapping())), mapping())

    fact = case.facts[0]
    assert (fact.fact, fact.matched) == ("COMPLETE", (("dismissal", "G"),))
    assert given.status({"APPLIED"}, set(fact.matched)) == "DISMISSED"


def test_a_case_without_events_is_a_case(tmp_path):
    spool = spooled(tmp_path, trace("A"))

    assert [(case.number, case.facts) for case in spool] == [("A", ())]


def test_a_log_without_cases_is_a_log(tmp_path):
    spool = spooled(tmp_path)

    assert (list(spool), spool.cases, spool.events) == ([], 0, 0)


def test_a_spool_can_be_read_again_and_by_two_at_once(tmp_path):
    spool = spooled(tmp_path, trace("A", event()), trace("B", event()))

    pairs = list(zip(spool, spool, strict=True))

    assert [(one.number, other.number) for one, other in pairs] == [("A", "A"), ("B", "B")]


def test_the_digest_is_of_the_file_and_progress_reaches_its_end(tmp_path):
    path = tmp_path / "log.xes.gz"
    text = log(*(trace(str(n), event(f"{n * n}")) for n in range(3000)))
    path.write_bytes(gzip.compress(text.encode()))
    told: list[tuple[int, int]] = []

    spool = Spool.read(path, mapping(), lambda done, size: told.append((done, size)))

    size = path.stat().st_size
    assert spool.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told[-1] == (size, size)
    assert told == sorted(told)
    assert len(set(told)) > 1


@pytest.mark.parametrize(
    ("last", "complaint"),
    [
        pytest.param(event(at=""), "case B: an event has no time", id="no time"),
        pytest.param(event(at="noon"), "case B: .* is not a time", id="not a time"),
        pytest.param(event(""), "case B: an event has no 'concept:name'", id="no activity"),
        pytest.param(
            event(**{f"k{n}": "v" * 16_000 for n in range(4)}),
            "case B: .* exceed 60,000",
            id="too large",
        ),
    ],
)
def test_a_bad_event_at_the_end_refuses_the_log_and_names_line_and_case(
    tmp_path, last, complaint
):
    with pytest.raises(XesError, match=f"^line 9: {complaint}"):
        spooled(tmp_path, trace("A", event()), trace("B", last))


def test_what_is_told_of_a_case_has_to_fit_into_an_entry_all_together(tmp_path):
    def large(key: str) -> str:
        return trace("A", *(attribute(f"{key}{n}", "v" * 16_000) for n in range(2)))

    with pytest.raises(XesError, match="case A: the attributes here exceed"):
        spooled(tmp_path, large("k"), large("l"))


def test_a_long_case_of_small_events_is_no_trouble(tmp_path):
    spool = spooled(tmp_path, trace("A", *(event(str(n)) for n in range(1, 2000))))

    assert spool.events == 1999


def test_a_log_cut_short_gives_no_spool(tmp_path):
    text = log(trace("A", event()), trace("B", event()))

    with pytest.raises(XesError, match="ends before the log does"):
        Spool.read(written(tmp_path, text[:-8]), mapping())


def test_no_value_shows_where_it_might_be_printed(tmp_path):
    (case,) = spooled(tmp_path, trace("A", event(who="Chan Tai Man", question="Chan")))

    assert "Chan" not in repr((case, case.facts))


def test_nothing_is_left_behind_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    path = written(tmp_path, log(*(trace(str(n), event()) for n in range(50_000))))

    with Spool.read(path, mapping()) as spool:
        assert spool.cases == 50_000
        assert list(tmp_path.iterdir()) == [path]


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_log_too_large_for_the_disk_says_so(tmp_path):
    cases = (trace(str(n), attribute("k", "v" * 16_000), event()) for n in range(1_000))
    path = written(tmp_path, log(*cases))

    with no_file_beyond(1_000_000), pytest.raises(SpoolError, match="make room"):
        Spool.read(path, mapping())
