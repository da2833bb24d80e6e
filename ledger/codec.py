"""Entries to deterministic CBOR and back, by the events' stable names.

A stored entry is one CBOR array that says everything about itself, because its
bytes are what the Merkle leaf is hashed over (`docs/decisions/0002` has the
CDDL). Nothing here resolves a name to a module: an unknown one is damage.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import libipld
import msgspec
from eventsourcing.persistence import StoredEvent

from cose import CoseError, cbor
from ledger.actor import Actor, Channel, Role
from ledger.entry import EVENT_TYPES, Entry, Event
from ledger.errors import CommandRejected, EntryTooLarge, LogDamaged, PersonErased
from ledger.personal import Hidden, personal_names
from ledger.ports import SubjectKeys
from ledger.sealing import NONCE_SIZE, place, seal, unseal

MAX_ENTRY = 65_535

_DAMAGE = (
    CoseError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEALED = Hidden.SEALED.value
_AS_THEY_ARE = (bytes,)
_convert = msgspec.convert
_decode = libipld.decode_dag_cbor
_TAG_42 = b"\xd8\x2a"
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST, _LATEST = (
    (each - _EPOCH) // _MICROSECOND
    for each in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
)
_PERSONAL = {kind: personal_names(kind) for kind in EVENT_TYPES.values()}


class Codec:
    """Writes and reads entries; personal fields pass through their subject's key."""

    def __init__(self, keys: SubjectKeys, random: Callable[[int], bytes]) -> None:
        self._keys = keys
        self._random = random

    def store(self, entry: Entry) -> StoredEvent:
        """Return `entry` as it is stored; its subject must have a key already.

        Raises `EntryTooLarge` beyond the 65,535 bytes a C2SP bundle can state, and
        `CommandRejected` for a time that has no year in UTC.
        """
        state = _encode(
            [
                entry.name,
                entry.stream.bytes,
                entry.version,
                _micros(entry.recorded_at),
                _micros(entry.effective_at),
                None if entry.source_recorded_at is None else _micros(entry.source_recorded_at),
                _written(entry.actor),
                entry.legal_basis,
                entry.item,
                entry.item_version,
                entry.subject,
                self._sealed(entry),
            ]
        )
        if len(state) > MAX_ENTRY:
            raise EntryTooLarge(
                f"{entry.name} would take {len(state)} bytes; an entry holds {MAX_ENTRY}"
            )
        return StoredEvent(entry.stream, entry.version, entry.name, state)

    def read(self, stored: StoredEvent, *, position: int = 0, opened: bool = True) -> Entry:
        """Return the entry in `stored`; with `opened` false, personal fields stay sealed."""
        return self.read_state(stored.state, position, opened=opened)

    def read_state(self, state: bytes, position: int, *, opened: bool = True) -> Entry:
        """Return the entry whose stored bytes are `state`, as `read` does."""
        return self.read_states([(position, state)], opened=opened)[0]

    def read_states(
        self, states: Iterable[tuple[int, bytes]], *, opened: bool = True
    ) -> list[Entry]:
        """Return the entries stored at these positions as these bytes, as `read` does."""
        entries, position = list[Entry](), 0
        last, recorded_at = None, _EPOCH
        try:
            for position, state in states:
                (
                    name, stream, version, recorded, effective, source,
                    actor, basis, item, item_version, subject, body,
                ) = _decode(state)  # fmt: skip
                kind, stream_id = EVENT_TYPES[name], _uuid(stream)
                if recorded != last:
                    # Entries of one commit were recorded at one time.
                    last, recorded_at = recorded, _time(recorded)
                for field in _PERSONAL[kind]:
                    where = place(stream_id, version, field) if opened else b""
                    sealed = body[field]
                    body[field] = self._unseal(sealed, subject, where) if opened else _SEALED
                entry = Entry(
                    stream=stream_id,
                    version=version,
                    event=_convert(body, kind, builtin_types=_AS_THEY_ARE),
                    recorded_at=recorded_at,
                    effective_at=recorded_at if effective == recorded else _time(effective),
                    source_recorded_at=None if source is None else _time(source),
                    actor=_actor(*actor),
                    legal_basis=basis,
                    item=item,
                    item_version=item_version,
                    subject=subject,
                    position=position,
                )
                entries.append(entry)
        except _DAMAGE as error:
            raise LogDamaged(f"position {position}: the entry does not decode") from error
        return entries

    def read_strictly(self, stored: StoredEvent, *, position: int) -> Entry:
        """Read as a stranger would: one encoding, and columns that agree with it."""
        try:
            cbor.decode(stored.state)
        except CoseError as error:
            raise LogDamaged(f"position {position}: {error}") from error
        entry = self.read(stored, position=position, opened=False)
        columns = (stored.originator_id, stored.originator_version, stored.topic)
        if columns != (entry.stream, entry.version, entry.name):
            raise LogDamaged(f"position {position}: the columns contradict the entry")
        return entry

    def _sealed(self, entry: Entry) -> dict[str, Any]:
        body: dict[str, Any] = msgspec.to_builtins(entry.event, builtin_types=(bytes,))
        for name in _PERSONAL[type(entry.event)]:
            body[name] = self._seal(entry, name, body[name])
        return {name: _lists(value) for name, value in body.items()}

    def _seal(self, entry: Entry, name: str, value: object) -> bytes:
        if entry.subject is None:
            raise TypeError(f"{entry.name} has personal fields and needs a subject")
        key = self._keys.key(entry.subject)
        if key is None:
            raise PersonErased(f"{entry.name} is personal, and its person was erased meanwhile")
        return seal(
            value,
            key=key,
            nonce=self._random(NONCE_SIZE),
            place=place(entry.stream, entry.version, name),
        )

    def _unseal(self, sealed: bytes, subject: str, where: bytes) -> object:
        key = self._keys.key(subject)
        if key is None:
            return Hidden.ERASED.value
        return unseal(sealed, key=key, place=where)


