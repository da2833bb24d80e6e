"""Messages between two regions over real HTTP: nothing lost, doubled or out of order."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from hashlib import sha256

import pytest
from aiohttp import ClientSession, web

from adapters.panprd.acks import read_ack, write_ack
from adapters.panprd.courier import Courier
from adapters.panprd.parcels import BODY_LIMIT, Evidenced
from cose import decode, encode
from identity.errors import IdentityError, ProviderUnavailable, TokenRefused
from ledger.actor import SYSTEM
from ledger.consent import naming
from ledger.consent_commands import WithdrawConsent
from ledger.consents import Consents
from ledger.handover_events import ResultFollowed
from ledger.message_events import acknowledged_id, received_id, sent_id
from ledger.streams import entry_now
from ledger.transparency import verify_leaf_receipt
from service.delivery import pause
from tests.adapters.panprd.letters import GD, GX
from tests.ledger.cases import APPLICANT
from tests.ledger.consenting import agree
from tests.service.posting import ABOUT, SUBJECT, offices
from tests.service.proxy import FAULTS, proxied
from tests.service.running import serving, visiting
from tests.service.visitor import PDF


@asynccontextmanager
async def posting(folder, **options):
    """Guangxi posts to Guangdong through a network that can fail."""
    async with (
        offices(folder, **options) as made,
        serving(made[GD].app()) as url,
        proxied(url) as network,
        visiting(url) as http,
    ):
        yield made[GD], made[GX], network, http


def events(office, stream):
    return [entry.event for entry in office.ledger.entries(stream)]


def agreed(gd, gx):
    """What both logs say: the messages sent, received and acknowledged, by digest."""
    sent = [event.digest for event in events(gx, sent_id(GD))]
    received = [event.digest for event in events(gd, received_id(GX))]
    acknowledged = [event.digest for event in events(gx, acknowledged_id(GD))]
    return sent, received, acknowledged


async def test_messages_arrive_in_order_and_each_log_holds_the_others_receipt(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        for number in range(3):
            gx.owe(GD, f"text {number}")

        assert await gx.delivery(GD, network.url, http).deliver() == 3

        sent, received, acknowledged = agreed(gd, gx)
        assert sent == received == acknowledged
        for event in events(gd, received_id(GX)):
            keys = gd.known.logs[GX]
            verify_leaf_receipt(event.receipt, event.entry_digest, sent_id(GD), keys)
        for event in events(gx, acknowledged_id(GD)):
            keys = gx.known.logs[GD]
            verify_leaf_receipt(event.receipt, event.entry_digest, received_id(GX), keys)


async def test_more_than_one_batch_is_delivered(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        for number in range(70):
            gx.owe(GD, f"text {number}")

        assert await gx.delivery(GD, network.url, http).deliver() == 70
        assert await gx.delivery(GD, network.url, http).deliver() == 0
        assert len(agreed(gd, gx)[1]) == 70


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_the_network_does_all_arrives_once_and_in_order(tmp_path, fault):
    async with posting(tmp_path) as (gd, gx, network, http):
        network.delay = 0.001
        for number in range(3):
            gx.owe(GD, f"text {number}")
        delivery = gx.delivery(GD, network.url, http, seconds=0.5)

        network.fault = fault
        with suppress(IdentityError):
            await delivery.deliver()
        network.fault = None
        await delivered(delivery)

        sent, received, acknowledged = agreed(gd, gx)
        assert sent == received == acknowledged
        assert len(sent) == 3


async def test_an_answer_that_came_too_late_is_the_same_the_next_time(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        gx.owe(GD)
        delivery = gx.delivery(GD, network.url, http, seconds=0.3)

        network.fault = "late"
        with pytest.raises(ProviderUnavailable):
            await delivery.deliver()
        assert gd.names() == ["message.received.v1"]
        network.fault = None
        await delivered(delivery)

        (acknowledged,) = events(gx, acknowledged_id(GD))
        (received,) = gd.ledger.entries(received_id(GX))
        assert acknowledged.position == received.position


async def test_a_partner_that_was_away_for_days_gets_all_of_it(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        network.fault = "cut"
        delivery = gx.delivery(GD, network.url, http)
        for day in range(5):
            gx.owe(GD, f"day {day}")
            with pytest.raises(ProviderUnavailable):
                await delivery.deliver()
            for each in (gd, gx):
                each.clock.now = each.clock.now.replace(day=each.clock.now.day + 1)

        network.fault = None
        await delivered(delivery)
        assert len(agreed(gd, gx)[2]) == 5
        assert agreed(gd, gx)[0] == agreed(gd, gx)[1]


async def test_the_loop_delivers_what_is_new_and_outlives_a_partner_that_is_away(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        network.fault = "cut"
        urls = {GD: network.url}
        deliveries = gx.deliveries(urls, http)
        running = asyncio.create_task(deliveries.run())
        gx.owe(GD, "one")
        await until(lambda: GD in deliveries.current and deliveries.current[GD].failures)
        delivery = deliveries.current[GD]
        assert delivery.trouble == "ProviderUnavailable"

        network.fault = None
        await until(lambda: len(agreed(gd, gx)[2]) == 1)
        gx.owe(GD, "two")
        await until(lambda: len(agreed(gd, gx)[2]) == 2)
        assert (delivery.failures, delivery.trouble) == (0, None)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_one_partner_that_hangs_holds_no_other_up(tmp_path):
    async with (
        offices(tmp_path, GD, GX, "CN-HN") as made,
        serving(made[GD].app()) as url,
        serving(made["CN-HN"].app()) as hunan,
        proxied(hunan) as network,
        visiting(url) as http,
    ):
        gx = made[GX]
        network.fault = "late"
        gx.owe("CN-HN")
        gx.owe(GD)
        deliveries = gx.deliveries({"CN-HN": network.url, GD: url}, http)
        running = asyncio.create_task(deliveries.run())

        await until(lambda: events(gx, acknowledged_id(GD)), seconds=4)
        assert not events(gx, acknowledged_id("CN-HN"))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_partner_that_moved_is_found_and_one_that_left_is_sent_nothing(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        urls = {GD: "http://127.0.0.1:9"}
        deliveries = gx.deliveries(urls, http)
        running = asyncio.create_task(deliveries.run())
        gx.owe(GD, "one")
        await until(lambda: GD in deliveries.current and deliveries.current[GD].failures)

        urls[GD] = network.url
        await until(lambda: len(agreed(gd, gx)[2]) == 1)

        urls.clear()
        await until(lambda: not deliveries.current)
        gx.owe(GD, "two")
        await asyncio.sleep(0.1)
        assert len(agreed(gd, gx)[1]) == 1
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_two_servers_of_one_log_that_deliver_at_once_change_nothing(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        for number in range(4):
            gx.owe(GD, f"text {number}")
        servers = [gx.delivery(GD, network.url, http) for _ in range(3)]

        await asyncio.gather(*(each.deliver() for each in servers), return_exceptions=True)
        await servers[0].deliver()

        sent, received, acknowledged = agreed(gd, gx)
        assert sent == received == acknowledged


async def test_a_material_that_is_not_awaited_holds_nothing_up(tmp_path):
    digest = sha256(PDF).hexdigest()
    async with posting(tmp_path) as (gd, gx, network, http):
        await gx.materials.put(SUBJECT, chunks(PDF), digest=digest)
        # Nobody there knows whom it is about, so the message is refused, and what it names.
        gx.owe(GD, materials=(digest, "ab" * 32))

        assert await gx.delivery(GD, network.url, http).deliver() == 1

        assert [event.refused for event in events(gd, received_id(GX))] == [True]
        assert len(events(gx, acknowledged_id(GD))) == 1


class Carrying(Courier):
    """Carries no material, and keeps which it was to carry."""

    carried: tuple[str, ...] = ()

    async def send_material(self, *material):
        _, digest, _ = material
        self.carried += (digest,)


async def test_materials_are_held_back_whose_consent_was_withdrawn_since(tmp_path, caplog):
    first, second = PDF, PDF + b"%another"
    async with posting(tmp_path) as (gd, gx, network, http):
        digests = [sha256(each).hexdigest() for each in (first, second)]
        for content, digest in zip((first, second), digests, strict=True):
            await gx.materials.put(SUBJECT, chunks(content), digest=digest)
        person = replace(APPLICANT, id=SUBJECT, principal=SUBJECT)
        consent = agree(gx.ledger, person, GD)
        cause = resting_on(gx.ledger, consent)
        delivery = gx.delivery(GD, network.url, http)
        delivery.courier = courier = Carrying(network.url, http)

        gx.owe(GD, materials=(digests[0],), cause=cause)
        await delivery.deliver()
        gx.owe(GD, materials=(digests[1],), cause=cause)
        Consents(gx.ledger).give(WithdrawConsent(consent=consent.id), person)
        await delivery.deliver()

        assert courier.carried == (digests[0],)
        sent, received, acknowledged = agreed(gd, gx)
        assert sent == received == acknowledged
        assert len(sent) == 2
        assert "its consent was withdrawn" in caplog.text


def resting_on(ledger, consent):
    """Record a step of a case that names `consent`, and return where it is."""
    event = ResultFollowed(sender=GD, handover=ABOUT, item="gd.made-up")
    law = naming("PIPL art. 13(1)(1)", consent.id)
    entry = entry_now(ledger, ABOUT, 1, event, SYSTEM, subject=SUBJECT, legal_basis=law)
    ledger.record([entry])
    return ledger.head


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "application/pprd-ack+cbor", b""),
        (200, "application/pprd-ack+cbor", bytes(10)),
        (200, "application/pprd-ack+cbor", bytes(200_000)),
        (200, "text/html", b"<h1>Welcome"),
        (302, "text/html", b""),
        (500, "text/plain", b"oops"),
        (404, "application/concise-problem-details+cbor", b"\xff"),
    ],
)
async def test_an_answer_that_is_none_is_not_taken_for_one(
    tmp_path, status, content_type, body
):
    async def answer(_request):
        headers = {"Content-Type": content_type, "Location": "/elsewhere"}
        return web.Response(status=status, body=body, headers=headers)

    app = web.Application()
    app.router.add_post("/partner/messages", answer)
    async with offices(tmp_path) as made, serving(app) as url, ClientSession() as http:
        gx = made[GX]
        gx.owe(GD)

        with pytest.raises(IdentityError):
            await gx.delivery(GD, url, http).deliver()

        assert gx.names() == ["message.sent.v1"]


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("/problems/out-of-order", "out-of-order"),
        ("about:blank", "unreadable"),
        ("/problems/CHAN Tai Man\x1b[31m", "unreadable"),
        ("x" * 200, "unreadable"),
        (7, "unreadable"),
    ],
)
async def test_of_a_refusal_only_the_name_of_its_problem_is_told(
    tmp_path, caplog, kind, problem
):
    async def refuse(_request):
        body = encode({-1: "No", -2: "CHAN Tai Man", 7807: {0: kind, 1: 409}})
        headers = {"Content-Type": "application/concise-problem-details+cbor"}
        return web.Response(status=409, body=body, headers=headers)

    app = web.Application()
    app.router.add_post("/partner/messages", refuse)
    async with offices(tmp_path) as made, serving(app) as url, ClientSession() as http:
        deliveries = made[GX].deliveries({GD: url}, http)
        running = asyncio.create_task(deliveries.run())
        made[GX].owe(GD)
        await until(lambda: GD in deliveries.current and deliveries.current[GD].trouble)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert deliveries.current[GD].trouble == problem
    assert "CHAN" not in caplog.text


async def test_an_acknowledgement_of_another_message_or_entry_is_refused(tmp_path):
    async with posting(tmp_path) as (gd, gx, network, http):
        gx.owe(GD, "one")
        gx.owe(GD, "two")
        delivery = gx.delivery(GD, network.url, http)
        first, second = gx.outbox.pending(GD)
        answers = [gd_takes(gd, each) for each in (first, second)]
        read = delivery.post.acknowledgements.read

        assert read(answers[0], GD, first).digest == sha256(first.token).digest()
        with pytest.raises(TokenRefused, match="another message"):
            read(answers[1], GD, first)
        with pytest.raises(TokenRefused, match="another message"):
            read(answers[0], GX, first)
        one, two = (decode(answer, limit=BODY_LIMIT) for answer in answers)
        other_entry, other_receipt = [one[0], *two[1:]], [*one[:2], two[2]]
        ack = read_ack(one[0], gx.known.trust, GX, now=gx.clock.now)
        other_leaf = [write_ack(gd.signer, replace(ack, entry=bytes(32))), *one[1:]]
        for mixed in (other_entry, other_receipt, other_leaf):
            with pytest.raises(TokenRefused, match=r"entry|evidence"):
                read(encode(mixed), GD, first)


@pytest.mark.parametrize("failures", [1, 2, 5, 10, 100])
def test_the_pause_grows_with_failures_and_never_beyond_five_minutes(failures):
    least, most = pause(failures, lambda n: bytes(n)), pause(failures, lambda n: b"\xff" * n)

    expected = min(0.5 * 2 ** (failures - 1), 300)
    assert least == expected / 2
    assert least < most <= expected


async def delivered(delivery):
    """Deliver all, over whatever connections the healed network still closes."""
    for _ in range(5):
        with suppress(ProviderUnavailable):
            return await delivery.deliver()
    return await delivery.deliver()


async def until(holds, seconds=10):
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


async def chunks(*content):
    for each in content:
        yield each


def gd_takes(gd, parcel):
    body = Evidenced(token=parcel.token, entry=parcel.entry, receipt=parcel.receipt)
    return gd.exchange.take(gd.exchange.read(bytes(body)))
