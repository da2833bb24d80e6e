"""Binding an account to a travel permit over HTTP: by consent, checked, and unlinked."""

import asyncio
import io
import json
import threading
import zipfile
from hashlib import sha256
from uuid import UUID

import msgspec
import pytest

from adapters.hk.simulator.people import RESIDENTS
from adapters.mainland.permits import PERMITS
from identity.binding import Consent
from identity.model import Assurance, Comparison
from ledger.calendar import load_calendars
from ledger.catalogue import load_catalogue
from ledger.errors import CommandRejected
from ledger.http import BINDINGS, LEDGER
from tests.service.persons import traces, verified
from tests.service.residents import CHAN, WONG, came
from tests.service.running import ITEM, MORNING, running

OF_CHAN, OF_WONG = "H99999901", "H99999902"
AGREED = Consent(wording=1, language="en", digest="")


async def agreed(service, language="zh-Hant"):
    wording = (await service.anyone.get("/v1/bindings/wording")).body
    return {
        "wording": wording["version"],
        "language": language,
        "digest": wording["texts"][language]["digest"],
    }


async def bind(service, person, permit=OF_CHAN, **changes):
    body = {"permit": permit, **await agreed(service), **changes}
    return await person.post("/v1/me/bindings", body)


async def bound_subject(service, person):
    """Return the entry of somebody's first try, which says under which name they go."""
    await bind(service, person, OF_WONG)
    return next(e for e in service.ledger.read(0) if e.name == "binding.refused.v1")


def recorded(service):
    return [e.name for e in service.app[LEDGER].read(0) if e.name.startswith("binding.")]


async def test_the_words_are_in_three_languages_and_each_has_its_digest(service):
    wording = (await service.anyone.get("/v1/bindings/wording")).body

    assert set(wording["texts"]) == {"zh-Hans", "zh-Hant", "en"}
    for each in wording["texts"].values():
        assert sha256(each["text"].encode()).hexdigest() == each["digest"]


async def test_an_account_is_bound_to_its_holders_permit(service):
    person = await came(service)

    bound = await bind(service, person, " h9999990102 ")

    assert bound.status == 201
    assert bound.body["status"] == "linked"
    assert bound.body["permit"] == "H9999990102"
    assert recorded(service) == ["binding.consented.v1", "binding.linked.v1"]
    shown = (await person.get("/v1/me/bindings")).body["bindings"]
    assert shown == [bound.body]


@pytest.mark.parametrize("key", RESIDENTS)
async def test_every_resident_of_the_simulator_has_a_permit_to_try_it_with(service, key):
    permit = dict(zip(RESIDENTS, PERMITS, strict=True))[key]

    bound = await bind(service, await came(service, RESIDENTS[key]), permit)

    assert bound.body["status"] == "linked"


@pytest.mark.parametrize(
    ("permit", "changes"),
    [
        pytest.param(OF_WONG, {}, id="of somebody else"),
        pytest.param("H12345678", {}, id="unknown"),
        pytest.param(OF_CHAN, {"birth_date": "1980-01-02"}, id="of another birth date"),
        pytest.param(OF_CHAN, {"name_zh": "陳例子"}, id="of another name"),
    ],
)
async def test_a_permit_that_is_not_theirs_stays_unbound(service, permit, changes):
    person = await came(service, **changes)

    bound = await bind(service, person, permit)

    assert (bound.body["status"], bound.body["reason"]) == ("refused", "no_match")
    assert "answers" not in bound.body
    assert recorded(service) == ["binding.consented.v1", "binding.refused.v1"]


async def test_a_verification_that_told_no_birth_date_is_not_enough(service):
    person = await verified(service, "account-1", name_zh=CHAN.name_zh, name_en=CHAN.name_en)

    assert (await bind(service, person)).body["reason"] == "no_match"


async def test_nothing_is_recorded_without_the_words_as_they_are(service):
    person = await came(service)

    for changes in ({"digest": "0" * 64}, {"wording": 2}, {"language": "en"}):
        answer = await bind(service, person, **changes)
        assert (answer.status, answer.body["field"]) == (400, "$.digest")
    assert recorded(service) == []