def _encode(array: list[Any]) -> bytes:
    """Encode as `cbor.encode` does, faster; what the types leave room for has one form.

    Bytes that happen to be a content identifier would be written as a tag, so
    where something looks like that tag, the slower encoder does it; and it has
    the last word on what is refused.
    """
    try:
        state: bytes = libipld.encode_dag_cbor(array)
    except ValueError:
        return cbor.encode(array)
    return cbor.encode(array) if _TAG_42 in state else state


def _lists(value: Any) -> Any:
    return [_lists(each) for each in value] if type(value) is tuple else value


def personal_fields(event: Event) -> tuple[str, ...]:
    """Return the names of the fields of `event` that are personal."""
    return _PERSONAL[type(event)]


def clear_fields(event: Event) -> dict[str, Any]:
    """Return the fields of `event` that are not personal, as plain values."""
    body: dict[str, Any] = msgspec.to_builtins(event)
    for name in _PERSONAL[type(event)]:
        del body[name]
    return body


def _micros(moment: datetime) -> int:
    micros = (moment - _EPOCH) // _MICROSECOND
    if not _EARLIEST <= micros <= _LATEST:
        # Its offset takes it beyond the years there are: nobody could read it back.
        raise CommandRejected("a time is beyond the years 1 to 9999 in UTC")
    return micros


def _time(micros: int) -> datetime:
    return _EPOCH + timedelta(0, 0, micros)


def _written(actor: Actor) -> list[str | None]:
    return [str(actor.role), actor.id, actor.principal, str(actor.channel), actor.authority]


@lru_cache(maxsize=4096)
def _uuid(written: bytes) -> UUID:
    return UUID(bytes=written)


@lru_cache(maxsize=4096)
def _actor(
    role: str, actor_id: str, principal: str, channel: str, authority: str | None
) -> Actor:
    return Actor(
        role=Role(role),
        id=actor_id,
        principal=principal,
        channel=Channel(channel),
        authority=authority,
    )
