"""XES: one trace a case, and our own importer reads it back."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from ledger.case_rows import Which
from ledger.importing.deliveries import deliver
from ledger.queries import Queries
from tests.ledger.cases import APPLICANT, APPROVER, GRANT, REVIEW, REVIEWER
from tests.ledger.delivering import REGISTER
from tests.ledger.exporting.telling import FIRST, selected, written
from tests.ledger.importing.logs import mapping
from tests.ledger.ledgers import do, opened

XES = "{http://www.xes-standard.org/}"
AS_EXPORTED = {
    "case": "concept:name",
    "activity": "concept:name",
    "occurred_at": "time:timestamp",
    "answer": "tongban:field:answer",
    "recorded_at": "tongban:source_recorded_at",
}


def test_xes_is_one_trace_a_case_with_an_event_for_each_entry_that_counts(select):
    log = ET.fromstring(written("xes", select()))  # noqa: S314 (our own)

    traces = log.findall(f"{XES}trace")
    assert [len(each.findall(f"{XES}event")) for each in traces] == [
        len(c.happened) for c in select()
    ]
    assert {each.get("prefix") for each in log.findall(f"{XES}extension")} == {
        "concept",
        "time",
        "org",
        "lifecycle",
    }
    for event in log.iter(f"{XES}event"):
        keys = [each.get("key") for each in event]
        assert len(keys) == len(set(keys))
        assert {
            "concept:name",
            "time:timestamp",
            "org:resource",
            "lifecycle:transition",
        } <= set(keys)


def test_what_was_exported_is_imported_again_with_the_same_cases_events_and_statuses(
    select, tmp_path, clock
):
    exported = tmp_path / "exported.xes"
    exported.write_bytes(written("xes", select(register=REGISTER)))
    again = opened(str(tmp_path / "again.sqlite"), clock)
    done = deliver(again, exported, mapping=mapping(fields=AS_EXPORTED), register=REGISTER)

    views = tmp_path / "views"
    views.mkdir()
    selected(again, views)
    lines = Queries(again, views).lines(Which(register=REGISTER))
    here = select(register=REGISTER)
    assert (done.cases, done.events) == (2, 3)
    assert lines == Queries(here.ledger, here.folder).lines(Which(register=REGISTER))


def test_our_own_cases_are_imported_with_as_many_events(select, tmp_path, clock):
    exported = tmp_path / "ours.xes"
    exported.write_bytes(written("xes", select(by=APPLICANT)))
    facts = {"application.accepted.v1": "ACCEPTED"}
    statuses = [{"status": "RECEIVED"}, {"status": "ACCEPTED", "any": ["ACCEPTED"]}]
    ours = mapping(fields=AS_EXPORTED, facts=facts, statuses=statuses)

    done = deliver(
        opened(str(tmp_path / "again.sqlite"), clock), exported, mapping=ours, register="ours"
    )

    assert (done.cases, done.events) == (
        2,
        sum(len(case.entries) for case in select(by=APPLICANT)),
    )


def test_text_that_xml_cannot_hold_is_told_as_unreadable(select, ledger):
    do(ledger, replace(REVIEW, case_id=FIRST), REVIEWER)
    do(ledger, replace(GRANT, case_id=FIRST, result="no. \x0b\ufffe<1>"), APPROVER)

    content = written("xes", select())

    ET.fromstring(content)  # noqa: S314 (our own)
    assert "no. \ufffd\ufffd&lt;1&gt;".encode() in content
    assert b"=apply &amp; &lt;more&gt;" in content
