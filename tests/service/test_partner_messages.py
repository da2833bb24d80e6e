"""The endpoint for partners' messages: each attack by its name, and none leaves a trace."""

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from adapters.panprd.materials import MATERIAL_TYPE, Journey, seal_material
from adapters.panprd.parcels import ACK_BODY, BODY_LIMIT, MESSAGE_BODY, Evidenced
from cose import Ed25519Signer, encode
from ledger.errors import MaterialNotFound
from ledger.message_events import contradicted_id, received_id
from ledger.ports import Awaited, Message
from ledger.transparency import LogKeys
from ledger.verification_events import TokenRefused
from rest import CONCISE, Rate, TooManyRequests
from tests.adapters.panprd.letters import GD, GX, HN, boxing, signing
from tests.service.posting import ABOUT, LONG, offices
from tests.service.running import MORNING, serving, visiting
from tests.service.visitor import PDF, Visitor


@asynccontextmanager
async def guangdong(folder, **options):
    async with (
        offices(folder, GD, GX, HN, **options) as made,
        serving(made[GD].app()) as url,
        visiting(url) as http,
    ):
        yield made[GD], made[GX], made[HN], Visitor(http)


async def post(visitor, body, content_type=MESSAGE_BODY):
    headers = {"Content-Type": content_type, "Accept": f"{ACK_BODY}, {CONCISE}"}
    return await visitor.call("POST", "/partner/messages", data=body, headers=headers)


def bodies(office, to=GD):
    return [
        bytes(Evidenced(token=each.token, entry=each.entry, receipt=each.receipt))
        for each in office.outbox.pending(to)
    ]


async def refused(visitor, body, gd):
    before = gd.ledger.head
    answer = await post(visitor, body)
    assert answer.headers["Content-Type"] == CONCISE
    assert gd.ledger.head == before
    return answer.status, answer.problem


async def test_a_message_is_taken_and_taken_again_it_is_the_same_one(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD)
        (body,) = bodies(gx)

        first, again = await post(visitor, body), await post(visitor, body)

        assert (first.status, again.status) == (200, 200)
        assert first.headers["Content-Type"] == ACK_BODY
        one, two = Evidenced.parse(first.content), Evidenced.parse(again.content)
        assert one.entry == two.entry
        assert len(gd.ledger.entries(received_id(GX))) == 1


async def test_a_message_that_comes_before_another_waits_for_it(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD, "one")
        gx.owe(GD, "two")
        first, second = bodies(gx)

        assert await refused(visitor, second, gd) == (409, "out-of-order")
        assert [(await post(visitor, body)).status for body in (first, second)] == [200, 200]


async def test_two_messages_of_one_sequence_are_an_alarm_that_keeps_both(tmp_path):
    async with guangdong(tmp_path / "real") as (gd, gx, _, visitor):
        gx.owe(GD, "one")
        await post(visitor, bodies(gx)[0])
        taken = gd.ledger.entries(received_id(GX))[0].event.digest
        async with offices(tmp_path / "other", GX) as other:
            # The same region, the same keys, another history.
            twin = other[GX]
            twin.known, twin.signer = gd.known, gx.signer
            twin.owe(GD, "another")
            (body,) = bodies(twin)
            gd.known.logs[GX] = twin.ledger.published.keys

            answers = [await post(visitor, body) for _ in range(2)]

            assert {(a.status, a.problem) for a in answers} == {(409, "contradicted")}
            (alarm,) = gd.ledger.entries(contradicted_id(GX))
            shown = sha256(Evidenced.parse(body).token).digest()
            assert (alarm.event.taken, alarm.event.shown) == (taken, shown)


async def test_a_message_to_or_from_another_region_is_refused(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, hn, visitor):
        gx.owe(HN)
        assert await refused(visitor, bodies(gx, HN)[0], gd) == (400, "token-refused")

        hn.owe(GD)
        gx.owe(GD)
        (body,), (other,) = bodies(gx), bodies(hn)
        mine, theirs = Evidenced.parse(body), Evidenced.parse(other)
        lifted = [
            Evidenced(token=mine.token, entry=theirs.entry, receipt=theirs.receipt),
            Evidenced(token=mine.token, entry=mine.entry, receipt=theirs.receipt),
            Evidenced(token=theirs.token, entry=mine.entry, receipt=mine.receipt),
        ]
        for each in lifted:
            assert await refused(visitor, bytes(each), gd) == (400, "token-refused")


