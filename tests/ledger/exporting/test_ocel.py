"""OCEL 2.0 in both forms: valid by its standard, whole, and the same in both."""

import json
from collections import Counter

from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]

from ledger.exporting.events import events_of
from ledger.exporting.model import OBJECT_TYPES
from ledger.exporting.objects import objects_of
from tests.ledger.delivering import REGISTER
from tests.ledger.exporting.telling import FIRST, THIRD, database, ocel, selected, written
from tests.ledger.importing.logs import event, trace
from tests.shared_data import SHARED, needs_shared

OCEL = SHARED / "data" / "ocel"


@needs_shared
def test_ocel_in_json_is_valid_by_the_schema_of_the_standard(select):
    schema = json.loads((OCEL / "ocel20-schema-json.json").read_bytes())

    told = ocel(select())

    Draft7Validator(schema, format_checker=FormatChecker()).validate(told)
    assert len(told["events"]) == sum(len(case.happened) for case in select())


def test_ocel_speaks_of_no_object_and_no_type_that_it_does_not_hold(select):
    told = ocel(select())
    objects = {each["id"]: each["type"] for each in told["objects"]}
    types = {each["name"]: each["attributes"] for each in told["eventTypes"]}
    linked = [
        link["objectId"]
        for each in (*told["events"], *told["objects"])
        for link in each["relationships"]
    ]

    assert set(linked) <= objects.keys()
    assert len(objects) == len(told["objects"])
    assert set(objects.values()) <= OBJECT_TYPES.keys()
    for each in told["events"]:
        about = [link["objectId"] for link in each["relationships"]]
        assert len(about) == len(set(about))
        declared = {attribute["name"] for attribute in types[each["type"]]}
        assert {attribute["name"] for attribute in each["attributes"]} <= declared


def test_ocel_tells_what_became_of_a_case_and_its_materials_and_when(select):
    told = {each["id"]: each for each in ocel(select())["objects"]}

    def was(id, name):
        return [each["value"] for each in told[id]["attributes"] if each["name"] == name]

    assert was(f"case:{FIRST}", "status") == ["DRAFT", "RECEIVED", "ACCEPTED"]
    assert was(f"case:{THIRD}", "status")[-1] == "ACCEPTED_WITH_TOLERANCE"
    assert was(f"material:{THIRD}/plan", "state") == ["deferred"]
    assert was(f"material:{THIRD}/premises", "state") == ["replaced by a commitment"]
    assert was(f"material:{FIRST}/plan", "state") == ["submitted"]
    links = {
        (link["objectId"], link["qualifier"]) for link in told[f"case:{FIRST}"]["relationships"]
    }
    assert {
        ("person:applicant-1", "applied for by"),
        ("authority:gd.shops", "decided by"),
    } <= links


@needs_shared
def test_ocel_in_sqlite_has_the_tables_and_columns_of_the_standards_example(select, tmp_path):
    content = written("ocel-sqlite", select())
    shared = {
        "event",
        "object",
        "event_object",
        "object_object",
        "event_map_type",
        "object_map_type",
    }

    def columns(db, table):
        return [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]

    with (
        database(tmp_path, content) as db,
        database(tmp_path / "..", (OCEL / "ocel20_example.sqlite").read_bytes()) as example,
    ):
        for table in shared:
            assert columns(db, table) == columns(example, table)
        for kind in ("event", "object"):
            for (name,) in db.execute(f"SELECT ocel_type_map FROM {kind}_map_type").fetchall():
                assert {"ocel_id", "ocel_time"} <= {*columns(db, f"{kind}_{name}")}
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_both_forms_of_ocel_tell_the_same(select, tmp_path):
    told = ocel(select())

    with database(tmp_path, written("ocel-sqlite", select())) as db:
        events = db.execute("SELECT ocel_type, count(*) FROM event GROUP BY 1").fetchall()
        objects = db.execute("SELECT ocel_type, count(*) FROM object GROUP BY 1").fetchall()
        links = db.execute("SELECT count(*) FROM event_object").fetchone()[0]
        changes = db.execute(
            "SELECT ocel_time, status FROM object_case WHERE ocel_id = ?"
            " AND ocel_changed_field = 'status' ORDER BY rowid",
            [f"case:{FIRST}"],
        ).fetchall()
    assert dict(events) == Counter(each["type"] for each in told["events"])
    assert dict(objects) == Counter(each["type"] for each in told["objects"])
    assert links == sum(len(each["relationships"]) for each in told["events"])
    [case] = [each for each in told["objects"] if each["id"] == f"case:{FIRST}"]
    statuses = [(a["time"], a["value"]) for a in case["attributes"] if a["name"] == "status"]
    assert statuses[1:] == changes != []


def test_activities_that_sqlite_would_take_for_one_table_have_one_each(
    ledger, bring, folder, tmp_path
):
    names = ("ask me", "Ask  Me", "ask-me", "办理", "…", '"; DROP TABLE event; --')
    bring(trace("1", *(event(name.replace('"', "&quot;")) for name in names)))

    content = written("ocel-sqlite", selected(ledger, folder))

    with database(tmp_path, content) as db:
        maps = dict(db.execute("SELECT * FROM event_map_type").fetchall())
        counts = [
            db.execute(f'SELECT count(*) FROM "event_{name}"').fetchone()
            for name in maps.values()
        ]
    assert {name.removeprefix(f"{REGISTER}: ") for name in maps} == set(names)
    assert counts == [(1,)] * len(names)


def test_no_field_of_an_event_has_the_name_of_what_every_entry_tells(select):
    for case in select():
        for entry, told in zip(case.happened, events_of(case), strict=True):
            own = {*told.attributes} - {*entry.event.__struct_fields__}
            assert {"position", "case_version", "recorded_at", "actor_role", "channel"} <= own
        assert next(objects_of(case)).type == "case"
