"""A mapping is read strictly, and says what events mean and which status follows."""

import json
from datetime import UTC, datetime

import pytest

from ledger.importing import Attribute, Event, Fact, Mapping, MappingError, XesError
from ledger.importing.trace import Trace
from tests.ledger.importing.logs import MAPPING, NOON, as_json, mapping

FIELDS = MAPPING["fields"]


def event(*, activity: str | None = "apply", at: str | None = NOON, **more: str) -> Event:
    values = {"concept:name": activity, "time:timestamp": at} | more
    return Event(
        tuple(Attribute(key, "string", value) for key, value in values.items() if value), 7
    )


def test_an_event_says_what_was_done_and_when():
    given = event(activity="check", question="True", dateFinished="2024-05-02 09:00:00")

    fact = mapping().fact_of(given)

    assert fact == Fact(
        activity="check",
        answer="True",
        fact="COMPLETE",
        occurred_at=datetime(2024, 5, 1, 10, tzinfo=UTC),
        source_recorded_at=datetime(2024, 5, 2, 7, tzinfo=UTC),
        matched=(),
        attributes=given.attributes,
    )


@pytest.mark.parametrize(
    ("answer", "meaning"), [("True", "COMPLETE"), ("False", "CHECKED"), ("", "CHECKED")]
)
def test_an_answer_counts_before_the_activity_alone(answer, meaning):
    fact = mapping().fact_of(event(activity="check", question=answer))

    assert fact.fact == meaning


def test_an_activity_the_mapping_does_not_know_is_kept_without_a_meaning():
    fact = mapping().fact_of(event(activity="have coffee"))

    assert (fact.activity, fact.fact) == ("have coffee", None)


def test_an_event_without_an_activity_takes_the_default_where_there_is_one():
    with_default = mapping(fields=FIELDS | {"activity_default": "check"})

    fact = with_default.fact_of(event(activity=None))

    assert (fact.activity, fact.fact) == ("check", "CHECKED")


def test_an_event_without_an_activity_is_refused_where_there_is_none():
    with pytest.raises(XesError, match="line 7: an event has no 'concept:name'"):
        mapping().fact_of(event(activity=None))


@pytest.mark.parametrize("at", [None, ""])
def test_an_event_without_a_time_is_refused(at):
    with pytest.raises(XesError, match="line 7: an event has no time in 'time:timestamp'"):
        mapping().fact_of(event(at=at))


@pytest.mark.parametrize("at", ["noon", "2024-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_refused_and_not_repeated(at):
    with pytest.raises(XesError, match="line 7: 'time:timestamp' is not a time") as refusal:
        mapping().fact_of(event(at=at))

    assert at not in str(refusal.value)


def test_a_recording_time_that_is_none_is_refused():
    with pytest.raises(XesError, match="line 7: 'dateFinished' is not a time"):
        mapping().fact_of(event(dateFinished="UNKNOWN"))


@pytest.mark.parametrize("more", [{}, {"dateFinished": ""}])
def test_a_source_that_does_not_say_when_it_recorded_leaves_it_open(more):
    fact = mapping().fact_of(event(**more))

    assert fact.source_recorded_at is None


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        pytest.param("2024-01-10 00:00:00", datetime(2024, 1, 9, 23, tzinfo=UTC), id="winter"),
        pytest.param("2024-07-10 00:00:00", datetime(2024, 7, 9, 22, tzinfo=UTC), id="summer"),
        pytest.param(
            "2024-10-27 02:30:00", datetime(2024, 10, 27, 0, 30, tzinfo=UTC), id="twice"
        ),
        pytest.param(
            "2024-07-10 00:00:00Z", datetime(2024, 7, 10, tzinfo=UTC), id="own offset"
        ),
    ],
)
def test_a_time_without_an_offset_is_local_to_the_zone(local, utc):
    fact = mapping().fact_of(event(dateFinished=local))

    assert fact.source_recorded_at == utc


def test_a_time_without_an_offset_is_refused_where_no_zone_is_named():
    without_zone = mapping(fields={key: FIELDS[key] for key in FIELDS if key != "zone"})

    with pytest.raises(XesError, match="no offset and the mapping no zone"):
        without_zone.fact_of(event(dateFinished="2024-05-02 09:00:00"))


def test_an_attribute_that_stands_twice_is_refused():
    given = event()

    with pytest.raises(XesError, match="line 7: an attribute stands twice"):
        mapping().fact_of(Event(given.attributes * 2, 7))


def test_only_what_the_rules_ask_about_is_matched():
    fact = mapping().fact_of(event(dismissal="G", amount="35.0"))

    assert fact.matched == (("dismissal", "G"),)


def test_a_trace_is_of_the_case_it_names():
    named = Trace((Attribute("concept:name", "string", "A1"),), (), 3)

    assert mapping().case_of(named) == "A1"


@pytest.mark.parametrize("attributes", [(), (Attribute("concept:name", "string", ""),)])
def test_a_trace_that_names_no_case_is_refused(attributes):
    with pytest.raises(XesError, match="line 3: a trace has no 'concept:name'"):
        mapping().case_of(Trace(attributes, (), 3))


