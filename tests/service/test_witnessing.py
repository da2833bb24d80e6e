"""Two services witness each other over HTTP, and neither cosigns a fork."""

from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cose import Ed25519Signer
from ledger.log_events import LogCosigned, LogForked, watched_id
from ledger.transparency import (
    LOG,
    WITNESS,
    AddCheckpoint,
    Checkpoint,
    Note,
    NoteKey,
    NoteSignature,
    TileNodes,
    consistency_path,
    cosign,
    leaf_hash,
    open_checkpoint,
    root_at,
    sign_checkpoint,
    verify_bundle,
    verify_consistency,
)
from ledger.transparency.witness import HEAD_LIMIT
from service.cosigning import Cosigning, Neighbour
from tests.service.running import MORNING, running

OTHER = "other.example/log"
SIGNER = Ed25519Signer(bytes([7]) * 32)
OTHER_KEY = NoteKey(OTHER, LOG, SIGNER.public_key)
WITNESS_OF_OURS = Ed25519Signer(bytes([8]) * 32)
WATCHED = {OTHER: (OTHER_KEY,)}


@pytest.fixture
async def witness(tmp_path):
    async with running(tmp_path / "witness", watched=WATCHED) as service:
        yield service


def head(size, root):
    return sign_checkpoint(Checkpoint(OTHER, size, root * 32), SIGNER)


def asked(old, note, path=()):
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    return bytes(AddCheckpoint(old_size=old, path=path, note=note, checkpoint=checkpoint))


async def keys_of(service):
    answer = await service.anyone.get("/log/keys")
    return [NoteKey.parse(line) for line in answer.content.decode().splitlines()]


async def ask(service, body):
    async with service.http.post("/add-checkpoint", data=body) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_a_first_checkpoint_is_cosigned_and_kept_as_an_entry(witness):
    note = head(5, b"a")

    status, _, line = await ask(witness, asked(0, note))

    keys = await keys_of(witness)
    (own,) = [key for key in keys if key.kind == WITNESS]
    signed = open_checkpoint(note + line, [OTHER_KEY], [own])
    assert status == 200
    assert [*signed.cosigned] == [own]
    (entry,) = witness.ledger.entries(watched_id(OTHER))
    assert entry.event == LogCosigned(origin=OTHER, size=5, root=b"a" * 32, note=note)


async def test_a_wrong_old_size_is_answered_with_the_known_one(witness):
    await ask(witness, asked(0, head(5, b"a")))

    assert await ask(witness, asked(0, head(6, b"b"))) == (409, "text/x.tlog.size", b"5\n")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"old 0\n", 400),
        (
            asked(
                0, sign_checkpoint(Checkpoint(OTHER, 5, bytes(32)), Ed25519Signer(bytes(32)))
            ),
            403,
        ),
        (asked(0, sign_checkpoint(Checkpoint("unknown.example", 5, bytes(32)), SIGNER)), 404),
        (asked(0, head(0, b"a")), 422),
        (asked(6, head(5, b"a")), 400),
    ],
)
async def test_what_the_specification_refuses_is_refused(witness, body, status):
    before = witness.ledger.head

    assert (await ask(witness, body))[0] == status
    assert witness.ledger.head == before


async def test_two_trees_of_one_size_are_refused_and_both_heads_kept(witness, caplog):
    await ask(witness, asked(0, head(5, b"a")))

    answers = [(await ask(witness, asked(old, head(5, b"b"))))[0] for old in (5, 5, 0)]

    assert answers == [422, 422, 409]
    *_, forked = witness.ledger.entries(watched_id(OTHER))
    assert forked.event == LogForked(
        origin=OTHER,
        size=5,
        seen=head(5, b"a"),
        shown=head(5, b"b"),
        root=b"b" * 32,
        path=(),
    )
    assert len(witness.ledger.entries(watched_id(OTHER))) == 2
    assert [each.levelname for each in caplog.records if "two trees" in each.message] == [
        "ERROR"
    ]
    health = await witness.anyone.get("/health")
    assert health.body["forks"] == 1


def padded(note):
    """A head with lines under it that anybody may have written."""
    parsed = Note.parse(note)
    foreign = NoteSignature("anybody.example", b"none", bytes(15_000))
    return bytes(Note(parsed.text, (foreign, *parsed.signatures, foreign)))


async def test_no_lines_under_a_head_keep_a_fork_out_of_the_log(witness):
    for note in (padded(head(5, b"a")), padded(head(5, b"b"))):
        answers = [(await ask(witness, asked(old, note)))[0] for old in (0, 5)]

    assert answers == [409, 422]
    cosigned, forked = witness.ledger.entries(watched_id(OTHER))
    assert cosigned.event.note == forked.event.seen == head(5, b"a")
    assert forked.event.shown == head(5, b"b")


