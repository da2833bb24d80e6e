"""What a partner's log holds of a message is believed for one stream and one place in it."""

import pytest

from adapters.panprd.parcels import Evidenced
from identity.errors import TokenRefused
from ledger.actor import SYSTEM
from ledger.entry import Entry
from ledger.message_events import MessageReceived, MessageSent, received_id, sent_id
from service.evidence import check_received, logged_as_sent
from tests.adapters.panprd.letters import GD, GX, HN
from tests.service.posting import ABOUT, offices

DIGEST = bytes(range(32))
SENT = MessageSent(
    to=GD,
    sequence=1,
    kind="case.progressed",
    about=ABOUT,
    cause=1,
    digest=DIGEST,
    token=b"a token",
    materials=(),
)
RECEIVED = MessageReceived(
    sender=GD,
    sequence=1,
    kind="case.progressed",
    about=ABOUT,
    digest=DIGEST,
    refused=False,
    entry_digest=bytes(32),
    receipt=b"a receipt",
    token=b"a token",
    materials=(),
    reason="",
)


@pytest.fixture
async def guangxi(tmp_path):
    """A region that writes whatever it likes into its own log, and has it proven."""
    async with offices(tmp_path, GX) as made:
        yield made[GX]


def logged(office, event, stream, version):
    """Record `event` where it is said to be, and return what proves it."""
    ledger, now = office.ledger, office.clock()
    entry = Entry(
        stream=stream,
        version=version,
        event=event,
        recorded_at=now,
        effective_at=now,
        actor=SYSTEM,
        subject="subject:made-up",
    )
    ledger.write(lambda draft: draft.add([entry], []))
    position = ledger.head
    [(_, state)] = ledger.recorder.select_states(position - 1, limit=1)
    return Evidenced(token=b"", entry=state, receipt=ledger.published.receipt(position))


def sent(office, evidenced):
    keys, codec = office.known.logs[GX], office.ledger.codec
    return logged_as_sent(evidenced, keys, codec, to=GD, sequence=1, digest=DIGEST)


def received(office, evidenced):
    keys, codec = office.known.logs[GX], office.ledger.codec
    check_received(evidenced, keys, codec, sender=GD, sequence=1, digest=DIGEST)


async def test_what_stands_in_its_place_is_believed(guangxi):
    assert sent(guangxi, logged(guangxi, SENT, sent_id(GD), 1)) == guangxi.clock.now
    received(guangxi, logged(guangxi, RECEIVED, received_id(GD), 1))


async def test_a_message_that_was_logged_beside_its_stream_was_not_sent(guangxi):
    elsewhere = logged(guangxi, SENT, sent_id(HN), 1)
    logged(guangxi, SENT, sent_id(GD), 1)
    again = logged(guangxi, SENT, sent_id(GD), 2)

    for wrong in (elsewhere, again):
        with pytest.raises(TokenRefused, match="another message"):
            sent(guangxi, wrong)


async def test_a_message_that_was_logged_beside_its_stream_was_not_received(guangxi):
    elsewhere = logged(guangxi, RECEIVED, received_id(HN), 1)
    logged(guangxi, RECEIVED, received_id(GD), 1)
    again = logged(guangxi, RECEIVED, received_id(GD), 2)

    for wrong in (elsewhere, again):
        with pytest.raises(TokenRefused, match="another message"):
            received(guangxi, wrong)