async def test_a_message_that_its_senders_log_does_not_hold_is_refused(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD, "one")
        (body,) = bodies(gx)
        logged = Evidenced.parse(body)
        message = Message(kind="case.progressed", about=ABOUT, content={"text": "unlogged"})
        unlogged = gx.sealer.seal(GD, 1, message, now=MORNING)
        begun = gx.ledger.recorder.select_states(0, limit=1)[0][1]

        for wrong in (
            Evidenced(token=unlogged, entry=logged.entry, receipt=logged.receipt),
            Evidenced(token=logged.token, entry=begun, receipt=gx.ledger.published.receipt(1)),
            Evidenced(token=logged.token, entry=logged.entry, receipt=b""),
            Evidenced(token=logged.token, entry=b"", receipt=logged.receipt),
            Evidenced(
                token=logged.token,
                entry=logged.entry[:-1] + bytes([logged.entry[-1] ^ 1]),
                receipt=logged.receipt,
            ),
        ):
            assert await refused(visitor, bytes(wrong), gd) == (400, "token-refused")
        assert (await post(visitor, body)).status == 200


async def test_a_receipt_under_a_key_that_is_not_the_logs_is_refused(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD)
        (body,) = bodies(gx)
        known = gd.known.logs[GX]

        for wrong in (LogKeys("another.example/log", known.records), gd.known.logs[GD]):
            gd.known.logs[GX] = wrong
            assert await refused(visitor, body, gd) == (400, "token-refused")


async def test_a_message_signed_by_a_key_revoked_before_it_was_logged_is_refused(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD)
        (body,) = bodies(gx)

        for revoked_at, expected in ((MORNING, 400), (MORNING + timedelta(seconds=1), 200)):
            records = [signing(gx.signer, revoked_at=revoked_at, **LONG), boxing(gx.box)]
            gd.known.trust.put(GX, records)
            assert (await post(visitor, body)).status == expected


async def test_a_message_of_a_region_that_is_no_partner_any_more_is_refused(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD)
        (body,) = bodies(gx)
        gd.known.trust.drop(GX)

        assert await refused(visitor, body, gd) == (400, "token-refused")


async def test_a_message_of_a_kind_that_is_not_agreed_is_refused_told_and_counted(tmp_path):
    rate = Rate(per_second=0.5, burst=2)
    async with guangdong(tmp_path, modes=frozenset(), rate=rate) as (gd, gx, _, visitor):
        gx.owe(GD)
        (body,) = bodies(gx)

        answers = [await post(visitor, body) for _ in range(3)]

        told = [(each.status, each.problem) for each in answers]
        assert told == [(403, "not-agreed")] * 2 + [(429, "too-many-requests")]
        events = [entry.event for entry in gd.ledger.read(0)]
        noted = [event for event in events if isinstance(event, TokenRefused)]
        digest = sha256(Evidenced.parse(body).token).hexdigest()
        assert {(each.issuer, each.step, each.digest) for each in noted} == {
            (GX, "agreement", digest)
        }
        assert len(noted) == 2


async def test_what_nobody_here_can_read_any_more_is_taken_and_those_behind_it_come(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD, "sealed to a box that was destroyed")
        gx.owe(GD, "and so is this")
        gd.boxes.clear()

        answers = [await post(visitor, body) for body in bodies(gx)]

        assert [answer.status for answer in answers] == [200, 200]
        taken = [entry.event for entry in gd.ledger.entries(received_id(GX))]
        assert [event.refused for event in taken] == [True, True]
        assert taken[0].reason.startswith("unreadable")
        assert taken[0].token == b""


async def test_what_a_key_that_is_not_here_yet_will_open_waits_for_it(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD, "sealed to a box that another server of this log has")
        (body,) = bodies(gx)
        gd.boxes.clear()
        gd.promised.append(gd.box.kid)
        assert await refused(visitor, body, gd) == (400, "token-refused")

        gd.boxes.append(gd.box)

        assert (await post(visitor, body)).status == 200
        [entry] = gd.ledger.entries(received_id(GX))
        assert not entry.event.reason.startswith("unreadable: it does not open")


