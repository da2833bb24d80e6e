"""The stored form of an entry is final: its bytes are what every proof is about."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from cose import cbor
from ledger.binding_events import BINDING_EVENTS
from ledger.code_events import CODE_EVENTS
from ledger.codec import MAX_ENTRY, Codec, clear_fields
from ledger.consent_events import CONSENT_EVENTS
from ledger.contact_events import CONTACT_EVENTS
from ledger.entry import EVENT_NAMES, EVENT_TYPES, Event
from ledger.errors import CommandRejected, EntryTooLarge, LogDamaged, PersonErased
from ledger.events import CASE_EVENTS
from ledger.handover_events import HANDOVER_EVENTS
from ledger.history_events import HISTORY_EVENTS, MappingRecorded
from ledger.log_events import LOG_EVENTS
from ledger.mandate_events import MANDATE_EVENTS
from ledger.message_events import MESSAGE_EVENTS
from ledger.personal import Hidden
from ledger.reading_events import READING_EVENTS
from ledger.region_events import REGION_EVENTS
from ledger.request_events import REQUEST_EVENTS
from ledger.retention_events import RETENTION_EVENTS
from ledger.revocation_events import REVOCATION_EVENTS
from ledger.staff_key_events import STAFF_KEY_EVENTS
from ledger.subject_events import SUBJECT_EVENTS
from ledger.subscription_events import SUBSCRIPTION_EVENTS
from ledger.transfer_events import TRANSFER_EVENTS
from ledger.verification_events import VERIFICATION_EVENTS
from tests.ledger.examples import EXAMPLES, FORM, SUBJECT
from tests.ledger.fakes import Dice, FakeSubjectKeys

GOLDEN: dict[str, str] = json.loads(
    (Path(__file__).parent / "golden" / "entries.json").read_text()
)
NAMES = sorted(EXAMPLES)
RECEIVED = EXAMPLES["application.received.v1"]
PERSONAL = {
    name: [f for f in kind.__struct_fields__ if f not in clear_fields(EXAMPLES[name].event)]
    for name, kind in EVENT_TYPES.items()
}


@pytest.fixture
def keys():
    return FakeSubjectKeys(SUBJECT)


@pytest.fixture
def codec(keys):
    return Codec(keys, _one_nonce)


def _one_nonce(size):
    return bytes(range(size))


def stored(state, entry=RECEIVED):
    return StoredEvent(entry.stream, entry.version, entry.name, state)


# Golden bytes


def test_every_event_has_one_name_that_no_other_has():
    tables = (
        LOG_EVENTS,
        CASE_EVENTS,
        VERIFICATION_EVENTS,
        HISTORY_EVENTS,
        SUBJECT_EVENTS,
        REVOCATION_EVENTS,
        CODE_EVENTS,
        BINDING_EVENTS,
        MANDATE_EVENTS,
        TRANSFER_EVENTS,
        HANDOVER_EVENTS,
        MESSAGE_EVENTS,
        REGION_EVENTS,
        READING_EVENTS,
        STAFF_KEY_EVENTS,
        CONSENT_EVENTS,
        REQUEST_EVENTS,
        RETENTION_EVENTS,
        SUBSCRIPTION_EVENTS,
        CONTACT_EVENTS,
    )

    assert set(EVENT_TYPES.values()) == set(get_args(Event))
    assert len(EVENT_TYPES) == len(EVENT_NAMES) == sum(map(len, tables))


def test_every_event_has_its_golden_bytes():
    assert set(GOLDEN) == set(EXAMPLES) == set(EVENT_TYPES)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_is_stored_as_it_always_was(codec, name):
    assert codec.store(EXAMPLES[name]).state.hex() == GOLDEN[name]


def test_bytes_that_look_like_a_content_identifier_are_stored_as_bytes(codec):
    lookalike = bytes.fromhex("01711220") + bytes(32)
    recorded = MappingRecorded(digest="", document=lookalike)

    stored = codec.store(changed(EXAMPLES["mapping.recorded.v1"], event=recorded))

    assert codec.read_strictly(stored, position=1).event.document == lookalike


@pytest.mark.parametrize("name", NAMES)
def test_golden_bytes_read_as_the_same_entry(codec, name):
    given = stored(bytes.fromhex(GOLDEN[name]), EXAMPLES[name])

    entry = codec.read(given, position=7)

    assert entry == changed(EXAMPLES[name], position=7)
    assert codec.read_strictly(given, position=7).name == name


@pytest.mark.parametrize("name", NAMES)
def test_unopened_an_entry_shows_no_personal_field(codec, name):
    given = stored(bytes.fromhex(GOLDEN[name]), EXAMPLES[name])

    event = codec.read(given, opened=False).event

    assert all(getattr(event, field) is Hidden.SEALED for field in PERSONAL[name])
    assert clear_fields(event) == clear_fields(EXAMPLES[name].event)


def test_what_people_write_is_personal():
    fields = {field for names in PERSONAL.values() for field in names}

    assert fields == {
        "account",
        "address",
        "assertion",
        "attributes",
        "claims",
        "deficiencies",
        "details",
        "digests",
        "endpoint",
        "findings",
        "form",
        "materials",
        "number",
        "permit",
        "question",
        "reason",
        "reasons",
        "salt",
        "signature",
        "token",
        "words",
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_personal_field_shows_in_a_repr(name):
    shown = repr(EXAMPLES[name])

    assert not any(f"{field}=" in shown for field in PERSONAL[name])


# Sealing


def test_an_erased_person_is_gone_from_entries_that_still_hold(codec, keys):
    given = codec.store(RECEIVED)

    keys.erase(SUBJECT)

    event = codec.read_strictly(given, position=1).event
    assert codec.read(given).event.form is Hidden.ERASED
    assert event.form is Hidden.SEALED


@pytest.mark.parametrize("field", ["digests", "form"])
def test_a_sealed_field_opens_nowhere_but_in_its_place(codec, field):
    body = cbor.decode(codec.store(RECEIVED).state)
    elsewhere = codec.store(changed(RECEIVED, version=3))
    other = codec.store(changed(RECEIVED, stream=UUID(int=1)))

    for moved in (elsewhere, other):
        array = cbor.decode(moved.state)
        array[-1][field] = body[-1][field]
        with pytest.raises(LogDamaged, match="does not open"):
            codec.read(stored(cbor.encode(array)))


def test_one_sealed_field_does_not_stand_in_for_another(codec):
    array = cbor.decode(codec.store(RECEIVED).state)
    array[-1]["digests"] = array[-1]["form"]

    with pytest.raises(LogDamaged, match="does not open"):
        codec.read(stored(cbor.encode(array)))


def test_the_same_text_is_sealed_differently_each_time(keys):
    codec = Codec(keys, Dice())

    assert codec.store(RECEIVED).state != codec.store(RECEIVED).state


def test_no_personal_value_stands_in_the_stored_bytes(codec):
    state = codec.store(RECEIVED).state

    for value in FORM.values():
        assert value.encode() not in state


def test_personal_fields_need_a_subject_with_a_key(codec):
    with pytest.raises(TypeError, match="needs a subject"):
        codec.store(changed(RECEIVED, subject=None))
    with pytest.raises(PersonErased, match="its person was erased"):
        codec.store(changed(RECEIVED, subject="subject-2"))


# Limits and damage


def test_an_entry_holds_65535_bytes_and_not_one_more(codec):
    room = MAX_ENTRY - len(codec.store(changed(RECEIVED, legal_basis="x" * 256)).state) + 256
    largest = changed(RECEIVED, legal_basis="x" * room)

    assert len(codec.store(largest).state) == MAX_ENTRY
    with pytest.raises(EntryTooLarge, match="would take 65536 bytes; an entry holds 65535"):
        codec.store(changed(largest, legal_basis="x" * (room + 1)))


def test_times_are_kept_to_the_microsecond_and_come_back_in_utc(codec):
    moment = datetime.fromisoformat("1969-07-20T20:17:40.000001+08:00")

    entry = codec.read(codec.store(changed(RECEIVED, effective_at=moment)))

    assert entry.effective_at == moment
    assert entry.effective_at.tzinfo is UTC


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("field", ["recorded_at", "effective_at", "source_recorded_at"])
def test_a_time_that_nobody_could_read_back_is_never_stored(codec, field, text):
    beyond = changed(RECEIVED, **{field: datetime.fromisoformat(text)})

    with pytest.raises(CommandRejected, match="beyond the years"):
        codec.store(beyond)


def test_a_time_without_a_zone_is_never_stored(codec):
    with pytest.raises(TypeError):
        codec.store(changed(RECEIVED, effective_at=datetime(2026, 2, 10)))  # noqa: DTZ001


def test_an_unknown_event_is_damage_and_names_its_position(codec):
    array = cbor.decode(codec.store(RECEIVED).state)
    array[0] = "os.system"

    with pytest.raises(LogDamaged, match="position 9: the entry does not decode"):
        codec.read(stored(cbor.encode(array)), position=9)


def test_an_event_with_a_field_too_few_is_damage(codec):
    array = cbor.decode(codec.store(RECEIVED).state)
    del array[-1]["receipt"]

    with pytest.raises(LogDamaged, match="does not decode"):
        codec.read(stored(cbor.encode(array)))


def test_a_stranger_takes_one_encoding_only(codec):
    longer = b"\x98\x0c" + codec.store(RECEIVED).state[1:]

    assert codec.read(stored(longer)) == RECEIVED
    with pytest.raises(LogDamaged, match="position 3: not in deterministic form"):
        codec.read_strictly(stored(longer), position=3)


@pytest.mark.parametrize(
    "columns",
    [{"originator_id": UUID(int=1)}, {"originator_version": 3}, {"topic": "case.closed.v1"}],
)
def test_columns_that_contradict_the_entry_are_damage(codec, columns):
    given = replace(codec.store(RECEIVED), **columns)

    with pytest.raises(LogDamaged, match="columns contradict"):
        codec.read_strictly(given, position=3)


@given(st.data())
def test_damaged_bytes_read_as_damage_and_as_nothing_else(data):
    codec = Codec(FakeSubjectKeys(SUBJECT), _one_nonce)
    state = bytearray.fromhex(GOLDEN[data.draw(st.sampled_from(NAMES))])
    at = data.draw(st.integers(0, len(state) - 1))
    state[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    damaged = StoredEvent(UUID(int=1), 1, "", bytes(state))

    for read in (codec.read, lambda given: codec.read_strictly(given, position=1)):
        with suppress(LogDamaged):
            read(damaged)
