"""A case step by step: the steps make the whole, and a difference is the steps between."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.case import fold
from ledger.cut import Cut
from ledger.history_events import history_id
from ledger.personal import Hidden
from ledger.replaying import HiddenAt, Picture, Point, diff, steps
from tests.ledger.cases import (
    ACCEPT,
    APPLICANT,
    CLERK,
    COMMIT,
    FORM,
    NOON,
    SUBMIT,
    correction,
)
from tests.ledger.delivering import REGISTER
from tests.ledger.importing.logs import event, trace
from tests.ledger.procedure import Procedure, correcting, received, reviewed, tolerated
from tests.ledger.test_any_order import World, handed_in
from tests.ledger.test_any_order import steps as asked

hidden_ways = st.sampled_from([None, *Hidden])


@pytest.fixture(scope="module")
def world():
    world = World()
    yield world
    world.ledger.close()


def pictured(entries, hidden=None, status=None):
    picture = Picture(hidden=hidden, status=status)
    for entry in entries:
        picture.add(entry)
    return picture.values


def composed(told):
    """What several steps come to: the first old value and the last new one, by path."""
    whole = dict[str, tuple[object, object, int]]()
    for step in told:
        for change in step.changes:
            old = whole[change.path][0] if change.path in whole else change.old
            whole[change.path] = (old, change.new, step.entry.version)
    return {path: each for path, each in whole.items() if each[0] != each[1]}


def as_table(changes):
    return {each.path: (each.old, each.new, each.entry.version) for each in changes}


@given(handed_in, st.lists(asked, min_size=2, max_size=14), hidden_ways, st.data())
def test_steps_make_the_whole_and_a_difference_is_the_steps_between(
    world, materials, life, hidden, data
):
    entries = world.live(materials, life)
    first, last = sorted(
        data.draw(st.tuples(*[st.integers(0, len(entries))] * 2), label="versions")
    )

    told = list(steps(entries, hidden=hidden))

    values = dict[str, object]()
    for step in told:
        for change in step.changes:
            assert values.get(change.path) == change.old
            values[change.path] = change.new
    assert {path: new for path, new in values.items() if new is not None} == pictured(
        entries, hidden
    )
    changes = diff(entries[:first], entries[:last], hidden=hidden)
    assert as_table(changes) == composed(told[first:last])
    back = diff(entries[:last], entries[:first], hidden=hidden)
    assert as_table(back) == {
        path: (new, old, version) for path, (old, new, version) in as_table(changes).items()
    }


@given(handed_in, st.lists(asked, min_size=2, max_size=14))
def test_the_picture_is_the_case_as_the_rules_see_it(world, materials, life):
    entries = world.live(materials, life)
    case = fold(entries)
    assert case is not None

    values = pictured(entries)

    def members(name):
        return {path.partition(".")[2] for path in values if path.startswith(f"{name}.")}

    assert values["status"] == case.status
    assert values["subject"] == case.subject
    for name in ("submitted", "told", "committed", "reviewers"):
        assert members(name) == getattr(case, name)
    assert {path.partition(".")[0] for path in members("duties")} == set(case.duties)
    for name, deadline in case.duties.items():
        assert values[f"duties.{name}.due"] == deadline.due.isoformat()
    assert {path.partition(".")[0] for path in members("deferred")} == {
        each.material for each in case.deferred
    }
    assert values.get("recommendation") == case.recommendation
    assert values.get("decision") == case.decision


def test_an_entry_changes_what_it_changes_and_nothing_else():
    entries = received("premises").do(COMMIT, APPLICANT).do(ACCEPT, CLERK).entries

    *_, committed, accepted = steps(entries, hidden=None)

    assert [change.path for change in committed.changes] == ["committed.premises"]
    changed = {change.path: (change.old, change.new) for change in accepted.changes}
    assert changed["status"] == ("RECEIVED", "ACCEPTED")
    assert changed["duties.intake.due"] == ("2026-02-24", None)
    assert changed["duties.decision.due"] == (None, "2026-03-02")
    assert {path.partition(".")[0] for path in changed} == {"status", "duties"}


def test_personal_fields_are_told_only_as_far_as_they_are_opened():
    entries = correcting("plan", "form").do(correction("plan", form=True), APPLICANT).entries

    opened, sealed = pictured(entries), pictured(entries, Hidden.SEALED)

    assert opened["form.shop"] == FORM["shop"]
    assert opened["deficiencies.plan"] == "missing"
    assert sealed["form"] == HiddenAt(Hidden.SEALED, 4)
    assert FORM["shop"] not in str(sealed)
    assert not any(path.startswith("form.") for path in sealed)
    again = list(steps(entries, hidden=Hidden.SEALED))[-1]
    assert {c.path: c.old for c in again.changes}["form"] == HiddenAt(Hidden.SEALED, 2)


def test_a_review_is_told_with_who_made_it_and_its_findings():
    *_, last = steps(reviewed().entries, hidden=None)

    assert {c.path: c.new for c in last.changes} == {
        "findings": "all in order",
        "recommendation": "grant",
        "reviewers.reviewer-1": True,
        "status": "UNDER_REVIEW",
    }


def test_a_material_that_is_owed_has_a_path_of_its_own():
    values = pictured(tolerated().entries)

    assert values["deferred.plan.consequence"] == "the case lapses"
    assert values["duties.supplement.due"] == values["deferred.plan.due.due"]


def test_what_took_effect_before_it_was_recorded_is_told_of_between_two_times():
    entries = (
        Procedure().do(SUBMIT, APPLICANT).at(NOON + timedelta(days=1)).do(ACCEPT, CLERK).entries
    )
    start, end = Point(cut=Cut(as_of=NOON - timedelta(minutes=3))), Point()

    changes = diff(
        [*filter(start.admits, entries)], [*filter(end.admits, entries)], hidden=None
    )

    status = next(change for change in changes if change.path == "status")
    assert (status.old, status.new, status.entry.version) == ("DRAFT", "ACCEPTED", 3)
    submitted = next(change for change in changes if change.path == "submitted.plan")
    assert submitted.entry.version == 2


def test_what_only_one_side_has_is_named_before_what_it_made_both_sides_do():
    commit = reviewed("premises").do(COMMIT, APPLICANT).entries
    verified, came, _, review, committed = commit

    changes = diff(
        [verified, came, committed], [verified, came, review, committed], hidden=None
    )

    status = next(change for change in changes if change.path == "status")
    assert (status.old, status.new) == ("RECEIVED", "ACCEPTED")
    assert status.entry == review


def test_a_point_is_a_version_a_cut_or_both():
    entries = received().do(ACCEPT, CLERK).entries

    def admitted(**point):
        return [entry.version for entry in entries if Point(**point).admits(entry)]

    assert admitted() == [1, 2, 3]
    assert admitted(version=2) == [1, 2]
    assert admitted(version=2, cut=Cut(as_of=NOON - timedelta(days=1))) == []


def test_a_case_that_is_the_same_at_both_points_has_no_difference():
    entries = reviewed().entries

    assert diff(entries, entries, hidden=None) == []
    assert diff([], [], hidden=None) == []


# Imported cases


@pytest.fixture
def imported(bring, ledger, queries):
    """A case of which a later delivery took a fact back."""
    bring(trace("1", event("apply"), event("check")))
    bring(trace("1", event("apply"), event("check", at="2024-05-03T08:00:00+02:00")))
    entries = ledger.entries(history_id(REGISTER, "1"))
    return entries, queries().history_statuses()


def test_an_imported_case_is_told_fact_by_fact(imported):
    entries, status = imported

    told = list(steps(entries, hidden=Hidden.SEALED, status=status))

    changed = [{c.path: c.new for c in step.changes} for step in told]
    assert changed[0]["register"] == REGISTER
    assert changed[1]["facts.2.activity"] == "apply"
    assert changed[1]["status"] == "APPLIED"
    assert changed[2]["facts.3.counts"] is True
    assert "facts.2.counts" not in changed[2]
    superseded = [change for step in told for change in step.changes if change.new is False]
    assert [change.path for change in superseded] == ["facts.3.counts"]


def test_the_steps_of_an_imported_case_make_the_whole_too(imported):
    entries, status = imported
    told = list(steps(entries, hidden=None, status=status))

    for first in range(len(entries) + 1):
        for last in range(first, len(entries) + 1):
            changes = diff(entries[:first], entries[:last], hidden=None, status=status)
            assert as_table(changes) == composed(told[first:last])