async def test_a_message_of_a_kind_that_is_not_known_here_is_taken_and_refused(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD, kind="case.audited")
        gx.owe(GD)

        assert [(await post(visitor, body)).status for body in bodies(gx)] == [200, 200]
        [unknown, _] = gd.ledger.entries(received_id(GX))
        assert unknown.event.reason.startswith(
            "unreadable: messages of the kind 'case.audited'"
        )


async def test_a_message_from_a_clock_that_runs_ahead_is_taken_once_ours_is_there(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.clock.now += timedelta(minutes=10)
        gx.owe(GD)
        (body,) = bodies(gx)

        assert await refused(visitor, body, gd) == (400, "token-refused")
        gd.clock.now += timedelta(minutes=10)
        assert (await post(visitor, body)).status == 200


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", MESSAGE_BODY, (400, "token-refused")),
        (b"\x83\x40\x40\x40", MESSAGE_BODY, (400, "token-refused")),
        (encode([b"\xd2" * 9, b"", b""]), MESSAGE_BODY, (400, "token-refused")),
        (bytes(BODY_LIMIT + 1), MESSAGE_BODY, (413, "about:blank")),
        (b"{}", "application/json", (415, "about:blank")),
    ],
)
async def test_what_is_no_message_is_refused_in_cbor(tmp_path, body, content_type, expected):
    async with guangdong(tmp_path) as (gd, _, _, visitor):
        answer = await post(visitor, body, content_type)

        assert (answer.status, answer.problem) == expected
        assert gd.names() == []


async def test_a_partner_that_posts_too_often_is_held_and_no_other(tmp_path):
    rate = Rate(per_second=0.5, burst=2)
    async with guangdong(tmp_path, rate=rate) as (gd, gx, hn, visitor):
        gx.owe(GD)
        hn.owe(GD)
        (body,), (other,) = bodies(gx), bodies(hn)
        forged = Ed25519Signer(bytes(32)).sign(body)

        assert (await post(visitor, forged)).status == 400
        answers = [await post(visitor, body) for _ in range(3)]

        assert [answer.status for answer in answers] == [200, 200, 429]
        assert answers[-1].problem == "too-many-requests"
        assert answers[-1].headers["Retry-After"] == "2"
        assert (await post(visitor, other)).status == 200
        gd.clock.now += timedelta(seconds=2)
        assert (await post(visitor, body)).status == 200


async def test_a_material_nobody_named_is_not_taken(tmp_path):
    async with guangdong(tmp_path) as (gd, gx, _, visitor):
        gx.owe(GD)
        (body,) = bodies(gx)
        await post(visitor, body)
        message, digest = sha256(Evidenced.parse(body).token), sha256(PDF).hexdigest()
        sealed = b"".join(
            seal_material(
                Journey(issuer=GX, message=message.digest(), digest=digest),
                [PDF],
                boxing(gd.box),
                lambda n: bytes(n),
            )
        )
        for path in (
            f"/partner/messages/{message.hexdigest()}/materials/{digest}",
            f"/partner/messages/{'ab' * 32}/materials/{digest}",
        ):
            headers = {"Content-Type": MATERIAL_TYPE, "Accept": CONCISE}
            answer = await visitor.call("PUT", path, data=sealed, headers=headers)
            assert (answer.status, answer.problem) == (404, "material-not-found")


@pytest.mark.parametrize("digest", ["x", "AB" * 32, "ab" * 31, "٣" * 64])
async def test_a_digest_is_told_in_one_way(tmp_path, digest):
    async with guangdong(tmp_path) as (_, _, _, visitor):
        path = f"/partner/messages/{'ab' * 32}/materials/{digest}"
        headers = {"Content-Type": MATERIAL_TYPE}
        answer = await visitor.call("PUT", path, data=b"", headers=headers)

        assert (answer.status, answer.problem) == (400, "bad-request")


class AwaitingInbox:
    """An inbox that took a message which named one material of one person."""

    def __init__(self, message, digest):
        self._message = message
        self._awaited = Awaited(subject="subject:made-up", materials=frozenset({digest}))

    def take(self, received):
        raise NotImplementedError

    def awaited(self, region, digest):
        return self._awaited if (region, digest) == (GX, self._message) else None