async def test_a_head_of_which_two_fit_in_no_entry_is_not_cosigned(witness):
    wordy = Checkpoint(OTHER, 5, b"a" * 32, ("x" * HEAD_LIMIT,))

    assert (await ask(witness, asked(0, sign_checkpoint(wordy, SIGNER))))[0] == 400
    assert witness.ledger.entries(watched_id(OTHER)) == []


def history(size, other_from):
    """The root of a log of `size` entries, and its path from 5; later ones are others."""
    leaves = [b"a" if n < other_from else b"b" for n in range(size)]
    edge = [leaf_hash(each) for each in leaves]
    nodes = TileNodes(size, lambda *_: b"".join(edge))
    return root_at(size, nodes), tuple(consistency_path(5, size, nodes) if size > 5 else ())


def grown(size, other_from):
    """A request that goes from 5 entries to `size`, of which later ones are others."""
    root, path = history(size, other_from)
    return asked(5, sign_checkpoint(Checkpoint(OTHER, size, root), SIGNER), path)


async def first_five(witness):
    root, _ = history(5, 5)
    await ask(witness, asked(0, sign_checkpoint(Checkpoint(OTHER, 5, root), SIGNER)))


async def test_a_longer_tree_with_another_beginning_is_refused_and_both_heads_kept(
    witness, caplog
):
    await first_five(witness)

    answers = [(await ask(witness, grown(size, other_from=3)))[0] for size in (7, 9)]

    assert answers == [422, 422]
    _, forked = witness.ledger.entries(watched_id(OTHER))
    assert isinstance(forked.event, LogForked)
    shown = open_checkpoint(forked.event.shown, [OTHER_KEY]).checkpoint
    seen = open_checkpoint(forked.event.seen, [OTHER_KEY]).checkpoint
    assert (seen.size, shown.size) == (5, 7)
    assert forked.event.root == history(5, 3)[0] != seen.root
    verify_consistency(5, forked.event.root, 7, shown.root, forked.event.path)
    assert [each.levelname for each in caplog.records if "two trees" in each.message] == [
        "ERROR"
    ]
    assert (await witness.anyone.get("/health")).body["forks"] == 1


async def test_nobody_accuses_a_log_with_a_path_of_their_own(witness):
    await first_five(witness)
    honest = AddCheckpoint.parse(grown(7, other_from=5))
    made_up = asked(5, honest.note, tuple(bytes([n]) * 32 for n in range(len(honest.path))))

    assert (await ask(witness, made_up))[0] == 422
    assert (await witness.anyone.get("/health")).body["forks"] == 0
    assert (await ask(witness, bytes(honest)))[0] == 200


async def test_the_same_head_again_is_cosigned_again_and_not_written_again(witness):
    for old in (0, 5):
        assert (await ask(witness, asked(old, head(5, b"a"))))[0] == 200

    assert len(witness.ledger.entries(watched_id(OTHER))) == 1


async def test_what_was_cosigned_last_is_known_after_a_restart(tmp_path):
    for expected in (200, 409):
        async with running(tmp_path / "home", watched=WATCHED) as service:
            assert (await ask(service, asked(0, head(5, b"a"))))[0] == expected


async def test_two_services_witness_each_other_and_come_to_rest(tmp_path):
    a_at, b_at, keys = "a.example/log", "b.example/log", {}
    for name, at in (("a", a_at), ("b", b_at)):
        async with running(tmp_path / name, origin=at) as service:
            keys[name] = await keys_of(service)
    a_log, a_witness = keys["a"][0], keys["a"][-1]
    b_log, b_witness = keys["b"][0], keys["b"][-1]
    async with (
        running(tmp_path / "a", origin=a_at, watched={b_log.name: (b_log,)}) as a,
        running(tmp_path / "b", origin=b_at, watched={a_log.name: (a_log,)}) as b,
    ):
        a_asks = Cosigning(
            a.ledger, partial(list, [Neighbour(b_witness, b.url)]), a.http, seconds=1
        )
        b_asks = Cosigning(
            b.ledger, partial(list, [Neighbour(a_witness, a.url)]), b.http, seconds=1
        )

        assert [await a_asks.ask(), await b_asks.ask()] == [1, 1]
        # The cosignature of the other is all that was recorded since.
        assert [await a_asks.ask(), await b_asks.ask()] == [0, 0]

        applicant = await a.applicant()
        case = await a.apply(applicant, "application-form")
        assert await a_asks.ask() == 1
        size = a.ledger.head
        cosigned = await a.anyone.get("/log/cosigned")
        signed = open_checkpoint(cosigned.content, [a_log], [b_witness])
        assert [*signed.cosigned] == [b_witness]
        assert signed.checkpoint.size == size
        assert (await a.anyone.get("/log/checkpoint")).content == cosigned.content

        bundle = (await applicant.get(f"/v1/cases/{case}/bundles/2")).content
        assert [*verify_bundle(bundle, witnesses=[b_witness]).cosigned] == [b_witness]