async def test_a_number_that_no_permit_has_is_told_at_once(service):
    answer = await bind(service, await came(service), "K12345678")

    assert (answer.status, answer.body["field"]) == (400, "$.permit")
    assert recorded(service) == []


async def test_bound_again_it_is_the_same_binding(service):
    person = await came(service)
    first = await bind(service, person)

    again = await bind(service, person, f"{OF_CHAN}07")

    assert again.body == first.body
    assert len(recorded(service)) == 2


async def test_a_permit_is_bound_to_one_account_at_a_time(service):
    first, second = await came(service), await came(service, account="account-other")
    bound = await bind(service, first)

    refused = await bind(service, second)
    await first.call("DELETE", f"/v1/me/bindings/{bound.body['id']}")
    after = await bind(service, second)

    assert (refused.body["status"], refused.body["reason"]) == ("refused", "bound_already")
    assert after.body["status"] == "linked"
    assert (await bind(service, first)).body["reason"] == "bound_already"


async def test_offered_by_two_accounts_at_once_one_gets_it(service):
    people = [await came(service, account=f"account-{n}") for n in range(4)]

    answers = await asyncio.gather(*(bind(service, person) for person in people))

    ends = sorted((a.body["status"], a.body["reason"] or "") for a in answers)
    assert ends == [("linked", ""), *[("refused", "bound_already")] * 3]
    assert recorded(service).count("binding.linked.v1") == 1


async def test_an_account_gets_one_of_two_permits_that_it_agreed_to_at_once(service):
    person = await came(service)
    subject = (await bound_subject(service, person)).subject
    record = service.app[BINDINGS]
    compared = Comparison(
        answers={}, assurance=Assurance.REMOTE, method="test", source_as_of=MORNING
    )
    ids = [UUID(int=n) for n in (1, 2)]
    for id in ids:
        record.consent(subject, id, permit=OF_WONG, consent=AGREED)

    for id, permit in zip(ids, (OF_CHAN, OF_WONG), strict=True):
        record.link(subject, id, permit=permit, compared=compared)

    assert [each.status for each in record.of(subject)][-2:] == ["linked", "refused"]


async def at_once(service, *acts):
    """Have all of `acts` look at the log before any of them writes to it."""
    begun, done = threading.Event(), threading.Event()

    def hold(draft):
        begun.set()
        done.wait(10)

    held = asyncio.create_task(asyncio.to_thread(service.ledger.write, hold))
    await asyncio.to_thread(begun.wait)
    acting = asyncio.gather(*acts)
    await asyncio.sleep(0.3)
    done.set()
    await held
    return await acting


async def open_bindings(service, most):
    """Agree to as many bindings as one may; gives the record, whose they are, and their ids."""
    subject = (await bound_subject(service, await came(service))).subject
    record, ids = service.app[BINDINGS], [UUID(int=n) for n in range(1, most + 1)]
    for id in ids:
        record.consent(subject, id, permit=OF_WONG, consent=AGREED)
    return record, subject, ids


async def test_a_try_whose_answer_is_awaited_counts_as_one(service):
    # One was refused to begin with.
    record, subject, _ = await open_bindings(service, 4)

    with pytest.raises(CommandRejected, match="too many"):
        record.consent(subject, UUID(int=9), permit=OF_WONG, consent=AGREED)


async def test_whatever_comes_to_an_end_at_once_comes_to_one(service):
    record, subject, ids = await open_bindings(service, 4)

    def refuse(id):
        record.refuse(subject, id, reason="no_match", answers={})

    await at_once(service, *(asyncio.to_thread(refuse, id) for id in ids))

    assert [each.status for each in record.of(subject)] == ["refused"] * 5


async def test_unlinked_twice_at_once_it_is_unlinked_for_both(service):
    person = await came(service)
    path = f"/v1/me/bindings/{(await bind(service, person)).body['id']}"

    ended = await at_once(service, *(person.call("DELETE", path) for _ in range(3)))

    assert {each.status for each in ended} == {204}
    assert recorded(service).count("binding.unlinked.v1") == 1


