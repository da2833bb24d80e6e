"""What is sent: a CloudEvent 1.0 in structured JSON, with personal fields sealed.

`id` is the entry's position and `source` the log's name, so that together they are
one entry's for ever, however often and to whomever it is sent.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ledger.sights import Sight
from service.feeds.feed import show_sight

CLOUDEVENT: Final = "application/cloudevents+json"
CHALLENGE: Final = "tongban.webhook.challenge"


def message(sight: Sight, source: str) -> bytes:
    """Return the event that tells of an entry of the log called `source`."""
    entry = sight.entry
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": str(entry.position),
            "source": f"//{source}",
            "type": f"tongban.{entry.name}",
            "subject": str(entry.stream),
            "time": entry.recorded_at,
            "datacontenttype": "application/json",
            "data": show_sight(sight),
        }
    )


def challenge(text: str, source: str) -> bytes:
    """Return the event that asks whoever answers at an endpoint to prove that it is theirs."""
    event: Mapping[str, Any] = {
        "specversion": "1.0",
        "id": text,
        "source": f"//{source}",
        "type": CHALLENGE,
        "datacontenttype": "application/json",
        "data": {"challenge": text},
    }
    return msgspec.json.encode(event)