async def test_a_cosigned_head_is_shown_again_after_a_restart(tmp_path):
    at, folder = "a.example/log", tmp_path / "a"
    async with running(folder, origin=at) as service:
        log, *_ = await keys_of(service)
        head_now = service.ledger.published.checkpoint()
        checkpoint = Checkpoint.parse(Note.parse(head_now).text)
        line = cosign(checkpoint.text, "w.example", WITNESS_OF_OURS, MORNING).line.encode()
        service.ledger.published.take_cosigned(head_now + line)

    async with running(folder, origin=at) as service:
        shown = (await service.anyone.get("/log/cosigned")).content
    assert open_checkpoint(shown, [log]).checkpoint == checkpoint
    assert shown == head_now + line


async def test_without_a_cosignature_there_is_no_cosigned_head(witness):
    answer = await witness.anyone.get("/log/cosigned")

    assert (answer.status, answer.problem) == (404, "not-published")


async def test_a_witness_that_is_away_holds_nothing_up(witness):
    (own,) = [key for key in await keys_of(witness) if key.kind == WITNESS]
    away = Neighbour(own, "http://127.0.0.1:9")

    assert await Cosigning(witness.ledger, lambda: [away], witness.http, seconds=1).ask() == 0


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (409, b"-5\n"),
        (409, b"+5\n"),
        (409, b"5_0\n"),
        (409, b" 1\n"),
        (409, "٥\n".encode()),
        (409, b""),
        (409, b"9" * 5000),
        (200, b"-5\n"),
        (200, b"\xff"),
    ],
)
async def test_what_one_witness_answers_does_not_touch_the_others(tmp_path, status, answer):
    async with running(tmp_path / "a", origin="a.example/log") as a:
        a_log = (await keys_of(a))[0]
    watched = {a_log.name: (a_log,)}

    async def bad(_request):
        return web.Response(status=status, body=answer)

    app = web.Application()
    app.router.add_post("/add-checkpoint", bad)
    async with (
        running(tmp_path / "a", origin=a_log.name) as a,
        running(tmp_path / "b", origin="b.example/log", watched=watched) as b,
        TestServer(app) as mad,
    ):
        key = (await keys_of(b))[-1]
        asking = [Neighbour(key, str(mad.make_url("")).rstrip("/")), Neighbour(key, b.url)]
        asks = Cosigning(a.ledger, lambda: asking, a.http, seconds=1)

        assert await asks.ask() == 1
        await a.apply(await a.applicant(), "application-form")
        assert await asks.ask() == 1
        assert asking[0].known <= a.ledger.head


async def test_a_witness_that_is_away_is_told_of_once_and_again_when_it_is_back(
    service, caplog
):
    caplog.set_level("INFO", "tongban.cosigning")
    signer, answers = WITNESS_OF_OURS, [503, 503, 200]
    key = NoteKey("witness.example/log", WITNESS, signer.public_key)

    async def answer(request):
        status = answers.pop(0)
        asked_for = AddCheckpoint.parse(await request.read())
        line = cosign(asked_for.checkpoint.text, key.name, signer, MORNING).line.encode()
        return web.Response(status=status, body=line if status == 200 else b"")

    app = web.Application()
    app.router.add_post("/add-checkpoint", answer)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        cosigning = Cosigning(
            service.ledger, lambda: [Neighbour(key, url)], service.http, seconds=60
        )
        given = [await cosigning.ask() for _ in range(3)]

    assert given == [0, 0, 1]
    told = [each.getMessage() for each in caplog.records]
    assert told == [f"{key.name} refused to cosign: 503", f"{key.name} cosigns again"]


@pytest.mark.parametrize("status", [302, 307, 308])
async def test_where_a_witness_sends_us_nothing_is_posted(service, caplog, status):
    asked_for = []
    key = NoteKey("witness.example/log", WITNESS, WITNESS_OF_OURS.public_key)

    async def elsewhere(request):
        asked_for.append(request.path)
        headers = {"Location": "/inside", "Connection": "close"}
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", elsewhere)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        asks = Cosigning(
            service.ledger, lambda: [Neighbour(key, url)], service.http, seconds=60
        )

        assert await asks.ask() == 0

    assert asked_for == ["/add-checkpoint"]
    assert f"{key.name} refused to cosign: {status}" in caplog.text
