"""What partner regions call: our keys, and our answers about our own residents.

A request is consumed and its answer recorded in one transaction, before the
answer leaves; a request seen before is refused, whoever holds it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from aiohttp import web
from msgspec import structs

from cose import KeyRecord
from identity.answering import Answerer, Opened
from identity.claim_values import StatusReference
from identity.claims import Assertion
from identity.errors import IdentityError
from identity.record import Record
from identity.refusals import Refusals
from identity.trust import encode_keys
from identity.verifier import ASSERTION, REQUEST
from rest import accepted, count_address, count_partner, expect_type, operation

KEYS_TYPE = "application/cose-key-set"
SIGNED_KEYS_TYPE = "application/cose"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRegion:
    """We, as partner regions see us."""

    answerer: Answerer
    key_set: Callable[[], tuple[bytes, tuple[KeyRecord, ...]]]
    """Our keys as our root signed them, and what they are."""
    record: Record
    refusals: Refusals
    reference: Callable[[int], StatusReference]
    """Where our status lists tell of the answer that was recorded at a position."""
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = field(repr=False)


HOME_REGION = web.AppKey("home_region", HomeRegion)

keys = web.RouteTableDef()
answers = web.RouteTableDef()


@keys.get("/.well-known/cose-keys")
@operation(answers={200: (KEYS_TYPE, SIGNED_KEYS_TYPE)})
async def show_keys(request: web.Request) -> web.Response:
    """Publish our keys: as our root signed them where that is asked for, else bare."""
    count_address(request)
    signed, records = request.app[HOME_REGION].key_set()
    headers = {"Cache-Control": "public, max-age=300", "Vary": "Accept"}
    wanted = accepted(request.headers.getall("Accept", ()))
    as_signed = wanted.get(SIGNED_KEYS_TYPE, 0.0)
    if as_signed > 0 and as_signed >= wanted.get(KEYS_TYPE, 0.0):
        return web.Response(body=signed, content_type=SIGNED_KEYS_TYPE, headers=headers)
    return web.Response(body=encode_keys(records), content_type=KEYS_TYPE, headers=headers)


@answers.post("/verifications")
@operation(body=REQUEST.typ, answers={200: ASSERTION.typ})
async def answer(request: web.Request) -> web.Response:
    """Answer one signed request about one of our residents, once."""
    count_address(request)
    expect_type(request, REQUEST.typ)
    token = await request.read()
    region = request.app[HOME_REGION]
    now = region.clock()
    try:
        opened = region.answerer.open(token, now=now)
    except IdentityError as error:
        await region.refusals.note(error, partial(count_partner, request))
        raise
    count_partner(request, opened.request.issuer)
    assertion = await region.answerer.look_up(opened, now=now, cti=region.random(16))
    try:
        answer = await _record(region, opened, assertion)
    except region.refusals.replays:
        issuer, digest = opened.request.issuer, opened.digest
        await region.refusals.note_replay(issuer=issuer, typ=REQUEST.typ, digest=digest)
        raise
    return web.Response(body=answer, content_type=ASSERTION.typ)


async def _record(region: HomeRegion, opened: Opened, assertion: Assertion) -> bytes:
    request, result = opened.request, assertion.result

    def sign(position: int) -> bytes:
        status = region.reference(position)
        return region.answerer.sign(structs.replace(assertion, status=status))

    return await region.record.answer(
        UUID(bytes=region.random(16), version=4),
        region=request.issuer,
        purpose=request.purpose,
        case_commitment=request.case_commitment.hex(),
        request_digest=opened.digest.hex(),
        verdict=str(result.verdict),
        answers={name: str(result.answers[name]) for name in request.fields},
        cti=assertion.cti.hex(),
        once=opened.once,
        sign=sign,
    )


routes = [*keys, *answers]
