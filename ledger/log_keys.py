"""The keys a log is signed with, as the log itself tells them, and exchanging them.

A key counts from its enrolment to its retirement, so what was signed before is
judged by its time. The head over the entry that enrols a key is signed by the
key before it, which is how one vouches for the next.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from cose import ED25519, CoseError, Ed25519Signer, KeyRecord
from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.codec import Codec
from ledger.draft import Draft
from ledger.entry import Entry, Event
from ledger.errors import HomeUnusable, LogDamaged
from ledger.home import Home
from ledger.log_events import LogEvent, LogKeyEnrolled, LogKeyRetired, log_id
from ledger.recorder import LedgerRecorder
from ledger.transparency import CHECKPOINT, RECEIPT, VIEW_CERTIFICATE

KEY_LIFE = timedelta(days=3650)
_SECOND = timedelta(seconds=1)


def known_keys(recorder: LedgerRecorder, codec: Codec, origin: str) -> tuple[KeyRecord, ...]:
    """Return the keys that the log enrolled, in their order; none in one from before that.

    What is damaged is passed by: to say so is for `ledger.audit`.
    """
    records: dict[bytes, KeyRecord] = {}
    for position, state in recorder.select_stream(log_id(origin)):
        with suppress(LogDamaged, CoseError):
            _note(records, codec.read_state(state, position, opened=False).event)
    return tuple(records.values())


def retired_at(
    recorder: LedgerRecorder, codec: Codec, origin: str, public_key: bytes
) -> datetime | None:
    """Return since when the log takes nothing more from this key, whoever retired it."""
    known = known_keys(recorder, codec, origin)
    return next((key.revoked_at for key in known if key.public_key == public_key), None)


def own_key(home: Home, known: Sequence[KeyRecord]) -> tuple[Ed25519Signer, KeyRecord]:
    """Return the home's key that the log goes on with, and its record.

    Without one, as in a log that enrolled none yet, that is the home's first.
    """
    signers = [Ed25519Signer(secret) for secret in home.secrets("log")]
    valid = {key.public_key: key for key in known if key.revoked_at is None}
    for signer in reversed(signers):
        if signer.public_key in valid:
            return signer, valid[signer.public_key]
    return signers[0], _first(home, signers[0])


def check_log_key(home: Home, ledger: Ledger) -> None:
    """Raise `HomeUnusable` where what the home would sign does not count; for the writer."""
    known = known_keys(ledger.recorder, ledger.codec, ledger.published.keys.origin)
    if known and own_key(home, known)[1] not in known:
        raise HomeUnusable(_NOT_OURS)


def enrol_first_key(ledger: Ledger) -> None:
    """Let the log tell the key it is signed with, if it tells none; for the writer.

    Of two first starts at once the second finds the key of the first, and raises
    `HomeUnusable` if its own is another.
    """
    keys = ledger.published.keys
    first = keys.records[0]

    def job(draft: Draft) -> None:
        known = known_keys(ledger.recorder, ledger.codec, keys.origin)
        if not known:
            event = _enrolled(first.public_key, first.not_before, first.expires)
            draft.add(_entries(ledger, [event]), ())
        elif first.public_key not in {key.public_key for key in known}:
            raise HomeUnusable(_NOT_OURS)

    if not known_keys(ledger.recorder, ledger.codec, keys.origin):
        ledger.write(job)


def rotate_log_key(home: Home, ledger: Ledger) -> None:
    """Enrol a new key and retire the one that signs; for the writer.

    The ledger goes on with the old one: close it and call `end_log_rotation`.
    Cut short, the next call goes on with the same new key.
    """
    enrol_first_key(ledger)
    known = known_keys(ledger.recorder, ledger.codec, ledger.published.keys.origin)
    _, old = own_key(home, known)
    new = Ed25519Signer(home.prepare("log")).public_key
    if old.public_key == new:
        return
    now = ledger.now().replace(microsecond=0)
    retired = LogKeyRetired(public_key=old.public_key, retired_at=now + _SECOND)
    ledger.record(_entries(ledger, [_enrolled(new, now, now + KEY_LIFE), retired]))


def end_log_rotation(home: Home, known: Iterable[KeyRecord]) -> None:
    """Let a new key take its place, if the log enrolled it already; for the writer."""
    following = home.following("log")
    if following.exists():
        new = Ed25519Signer(following.read_bytes()).public_key
        if any(key.public_key == new for key in known):
            home.promote("log")


def _note(records: dict[bytes, KeyRecord], event: Event) -> None:
    if isinstance(event, LogKeyEnrolled):
        records[event.public_key] = KeyRecord(
            public_key=event.public_key,
            algorithm=event.algorithm,
            use=_USE,
            not_before=event.not_before,
            expires=event.expires,
        )
    elif isinstance(event, LogKeyRetired) and event.public_key in records:
        before = records[event.public_key]
        records[event.public_key] = replace(before, revoked_at=event.retired_at)


def _first(home: Home, signer: Ed25519Signer) -> KeyRecord:
    return KeyRecord(
        public_key=signer.public_key,
        algorithm=ED25519,
        use=_USE,
        not_before=home.made_at,
        expires=home.made_at + KEY_LIFE,
    )


def _enrolled(public_key: bytes, not_before: datetime, expires: datetime) -> LogKeyEnrolled:
    return LogKeyEnrolled(
        public_key=public_key, algorithm=ED25519, not_before=not_before, expires=expires
    )


def _entries(ledger: Ledger, events: Iterable[LogEvent]) -> list[Entry]:
    """Return `events` as the next entries of the log's own stream."""
    stream, now = log_id(ledger.published.keys.origin), ledger.now()
    version = len(ledger.entries(stream, opened=False))
    return [
        Entry(
            stream=stream,
            version=version + n,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=SYSTEM,
        )
        for n, event in enumerate(events, start=1)
    ]


_USE = frozenset({CHECKPOINT, RECEIPT, VIEW_CERTIFICATE})
_NOT_OURS = (
    "keys/log is not a key that this log goes on with: it never enrolled this one, or"
    " retired it; put the newest keys/log of the log's servers in its place"
)
