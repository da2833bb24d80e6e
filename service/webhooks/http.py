"""Subscriptions over HTTP: begun, confirmed by whoever answers there, looked at, ended.

A subscription is its subscriber's alone; others' are answered like none. The secret is
shown when it is made and never again.
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid5

import msgspec
from aiohttp import web

from ledger.entry import EVENT_TYPES
from ledger.errors import CommandRejected
from ledger.http import RANDOM, actor_of
from ledger.http.parameters import command_id, known_query
from ledger.http.views import Nothing
from ledger.subscription import OVERLAP, Status, Subscription, Wanted
from ledger.subscription_events import (
    RedeliveryAsked,
    SubscriptionEnded,
    SubscriptionSecretRenewed,
)
from rest import BadRequest, json_body, json_response, path_id
from rest.operation import operation
from service.staff_keys import key_of
from service.webhooks.addresses import check_endpoint
from service.webhooks.answers import (
    AskedAgain,
    Begun,
    DeadLetters,
    Renewed,
    ShownSubscription,
    Subscribed,
    shown_subscription,
)
from service.webhooks.courier import answered
from service.webhooks.dispatch import WEBHOOKS, Webhooks
from service.webhooks.errors import EndpointRefused
from service.webhooks.message import challenge

_IDS = UUID("5a2a3b0e-3c6a-4f6e-9b7a-8f1f0c9d7e21")

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2048)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)]
Cases = Annotated[tuple[UUID, ...], msgspec.Meta(max_length=50)]
Positions = Annotated[
    tuple[Annotated[int, msgspec.Meta(ge=1)], ...], msgspec.Meta(max_length=1000)
]

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Where to send what; what is left out does not narrow it."""

    endpoint: Text
    kinds: Names = ()
    items: Names = ()
    cases: Cases = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeliver:
    """Which dead letters to send again; all of them, if none is named."""

    positions: Positions = ()


@routes.post("/v1/subscriptions")
@operation(body=Subscribe, answers={201: Begun})
async def subscribe(request: web.Request) -> web.Response:
    """Begin a subscription; nothing is sent before whoever answers there confirmed it."""
    actor, webhooks = actor_of(request), request.app[WEBHOOKS]
    body = await json_body(request, Subscribe)
    unknown = sorted(set(body.kinds) - EVENT_TYPES.keys())
    if unknown:
        raise BadRequest(
            f"there is no event {unknown[0][:64]!r}; `events` of /v1/words has those of cases",
            field="kinds",
        )
    wanted = Wanted(
        kinds=frozenset(body.kinds), items=frozenset(body.items), cases=frozenset(body.cases)
    )
    endpoint = check_endpoint(body.endpoint, webhooks.office.networks)
    id = uuid5(_IDS, command_id(request, actor).hex)
    begin = webhooks.office.subscriptions.begin
    key = key_of(request)
    made = await asyncio.to_thread(begin, actor, id, wanted, endpoint, key=key)
    secret = webhooks.office.signing.secret_of(id, made.generation)
    shown = {**await asyncio.to_thread(shown_subscription, webhooks, made), "secret": secret}
    return json_response(shown, status=201, Location=f"/v1/subscriptions/{id}")


@routes.get("/v1/subscriptions")
@operation(answers={200: Subscribed})
async def list_subscriptions(request: web.Request) -> web.Response:
    """List one's subscriptions."""
    actor, webhooks = actor_of(request), request.app[WEBHOOKS]
    known_query(request)
    found = await asyncio.to_thread(webhooks.office.subscriptions.of, actor)
    shown = [await asyncio.to_thread(shown_subscription, webhooks, each) for each in found]
    return json_response({"subscriptions": shown})


@routes.get("/v1/subscriptions/{id}")
@operation(answers={200: ShownSubscription})
async def show_subscription(request: web.Request) -> web.Response:
    """Show a subscription, and how its deliveries fare."""
    known_query(request)
    found = await _found(request)
    return json_response(
        await asyncio.to_thread(shown_subscription, request.app[WEBHOOKS], found)
    )


@routes.delete("/v1/subscriptions/{id}")
@operation(answers={204: None})
async def end_subscription(request: web.Request) -> web.Response:
    """End a subscription; what waits is not sent any more."""
    found, webhooks = await _found(request), request.app[WEBHOOKS]
    event = SubscriptionEnded(subscription=found.id)
    await asyncio.to_thread(
        webhooks.office.subscriptions.record, found, event, actor_of(request)
    )
    webhooks.news.set()
    return web.Response(status=204)


