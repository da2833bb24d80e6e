"""The evidence of one case over HTTP, for whoever may read the case.

Whoever may see what is personal in it gets the digests of its materials too, the
materials themselves if they ask, and the applicant what a region answered about them.
Officials who are shown that are recorded first.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypedDict

from aiohttp import web

from ledger.access import hidden_from, require_reader
from ledger.actor import OWN
from ledger.application import Ledger
from ledger.entry import Entry
from ledger.errors import NotAllowed
from ledger.events import ApplicantVerified
from ledger.home import Home
from ledger.http import LEDGER, MATERIALS, QUERIES, actor_of
from ledger.http.parameters import case_id, known_query, query, yes
from ledger.http.reading import record_read
from ledger.ports import Materials
from rest import ZIP, operation, stream
from service.answer_proofs import proof_of
from service.edge import Edge
from service.own_root import own_roots
from service.proving.making import Maker, Opened, signing_evidence
from service.region import Region

routes = web.RouteTableDef()


class Asked(TypedDict, total=False):
    """What is to be in it."""

    materials: Literal["yes", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What makes packages here."""

    maker: Maker
    edge: Edge


EVIDENCE = web.AppKey("evidence", Evidence)


def open_evidence(
    app: web.Application, ledger: Ledger, *, region: Region, home: Home, edge: Edge
) -> None:
    """Let `region` make packages of what its log holds."""
    maker = Maker(
        ledger=ledger,
        region=region.name,
        roots=partial(own_roots, home),
        signer=signing_evidence(region.own),
    )
    app[EVIDENCE] = Evidence(maker=maker, edge=edge)


@routes.get("/v1/cases/{case_id}/evidence")
@operation(query=Asked, answers={200: ZIP})
async def give(request: web.Request) -> web.StreamResponse:
    """Give a case's entries with all that proves them offline, signed by the region."""
    known_query(request, *Asked.__annotations__)
    actor, id = actor_of(request), case_id(request)
    state, entries = await asyncio.to_thread(request.app[QUERIES].replay, id)
    require_reader(actor, state)
    hidden = await asyncio.to_thread(hidden_from, actor, state, request.app[LEDGER].standing)
    whole = query(request, "materials", yes) or False
    if whole and hidden is not None:
        raise NotAllowed("materials are given to those who see this person's data opened")
    opened = Opened()
    if hidden is None:
        own = actor.role in OWN
        opened = await asyncio.to_thread(_opened, request, entries, whole=whole, own=own)
        about, item = entries[0].subject or "", entries[0].item
        await record_read(request, about, "evidence", about=id, purpose=item)
    evidence = request.app[EVIDENCE]
    pieces = evidence.maker.make(id, evidence.edge.clock(), opened)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="evidence-{id}.zip"',
        "Content-Type": ZIP,
    }
    return await stream(request, web.StreamResponse(headers=headers), pieces)


def _opened(
    request: web.Request, entries: Sequence[Entry], *, whole: bool, own: bool
) -> Opened:
    subject = entries[0].subject or ""
    digests = digests_of(entries)
    materials = materials_of(request.app[MATERIALS], subject, digests) if whole else {}
    ledger, answers = request.app[LEDGER], list[bytes]()
    if own:
        for entry in entries:
            if isinstance(entry.event, ApplicantVerified):
                proof = proof_of(ledger, entry.event.verification, subject)
                answers += [] if proof is None else [proof]
    return Opened(digests=digests, materials=materials, answers=answers)


def digests_of(entries: Sequence[Entry]) -> dict[int, dict[str, str]]:
    """Return the digests of what each entry brought, by its version, where they are open."""
    found = {}
    for entry in entries:
        digests = getattr(entry.event, "digests", None)
        if isinstance(digests, Mapping) and digests:
            found[entry.version] = dict(digests)
    return found


def materials_of(
    store: Materials, subject: str, digests: Mapping[int, Mapping[str, str]]
) -> dict[str, Callable[[], Iterator[bytes]]]:
    """Return what reads each material, by its digest; each is known to be there.

    Raises `MaterialNotFound` where one is not.
    """
    wanted = sorted({digest for kinds in digests.values() for digest in kinds.values()})
    for digest in wanted:
        store.describe(subject, digest)
    return {digest: partial(store.read, subject, digest) for digest in wanted}
