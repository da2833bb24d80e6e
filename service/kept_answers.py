"""First answers, kept for a day, so that a request that is sent again gets the same one.

Each is sealed under a key made of the caller's own `Idempotency-Key`, which is kept
nowhere, and of the person's key where one is asking, or is whom it is about: only who sends
the key again can have it opened, and nobody once the person is erased. A key is taken,
durably, before anything is done under it, so what was cut short is never done a second time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from cose import encode
from ledger.databases import Database
from ledger.errors import CommandReused, LogDamaged, PersonErased, RequestUnfinished
from ledger.sealing import KEY_SIZE, NONCE_SIZE, seal, unseal

LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request under a key: what its answer is found by, and sealed with."""

    name: bytes
    body: bytes
    secret: bytes = field(repr=False)


class KeptAnswers:
    """Keeps answers in the log's database, where every server of the log finds them.

    Raises `Unavailable` where it cannot be used.
    """

    def __init__(
        self,
        database: Database,
        *,
        secret: bytes,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        of_person: Callable[[str], bytes | None],
    ) -> None:
        self._database = database
        self._secret = secret
        self._clock = clock
        self._random = random
        self._of_person = of_person
        with database.writing() as session:
            for statement in _SCHEMA:
                session.rows(statement.format(bytes="BYTEA" if database.is_shared else "BLOB"))

    def sent(
        self, *, caller: list[str | None], key: str, request: bytes, personal: bytes
    ) -> Sent:
        """Return how a caller's request under `key` is known; `personal` is their own key."""
        of_key = encode([*caller, key])
        return Sent(
            name=self._derived(b"name", of_key),
            body=self._derived(b"body", request),
            secret=self._derived(b"seal", encode([of_key, personal])),
        )

    def take(self, sent: Sent) -> Any:
        """Take the key for this request and return `None`, or return the first answer.

        Raises `CommandReused` where it was for another request, `RequestUnfinished` where
        that was begun and has no answer, and `PersonErased` where it cannot be opened any more.
        """
        now = self._clock()
        with self._database.writing() as session:
            session.rows(_FORGET, (_seconds(now - LIFETIME),))
            found = session.rows(_FIND, (sent.name,))
            if not found:
                session.rows(_TAKE, (sent.name, sent.body, _seconds(now)))
                return None
        [(body, sealed)] = found
        if bytes(body) != sent.body:
            raise CommandReused("this key was used for another request")
        if sealed is None:
            raise RequestUnfinished("this was begun and is not answered yet")
        return self._opened(bytes(sealed), sent)

    def keep(self, sent: Sent, answer: object, *, about: str | None = None) -> None:
        """Keep the first answer, durably; one `about` another person under their key, too."""
        if about is not None:
            # Who is erased by now has none: nobody opens it then.
            key = self._key_about(sent, about) or self._random(KEY_SIZE)
            answer = self._sealed(answer, key, sent)
        sealed = self._sealed([about, answer], sent.secret, sent)
        with self._database.writing() as session:
            session.rows(_KEEP, (sealed, sent.name))

    def release(self, sent: Sent) -> None:
        """Let the key be used anew: nothing was done under it."""
        with self._database.writing() as session:
            session.rows(_RELEASE, (sent.name,))

    def _opened(self, sealed: bytes, sent: Sent) -> Any:
        try:
            held: Any = unseal(sealed, key=sent.secret, place=sent.name)
            about, answer = held
            if about is None:
                return answer
            return unseal(answer, key=self._key_about(sent, about) or b"", place=sent.name)
        except LogDamaged as error:
            raise PersonErased("the answer was this person's, who was erased since") from error

    def _sealed(self, answer: object, key: bytes, sent: Sent) -> bytes:
        return seal(answer, key=key, nonce=self._random(NONCE_SIZE), place=sent.name)

    def _key_about(self, sent: Sent, subject: str) -> bytes | None:
        of_person = self._of_person(subject)
        if of_person is None:
            return None
        return self._derived(b"about", encode([sent.secret, of_person]))

    def _derived(self, purpose: bytes, text: bytes) -> bytes:
        person = b"answer " + purpose
        return blake2b(text, key=self._secret, person=person, digest_size=KEY_SIZE).digest()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS kept_answers (
        name {bytes} PRIMARY KEY,
        body {bytes} NOT NULL,
        taken_at BIGINT NOT NULL,
        sealed {bytes}
    )""",
    "CREATE INDEX IF NOT EXISTS kept_answers_taken_at ON kept_answers (taken_at)",
)
_FORGET = "DELETE FROM kept_answers WHERE taken_at < ?"
_FIND = "SELECT body, sealed FROM kept_answers WHERE name = ?"
_TAKE = "INSERT INTO kept_answers (name, body, taken_at) VALUES (?, ?, ?)"
_KEEP = "UPDATE kept_answers SET sealed = ? WHERE name = ?"
_RELEASE = "DELETE FROM kept_answers WHERE name = ?"
