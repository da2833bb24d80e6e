"""What `tongban agree` finds: each way in which two sides can differ, by its name."""

import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import web
from msgspec.structs import replace

from cose import Ed25519Signer
from identity.key_set import KeySet, sign_key_set
from ledger.actor import SYSTEM
from ledger.entry import Entry
from ledger.http import LEDGER, log
from ledger.log_events import LogCosigned, LogForked, watched_id
from ledger.message_events import MessageContradicted, contradicted_id
from ledger.region_events import PartnerKeysAccepted
from ledger.region_keys import RegionKeys
from rest import problem_middleware
from service.agreeing import agreement
from service.agreeing_now import compare_shown
from service.partners import Partner
from service.problems import PROBLEMS
from tests.adapters.panprd.letters import GD, GX
from tests.service.posting import Office, offices
from tests.service.running import MORNING, serving, visiting

ROOT = Ed25519Signer(bytes([9]) * 32)


@dataclass(frozen=True)
class Pair:
    """Guangxi has sent Guangdong two messages and looks at what both sides hold."""

    gx: Office
    gd: Office
    partner: Partner

    def found(self):
        return agreement(self.gx.ledger, GX, GD, self.partner)


@asynccontextmanager
async def pair(folder, *, accepted=True):
    async with (
        offices(folder) as made,
        serving(made[GD].app()) as url,
        visiting(url) as http,
    ):
        gd, gx = made[GD], made[GX]
        for text in ("one", "two"):
            gx.owe(GD, text)
        await gx.delivery(GD, url, http).deliver()
        if accepted:
            accept(gx, gd)
        yield Pair(gx, gd, Partner(url=url, root=ROOT.public_key.hex()))


def accept(gx, gd):
    keys = gd.ledger.published.keys
    signed = sign_key_set(
        KeySet(
            issuer=GD,
            serial=1,
            issued_at=MORNING,
            expires_at=MORNING + timedelta(days=90),
            origin=keys.origin,
            records=keys.records,
        ),
        ROOT,
    )
    event = PartnerKeysAccepted(region=GD, root=ROOT.public_key, serial=1, key_set=signed)
    RegionKeys(gx.ledger).accept(event)


def write(ledger, stream, event):
    now = ledger.now()
    entry = Entry(
        stream=stream,
        version=len(ledger.entries(stream, opened=False)) + 1,
        event=event,
        recorded_at=now,
        effective_at=now,
        actor=SYSTEM,
    )
    ledger.record([entry])


def last(ledger, kind):
    return next(e for e in reversed([*ledger.read(0)]) if e.name == kind)


async def test_where_all_agrees_nothing_differs(tmp_path):
    async with pair(tmp_path) as both:
        found = both.found()

        assert found.differences == []
        assert (found.sent, found.acknowledged, found.waiting) == (2, 2, 0)
        assert (found.receipts, found.origin) == (2, "cn-gd.example/log")


async def test_without_a_key_set_no_receipt_can_be_checked(tmp_path):
    async with pair(tmp_path, accepted=False) as both:
        assert both.found().differences == ["no key set of this partner was accepted yet"]


async def test_a_key_set_of_another_root_does_not_count(tmp_path):
    async with pair(tmp_path) as both:
        other = replace(both.partner, root=Ed25519Signer(bytes([8]) * 32).public_key.hex())

        found = agreement(both.gx.ledger, GX, GD, other)

        assert found.differences == ["no key set of this partner was accepted yet"]


async def test_an_acknowledgement_of_another_message_differs(tmp_path):
    async with pair(tmp_path) as both:
        both.gx.owe(GD, "three")
        entry = last(both.gx.ledger, "message.acknowledged.v1")
        wrong = replace(entry.event, sequence=3, digest=secrets.token_bytes(32))
        write(both.gx.ledger, entry.stream, wrong)

        (difference,) = both.found().differences

        assert difference == "message 3 was acknowledged as another one"


async def test_a_receipt_of_another_entry_does_not_hold(tmp_path):
    async with pair(tmp_path) as both:
        both.gx.owe(GD, "three")
        entry = last(both.gx.ledger, "message.acknowledged.v1")
        sent = last(both.gx.ledger, "message.sent.v1").event
        wrong = replace(entry.event, sequence=3, digest=sent.digest, entry_digest=bytes(32))
        write(both.gx.ledger, entry.stream, wrong)

        found = both.found()

        assert found.receipts == 2
        (difference,) = found.differences
        assert difference.startswith("the receipt of message 3 to CN-GD does not hold")


async def test_a_gap_differs(tmp_path):
    async with pair(tmp_path) as both:
        entry = last(both.gx.ledger, "message.acknowledged.v1")
        write(both.gx.ledger, entry.stream, replace(entry.event, sequence=7))

        assert both.found().differences == ["message.acknowledged.v1 3 is missing or another"]


async def test_alarms_of_two_messages_and_of_two_histories_are_differences(tmp_path):
    async with pair(tmp_path) as both:
        twice = MessageContradicted(
            sender=GD,
            sequence=4,
            taken=bytes(32),
            shown=bytes(32),
            entry_digest=bytes(32),
            receipt=b"",
        )
        origin = "cn-gd.example/log"
        fork = LogForked(origin=origin, size=5, seen=b"a", shown=b"b", root=bytes(32), path=())
        write(both.gx.ledger, contradicted_id(GD), twice)
        write(both.gx.ledger, watched_id(origin), fork)

        assert both.found().differences == [
            "two messages of sequence 4 came from CN-GD",
            "its log signed two trees of its first 5 entries; we keep both heads",
        ]


async def test_a_partner_whose_log_cannot_be_read_now_is_named(tmp_path):
    async with pair(tmp_path) as both:
        found = both.found()

        # The office serves messages, and no log.
        keys = both.gx.known.logs[GD]
        await compare_shown(found, keys, both.partner.url, both.gx.ledger)

        assert found.differences == ["its log cannot be read now: ClientResponseError"]


@pytest.mark.parametrize(
    ("more", "forged", "said"),
    [
        (0, False, []),
        (0, True, ["its tree is another than it was at {cosigned} entries"]),
        (1, True, ["it shows {shown} entries and proved {cosigned}"]),
    ],
)
async def test_a_head_that_we_cosigned_has_to_be_in_the_log_that_is_shown(
    tmp_path, more, forged, said
):
    async with pair(tmp_path) as both:
        theirs = both.gd.ledger
        # Beyond every receipt: of what comes here the cosigned head alone tells.
        both.gd.owe(GX, "three")
        shown = theirs.head
        assert shown > max(each.size for each in both.found().proven)
        origin, size = theirs.published.keys.origin, shown + more
        root = bytes(32) if forged else theirs.published.root(size)
        head = LogCosigned(origin=origin, size=size, root=root, note=b"")
        write(both.gx.ledger, watched_id(origin), head)
        found = both.found()

        async with serving(showing(theirs)) as url:
            await compare_shown(found, both.gx.known.logs[GD], url, both.gx.ledger)

        sizes = {"shown": f"{shown:,}", "cosigned": f"{size:,}"}
        assert found.shown == shown
        assert found.differences == [each.format(**sizes) for each in said]


def showing(ledger):
    """What shows a log, and has cosigned no other."""
    app = web.Application(middlewares=[problem_middleware(PROBLEMS)])
    app[LEDGER] = ledger
    app.add_routes(log.routes)
    return app
