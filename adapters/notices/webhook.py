"""Notices to a gateway that carries them on, as text messages or in an app (Standard Webhooks).

It is called at one address that was set; where it points elsewhere, nobody goes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from adapters.notices.words import as_json
from ledger.ports import Fate, Notice

_OF_THIS_NOTICE = frozenset({400, 410, 413, 422})
"""What a gateway answers to a notice that it will never take; the rest can be mended there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotifier:
    """Implements `Notifier` by POST to `url`, signed with `secret`, base64."""

    url: str
    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    seconds: float = 20.0

    def send(self, notice: Notice) -> Fate:
        """Hand the notice to the gateway, which knows its `webhook-id` again."""
        body, now, id = as_json(notice), self.clock(), str(notice.id)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(id, now, body),
        }
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.netloc, timeout=self.seconds)
        try:
            where = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            connection.request("POST", where, body.encode(), headers)
            return _fate(connection.getresponse().status)
        except (OSError, HTTPException):
            return Fate.LATER
        finally:
            connection.close()


def _fate(status: int) -> Fate:
    if 200 <= status < 300:
        return Fate.TAKEN
    return Fate.NEVER if status in _OF_THIS_NOTICE else Fate.LATER