@routes.post("/v1/subscriptions/{id}/confirmation")
@operation(body=Nothing, answers={200: ShownSubscription})
async def confirm_subscription(request: web.Request) -> web.Response:
    """Challenge whoever answers at the endpoint, and send from now on; also after a pause.

    Asked with another key than before, it rests on that one from then on.
    """
    await json_body(request, Nothing)
    found, webhooks = await _found(request), request.app[WEBHOOKS]
    key = key_of(request)
    if found.status is not Status.ACTIVE or found.key != key:
        await _challenge(webhooks, found, request.app[RANDOM](16).hex())
        confirm = webhooks.office.subscriptions.confirm
        found = await asyncio.to_thread(confirm, found, actor_of(request), key=key)
        webhooks.news.set()
    return json_response(await asyncio.to_thread(shown_subscription, webhooks, found))


@routes.post("/v1/subscriptions/{id}/secrets")
@operation(body=Nothing, answers={201: Renewed})
async def renew_secret(request: web.Request) -> web.Response:
    """Make a new secret; for a day it is signed with the one before it, too."""
    await json_body(request, Nothing)
    found, webhooks = await _found(request), request.app[WEBHOOKS]
    office = webhooks.office
    if len(found.generations(office.clock())) > 1:
        raise CommandRejected("the secret was renewed within the last day")
    event = SubscriptionSecretRenewed(subscription=found.id, generation=found.generation + 1)
    record = office.subscriptions.record
    renewed = await asyncio.to_thread(record, found, event, actor_of(request))
    secret = office.signing.secret_of(found.id, renewed.generation)
    old_until = (renewed.renewed_at or office.clock()) + OVERLAP
    return json_response({"secret": secret, "old_until": old_until}, status=201)


@routes.get("/v1/subscriptions/{id}/dead-letters")
@operation(answers={200: DeadLetters})
async def list_dead_letters(request: web.Request) -> web.Response:
    """List what was given up: which entries, why, and whether they are sent again."""
    known_query(request)
    found = await _found(request)
    letters = [letter for _, letter in sorted(found.given_up.items())]
    return json_response({"dead_letters": letters})


@routes.post("/v1/subscriptions/{id}/redeliveries")
@operation(body=Redeliver, answers={202: AskedAgain})
async def redeliver(request: web.Request) -> web.Response:
    """Send dead letters again."""
    body = await json_body(request, Redeliver)
    found, webhooks = await _found(request), request.app[WEBHOOKS]
    unknown = set(body.positions) - found.given_up.keys()
    if unknown:
        raise BadRequest("there is no such dead letter", field="positions")
    positions = sorted(body.positions or found.given_up)
    if any(not found.given_up[position].asked_again for position in positions):
        event = RedeliveryAsked(subscription=found.id, positions=tuple(positions))
        record = webhooks.office.subscriptions.record
        await asyncio.to_thread(record, found, event, actor_of(request))
        webhooks.news.set()
    return json_response({"positions": positions}, status=202)


async def _found(request: web.Request) -> Subscription:
    id = path_id(request, "id", "a subscription")
    one_of = request.app[WEBHOOKS].office.subscriptions.one_of
    return await asyncio.to_thread(one_of, actor_of(request), id)


async def _challenge(webhooks: Webhooks, found: Subscription, text: str) -> None:
    """Raise `EndpointRefused` unless whoever answers there has the secret."""
    office, now = webhooks.office, webhooks.office.clock()
    endpoint = await asyncio.to_thread(office.subscriptions.endpoint, found)
    body, generations = challenge(text, office.source), found.generations(now)
    headers = office.signing.headers(
        text, now, body, subscription=found.id, generations=generations
    )
    post = office.courier.post
    attempt = await post(endpoint or "", body, headers, whom=found.whom, answer=True)
    if attempt.reason is not None:
        raise EndpointRefused(f"it did not take the challenge: {attempt.reason}")
    right = {office.signing.answer_to(text, found.id, each) for each in generations}
    if answered(attempt) not in right:
        raise EndpointRefused("it did not answer the challenge with the secret")