@asynccontextmanager
async def awaiting(folder, content, **options):
    message, digest = b"m" * 32, sha256(content).hexdigest()
    async with offices(folder, GD, GX, **options) as made:
        gd = made[GD]
        gd.exchange = replace(gd.exchange, inbox=AwaitingInbox(message, digest))
        async with serving(gd.app()) as url, visiting(url) as http:

            async def put(sent, by=GX, named=digest, to=gd.box, at=digest, sent_as=bytes):
                journey = Journey(issuer=by, message=message, digest=named)
                key = to.record(**LONG)
                pieces = [*seal_material(journey, [sent], key, secrets.token_bytes)]
                path = f"/partner/messages/{message.hex()}/materials/{at}"
                headers = {"Content-Type": MATERIAL_TYPE, "Accept": CONCISE}
                return await Visitor(http).call(
                    "PUT", path, data=sent_as(b"".join(pieces)), headers=headers
                )

            yield gd, made[GX], digest, put


LARGE = PDF + bytes(600_000)


async def test_a_material_that_was_named_is_kept_and_again_changes_nothing(tmp_path):
    async with awaiting(tmp_path, LARGE) as (gd, _, digest, put):
        assert [(await put(LARGE)).status for _ in range(2)] == [204, 204]

        kept = b"".join(gd.materials.read("subject:made-up", digest))
        assert kept == LARGE


async def test_a_material_that_is_another_or_sealed_for_another_is_not_kept(tmp_path):
    async with awaiting(tmp_path, PDF) as (gd, gx, digest, put):
        answers = [
            await put(PDF + b" "),
            await put(PDF, by=HN),
            await put(PDF, named="ab" * 32),
            await put(PDF, to=gx.box),
        ]

        assert [(each.status, each.problem) for each in answers] == [
            (422, "material-refused"),
            (400, "token-refused"),
            (400, "token-refused"),
            (400, "token-refused"),
        ]
        with pytest.raises(MaterialNotFound):
            gd.materials.describe("subject:made-up", digest)


async def test_beside_what_a_message_named_nothing_is_taken(tmp_path):
    other = sha256(LARGE).hexdigest()
    async with awaiting(tmp_path, PDF) as (gd, _, _, put):
        answer = await put(LARGE, named=other, at=other)

        assert (answer.status, answer.problem) == (404, "material-not-found")
        with pytest.raises(MaterialNotFound):
            gd.materials.describe("subject:made-up", other)


async def test_materials_count_for_the_partner_and_what_a_stranger_seals_does_not(tmp_path):
    rate = Rate(per_second=0.5, burst=2)
    async with awaiting(tmp_path, PDF, rate=rate) as (_, gx, _, put):
        strangers = [(await put(PDF, to=gx.box)).status for _ in range(3)]
        answers = [await put(PDF) for _ in range(3)]

        assert strangers == [400, 400, 400]
        assert [answer.status for answer in answers] == [204, 204, 429]
        assert answers[-1].problem == "too-many-requests"


async def test_an_address_that_puts_too_often_is_held_before_a_material_is_looked_at(tmp_path):
    rate = Rate(per_second=0.5, burst=2)
    async with awaiting(tmp_path, PDF, address_rate=rate) as (gd, gx, _, put):
        strangers = [await put(PDF, to=gx.box) for _ in range(3)]

        assert [answer.status for answer in strangers] == [400, 400, 429]
        assert strangers[-1].problem == "too-many-requests"
        assert strangers[-1].headers["Retry-After"] == "2"
        assert (await put(PDF)).status == 429
        gd.clock.now += timedelta(seconds=2)
        assert (await put(PDF)).status == 204


async def test_materials_that_stand_still_take_no_more_places_than_are_their_partners(tmp_path):
    async with awaiting(tmp_path, LARGE, at_once=1) as (gd, _, _, put):
        go_on = asyncio.Event()

        async def standing_still(sealed):
            yield sealed[:200_000]
            await go_on.wait()
            yield sealed[200_000:]

        first = asyncio.create_task(put(LARGE, sent_as=standing_still))
        await all_held(gd.under_way)
        beside = await put(LARGE)
        go_on.set()

        assert (beside.status, beside.problem) == (429, "too-many-requests")
        assert (await first).status == 204
        assert (await put(LARGE)).status == 204


async def all_held(under_way):
    """Wait until Guangxi has as much under way as it may."""
    async with asyncio.timeout(10):
        while True:
            try:
                under_way.begin(f"partner {GX}")
            except TooManyRequests:
                return
            under_way.end(f"partner {GX}")
            await asyncio.sleep(0.01)
