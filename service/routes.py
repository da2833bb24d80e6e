"""Every route there is, of all packages; `service.policy` says who may use which."""

from collections.abc import Iterator

from aiohttp import web

from identity import http as identity_http
from identity import partner_http, region_http, status_http
from ledger import http as ledger_http
from service import (
    answer_proofs,
    case_evidence,
    codes,
    health,
    partner_messages,
    partner_status,
    persons,
    rechecking,
    revoking,
    staff_keys,
    staff_sign_in,
    words,
)
from service.feeds import alerts, feed
from service.webhooks import http as webhooks_http


def all_routes(*, answering: bool) -> Iterator[web.AbstractRouteDef]:
    """Yield them; `answering` where a register is joined from which partners are answered."""
    yield from ledger_http.routes
    yield from identity_http.routes
    yield from region_http.routes
    yield from partner_http.routes if answering else partner_http.keys
    yield from status_http.routes
    yield from partner_messages.routes
    yield from partner_status.routes
    yield from revoking.routes
    yield from staff_keys.routes
    yield from staff_sign_in.routes
    yield from answer_proofs.routes
    yield from case_evidence.routes
    yield from codes.routes
    yield from rechecking.routes
    yield from health.routes
    yield from words.routes
    yield from persons.routes
    yield from feed.routes
    yield from alerts.routes
    yield from webhooks_http.routes
