"""What identity asks of whoever keeps the record of verifications.

Nothing is remembered outside of it: any server goes on from what it gives back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from identity.model import Assured, Vector


class RecordedQuestion(Protocol):
    """What a region was asked, as the record holds it; digests and nonce are hexadecimal."""

    @property
    def region(self) -> str: ...
    @property
    def fields(self) -> Sequence[str]: ...
    @property
    def nonce(self) -> str: ...
    @property
    def case_commitment(self) -> str: ...
    @property
    def request_digest(self) -> str: ...
    @property
    def identifiers_digest(self) -> str: ...
    @property
    def carried(self) -> bool: ...


class Recorded(Protocol):
    """A verification as the record holds it."""

    @property
    def id(self) -> UUID: ...
    @property
    def jurisdiction(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def expires_at(self) -> datetime: ...
    @property
    def state_digest(self) -> str: ...
    @property
    def claim_digest(self) -> str: ...
    @property
    def browser_digest(self) -> str | None: ...
    @property
    def about(self) -> str | None: ...
    @property
    def document_digest(self) -> str | None: ...
    @property
    def asked_by(self) -> str | None: ...
    @property
    def office(self) -> str | None: ...
    @property
    def asked(self) -> RecordedQuestion | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def assured(self) -> Vector | None: ...
    @property
    def claims(self) -> object: ...
    @property
    def same_browser(self) -> bool: ...
    @property
    def refusals(self) -> int: ...
    @property
    def succeeded(self) -> bool: ...
    @property
    def succeeded_at(self) -> datetime | None: ...
    @property
    def failed(self) -> str | None: ...
    @property
    def is_over(self) -> bool: ...


class Record(Protocol):
    """Where verifications are kept. Each call is durable when it returns.

    `once` is consumed with the entry; offered a second time, from whichever
    process, the call fails and records nothing.
    """

    def begin(
        self,
        id: UUID,
        *,
        jurisdiction: str,
        method: str,
        scope: str,
        purpose: str,
        expires_at: datetime,
        state_digest: str,
        claim_digest: str,
        browser_digest: str | None,
        about: str | None,
        case_id: UUID | None,
        document_digest: str | None,
        asked_by: str | None,
        office: str | None,
    ) -> None:
        """Keep that someone was sent to prove who they are, or which clerk asked about them.

        `office` is that whose clerk it was.
        """

    def ask(
        self,
        id: UUID,
        *,
        region: str,
        fields: Sequence[str],
        sent: Sequence[str],
        legal_basis: str,
        nonce: str,
        case_commitment: str,
        request_digest: str,
        identifiers_digest: str,
        carried: bool,
    ) -> None:
        """Keep what a region is asked and sent, and what its answer will be checked by."""

    def authenticate(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Assured,
        same_browser: bool,
        once: Sequence[str],
    ) -> None:
        """Keep that the provider vouched for an account."""

    def succeed(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Assured,
        claims: Mapping[str, str],
        once: Sequence[str],
    ) -> None:
        """Keep who it was."""

    def succeed_first(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Assured,
        claims: Mapping[str, str],
        once: Sequence[str],
        status: tuple[str, int] | None = None,
        assertion: bytes = b"",
        salt: bytes = b"",
    ) -> bool:
        """Keep who it was, and tell whether nothing ended it or used `once` before.

        A region's `assertion` is kept as it is, with the `salt` of its commitment.
        """

    def sign(
        self,
        id: UUID,
        *,
        subject: str,
        assured: Assured,
        digest: str,
        signature: bytes,
        signed_at: datetime,
        once: Sequence[str],
    ) -> None:
        """Keep that the person signed the document of this SHA-256."""

    def mistake(self, id: UUID) -> None:
        """Keep that somebody came without the right code; a few of them end it."""

    def expire(self, id: UUID) -> None:
        """Keep that its time ran out, unless it came to another end."""

    def fail(self, id: UUID, *, reason: str, once: Sequence[str]) -> None:
        """Keep that no identity was established."""

    def fail_first(self, id: UUID, *, reason: str, once: Sequence[str]) -> bool:
        """Keep it, and tell whether nothing ended it or used `once` before."""

    async def answer(
        self,
        id: UUID,
        *,
        region: str,
        purpose: str,
        case_commitment: str,
        request_digest: str,
        verdict: str,
        answers: Mapping[str, str],
        cti: str,
        once: Sequence[str],
        sign: Callable[[int], bytes],
    ) -> bytes:
        """Keep what a partner region was told, and return it as it may leave.

        `sign` makes the token for the position that it is kept at.
        """

    def refuse(
        self,
        *,
        issuer: str,
        typ: str,
        step: str,
        digest: str,
        verification: UUID | None = None,
    ) -> None:
        """Keep that a token was refused at `step`, and which verification it was offered to."""

    def load(self, id: UUID) -> Recorded | None:
        """Return a verification as it stands, or `None` if it was never begun."""