async def test_unlinked_on_request_and_bound_again(service):
    person = await came(service)
    first = (await bind(service, person)).body
    path = f"/v1/me/bindings/{first['id']}"

    assert (await person.call("DELETE", path)).status == 204
    assert (await person.call("DELETE", path)).status == 204
    again = await bind(service, person)

    shown = (await person.get("/v1/me/bindings")).body["bindings"]
    assert [each["status"] for each in shown] == ["unlinked", "linked"]
    assert again.body["id"] != first["id"]
    assert recorded(service).count("binding.unlinked.v1") == 1


async def test_nobody_unlinks_what_another_account_bound(service):
    bound = await bind(service, await came(service))
    other = await came(service, WONG)

    answer = await other.call("DELETE", f"/v1/me/bindings/{bound.body['id']}")

    assert answer.problem == "command-rejected"
    assert "binding.unlinked.v1" not in recorded(service)


async def test_the_register_is_not_there_to_be_tried_out(service):
    person = await came(service)
    for number in range(5):
        await bind(service, person, f"H8888880{number}")

    assert (await bind(service, person)).problem == "command-rejected"
    service.clock.now = MORNING.replace(day=12)
    person = await came(service)
    assert (await bind(service, person)).body["status"] == "linked"


@pytest.mark.parametrize("role", ["clerk", "agent", "supervisor", "operator"])
async def test_bindings_are_for_the_person_themselves(service, role):
    other = service.session(role, principal="subject:1" if role == "agent" else None)

    assert (await bind(service, other)).status == 403
    assert (await other.get("/v1/me/bindings")).status == 403
    assert (await service.anyone.get("/v1/me/bindings")).status == 401


async def test_erased_with_the_person_the_permit_is_nowhere_and_free_again(service):
    person = await came(service)
    await bind(service, person)
    subject = next(e.subject for e in service.ledger.read(0) if e.name == "binding.linked.v1")
    operator = service.session("operator", channel="system")

    for act in ("restriction", "erasure"):
        answer = await operator.post(f"/v1/subjects/{subject}/{act}", {"basis": "pipl-47"})
        assert answer.status == 200, answer.body
    other = await bind(service, await came(service, account="account-other"))

    assert other.body["status"] == "linked"
    [first, *_] = service.app[LEDGER].entries(
        next(e.stream for e in service.ledger.read(0) if e.name == "binding.consented.v1")
    )
    assert first.event.permit.name == "ERASED"


async def test_somebody_restricted_binds_nothing(service):
    person = await came(service)
    subject = (await bound_subject(service, person)).subject
    operator = service.session("operator", channel="system")
    await operator.post(f"/v1/subjects/{subject}/restriction", {"basis": "pipl-47"})

    assert (await bind(service, person)).problem == "not-allowed"


async def test_no_permit_is_in_clear_in_what_is_kept(service):
    await bind(service, await came(service))

    assert traces(service.home.folder, OF_CHAN) == []


async def test_an_item_may_ask_for_an_account_that_is_bound_to_a_permit(tmp_path):
    known = load_catalogue(None, calendars=load_calendars(None)).current(ITEM)
    asks = {
        "version": known.version + 1,
        "assurance": {"bound_how": ["mainland_travel_permit"]},
    }
    folder = tmp_path / "catalogue"
    (folder / "items").mkdir(parents=True)
    file = folder / "items" / f"{ITEM}.v{known.version + 1}.json"
    file.write_bytes(msgspec.json.encode(msgspec.to_builtins(known) | asks))
    async with running(tmp_path / "home", items=folder) as service:
        person = await came(service)
        body = {"item": ITEM, "form": {"shop": "Sample"}, "materials": {}}

        refused = await person.post("/v1/cases", body)
        await bind(service, person)
        opened = await person.post("/v1/cases", body)

    assert refused.status == 403
    assert [each["part"] for each in refused.body["missing"]] == ["bound_how"]
    assert opened.status == 201


async def test_a_persons_copy_holds_their_binding_and_the_permit(service):
    person = await came(service)
    await bind(service, person)

    copy = await person.get("/v1/me/copy")

    with zipfile.ZipFile(io.BytesIO(copy.content)) as archive:
        entries = json.loads(archive.read("entries.json"))["entries"]
    [consented] = [e for e in entries if e["event"] == "binding.consented.v1"]
    assert consented["fields"]["permit"] == OF_CHAN
