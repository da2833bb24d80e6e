"""Run where PM4Py is installed: reads exported files, and tells what it found in each.

It imports nothing of ours. PM4Py is of the AGPL, so it is never beside our own code.
"""

import json
import sys

import pm4py  # type: ignore[import-not-found]


def ocel(read, path):
    """Return how much of everything there is in an object-centric log."""
    log = read(path)
    types = log.objects[log.object_type_column].value_counts().to_dict()
    return {
        "events": len(log.events),
        "objects": len(log.objects),
        "links": len(log.relations),
        "between_objects": len(log.o2o),
        "changes": len(log.object_changes),
        "event_types": log.events[log.event_activity].value_counts().to_dict(),
        "object_types": types,
        "first": str(log.events[log.event_timestamp].min()),
        "last": str(log.events[log.event_timestamp].max()),
    }


def xes(path):
    """Return how many cases and events there are in a log of traces, and what was done."""
    table = pm4py.read_xes(path)
    return {
        "cases": table["case:concept:name"].nunique(),
        "events": len(table),
        "event_types": table["concept:name"].value_counts().to_dict(),
    }


READ = {
    "ocel-json": lambda path: ocel(pm4py.read_ocel2_json, path),
    "ocel-sqlite": lambda path: ocel(pm4py.read_ocel2_sqlite, path),
    "xes": xes,
}

if __name__ == "__main__":
    named = zip(sys.argv[1::2], sys.argv[2::2], strict=True)
    print(json.dumps({name: READ[name](path) for name, path in named}, default=int))
