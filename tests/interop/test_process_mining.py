"""PM4Py reads what we export, and finds as much in it as we put there."""

from collections import Counter

import pytest

from ledger.exporting import FORMATS
from ledger.exporting.events import events_of
from ledger.exporting.model import ALWAYS
from ledger.exporting.objects import objects_of
from tests.interop import mining
from tests.ledger.conftest import bring, clock, folder
from tests.ledger.exporting.conftest import ledger, select

__all__ = ["bring", "clock", "folder", "ledger", "select"]

pytestmark = pytest.mark.skipif(
    not mining.PYTHON.exists(), reason="`make interop` installs PM4Py"
)


def test_pm4py_finds_as_much_as_we_wrote(select, tmp_path):
    cases = [*select()]
    events = [event for case in cases for event in events_of(case)]
    objects = {each.id: each for case in cases for each in objects_of(case)}
    files = {
        name: tmp_path / f"cases.{FORMATS[name].suffix}"
        for name in ("ocel-json", "ocel-sqlite", "xes")
    }
    for name, path in files.items():
        path.write_bytes(b"".join(FORMATS[name].write(cases)))

    found = mining.read(files)

    assert found["ocel-json"] == found["ocel-sqlite"]
    ocel = found["ocel-json"]
    assert ocel["events"] == len(events)
    assert ocel["event_types"] == Counter(event.type for event in events)
    assert ocel["objects"] == len(objects)
    assert ocel["object_types"] == Counter(each.type for each in objects.values())
    assert ocel["links"] == sum(len(event.objects) for event in events)
    assert ocel["between_objects"] == sum(len(each.objects) for each in objects.values())
    assert ocel["changes"] == sum(_changes(each) for each in objects.values()) > 0
    assert found["xes"]["cases"] == len({case.number for case in cases})
    assert found["xes"]["events"] == len(events)


def _changes(each):
    return sum(attribute.time != ALWAYS for attribute in each.attributes)