@pytest.mark.parametrize(
    ("facts", "attributes", "status"),
    [
        pytest.param(set(), set(), "PENDING", id="nothing holds but what always does"),
        pytest.param({"APPLIED"}, set(), "APPLIED", id="any"),
        pytest.param({"COMPLETE"}, set(), "PENDING", id="any without all"),
        pytest.param({"APPLIED", "COMPLETE"}, set(), "IN_ORDER", id="the last that holds"),
        pytest.param({"APPLIED"}, {("dismissal", "G")}, "DISMISSED", id="attribute"),
        pytest.param({"APPLIED"}, {("dismissal", "NIL")}, "APPLIED", id="another value"),
        pytest.param({"APPLIED"}, {("other", "G")}, "APPLIED", id="another attribute"),
    ],
)
def test_a_status_follows_from_facts_and_attributes(facts, attributes, status):
    assert mapping().status(facts, attributes) == status


@pytest.mark.parametrize(
    ("activity", "folded"),
    [
        ("misc_17", "misc"),
        ("misc_175", "misc_175"),
        ("a misc_17", "a misc_17"),
        ("apply", "apply"),
    ],
)
def test_activities_fold_by_their_whole_name(activity, folded):
    given = mapping(same_activity={"misc_..": "misc"})

    assert given.same_activity(activity) == folded


def test_of_two_patterns_that_fit_the_first_by_its_text_counts_however_the_file_has_them():
    one = mapping(same_activity={"misc.*": "long", "m.*": "short"})
    other = mapping(same_activity={"m.*": "short", "misc.*": "long"})

    assert one.same_activity("misc_17") == other.same_activity("misc_17") == "short"


def test_what_a_mapping_says_decides_its_digest_and_how_it_is_written_does_not():
    turned = dict(reversed(MAPPING.items())) | {
        "facts": dict(reversed(MAPPING["facts"].items()))
    }

    again = Mapping.load(json.dumps(turned, indent=3).encode())

    assert again.digest == mapping().digest
    assert mapping(about="something").digest != mapping().digest


def test_a_mapping_is_loaded_back_from_what_is_recorded_of_it():
    given = mapping(about="a log", notes=["one"])

    again = Mapping.load(given.dump())

    assert (again, again.digest) == (given, given.digest)


def test_the_recorded_form_does_not_change():
    assert (
        mapping().digest == "e8f834426efbd698e95a675439b5e71f77a4aaccbedf8ff3272ca8d45e19ea35"
    )


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"colour": 1}, "unknown field `colour`"),
        ({"fields": FIELDS | {"colour": "x"}}, r"unknown field `colour` - at `\$.fields`"),
        ({"statuses": [{"status": "P", "nay": ["x"]}]}, r"`nay` - at `\$.statuses\[0\]`"),
        ({"fields": {"case": "x", "activity": "x"}}, "missing required field `occurred_at`"),
        ({"fields": FIELDS | {"case": ""}}, r"length >= 1 - at `\$.fields.case`"),
        ({"fields": FIELDS | {"zone": "Europe/Atlantis"}}, "zone 'Europe/Atlantis' is not"),
        ({"fields": FIELDS | {"zone": "Europe"}}, "zone 'Europe' is not"),
        ({"fields": FIELDS | {"zone": "../../zone"}}, "zone '../../zone' is not"),
        ({"facts": {"apply": 3}}, r"Expected `str`, got `int` - at `\$.facts"),
        ({"facts": ["apply"]}, r"Expected `object`, got `array` - at `\$.facts"),
        ({"statuses": []}, "needs one without a condition"),
        ({"statuses": [{"status": "A", "any": ["APPLIED"]}]}, "needs one without a condition"),
        (
            {"statuses": [{"status": "A", "any": []}]},
            r"length >= 1 - at `\$.statuses\[0\].any`",
        ),
        (
            {"statuses": [{"status": "P"}, {"status": "A", "all": ["TYPO"]}]},
            "status 'A' asks for 'TYPO', not in `facts`",
        ),
        ({"same_activity": {"(": "x"}}, r"same_activity '\(' is no regular expression"),
    ],
)
def test_a_mapping_that_cannot_hold_names_the_field(changes, complaint):
    with pytest.raises(MappingError, match=complaint):
        Mapping.load(as_json(**changes))


@pytest.mark.parametrize(
    "data",
    [b"", b"<log/>", b"[]", b"3", b"{}", b"null", b"\xff\xfe\x00", b"\x80", b"[" * 100_000],
)
def test_what_is_no_mapping_is_refused(data):
    with pytest.raises(MappingError, match="the mapping"):
        Mapping.load(data)


def test_a_name_that_stands_twice_in_a_mapping_is_refused():
    twice = as_json().replace(b'"check=True"', b'"check"')

    with pytest.raises(MappingError, match="has 'check' twice"):
        Mapping.load(twice)
