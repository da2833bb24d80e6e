"""What handlers look up by typed key, on the application and on the request."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from aiohttp import web

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.awaiting import Awaiting
from ledger.bindings import Bindings
from ledger.consents import Consents
from ledger.contacts import Contacts
from ledger.erasure import Eraser
from ledger.holds import Holds
from ledger.mandates import Mandates
from ledger.person_requests import PersonRequests
from ledger.ports import Materials
from ledger.projections.following import Following
from ledger.queries import Queries
from ledger.reads import Reads
from ledger.searching import Searching
from ledger.subjects import Subjects
from ledger.transfers import Transfers
from ledger.verification import Verifications
from ledger.witnessing import Witness
from rest import Unauthenticated

LEDGER = web.AppKey("ledger", Ledger)
FOLLOWER = web.AppKey("follower", Following)
QUERIES = web.AppKey("queries", Queries)
SEARCHING = web.AppKey("searching", Searching)
VERIFICATIONS = web.AppKey("verifications", Verifications)
SUBJECTS = web.AppKey("subjects", Subjects)
TRANSFERS = web.AppKey("transfers", Transfers)
BINDINGS = web.AppKey("bindings", Bindings)
HOLDS = web.AppKey("holds", Holds)
REQUESTS = web.AppKey("person_requests", PersonRequests)
CONSENTS = web.AppKey("consents", Consents)
CONTACTS = web.AppKey("contacts", Contacts)
MANDATES = web.AppKey("mandates", Mandates)
READS = web.AppKey("reads", Reads)
ERASER = web.AppKey("eraser", Eraser)
AWAITING = web.AppKey("awaiting", Awaiting)
MATERIALS: web.AppKey[Materials] = web.AppKey("materials")
FOLDER: web.AppKey[Path] = web.AppKey("folder")
"""Where the views are."""
WITNESS = web.AppKey("witness", Witness)
TAKEN_BACK: web.AppKey[Callable[[UUID], Awaitable[bool]]] = web.AppKey("taken_back")
"""Asks the region that answered for a case's applicant whether it took that back."""
WAITED: web.AppKey[Callable[[str, float], object]] = web.AppKey("waited")
"""Told of each read that waited for a view, and for how many seconds."""
RANDOM: web.AppKey[Callable[[int], bytes]] = web.AppKey("random")

ACTOR = web.RequestKey("actor", Actor)
VERIFICATION = web.RequestKey("verification", UUID)


def actor_of(request: web.Request) -> Actor:
    """Return who is asking, or raise `Unauthenticated`."""
    actor: Actor | None = request.get(ACTOR)
    if actor is None:
        raise Unauthenticated("send a session token as `Authorization: Bearer ...`")
    return actor
