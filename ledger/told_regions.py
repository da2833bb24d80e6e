"""What partner regions asked of us and were told, and the tokens that were refused."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID, uuid5

from ledger.actor import SYSTEM
from ledger.application import Ledger
from ledger.awaiting import Awaiting
from ledger.draft import Draft
from ledger.once import Once
from ledger.streams import entry_now, next_entry
from ledger.verification_events import TokenRefused, VerificationAnswered

_REFUSALS = UUID("6d5c1c39-64c4-4b0f-9a0e-2f7f9f5d6b11")


class ToldRegions:
    """The half of the record that is about what others ask, and offer."""

    def __init__(self, ledger: Ledger, awaiting: Awaiting) -> None:
        self._ledger = ledger
        self._awaiting = awaiting

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
        """Record what we told a partner region, and return it; raises `UsedBefore`.

        `sign` makes the token for a position, which is its place in our status lists:
        it is only known where nobody else may write, and the entry has its digest.
        """
        keys = [Once.of(text) for text in once]

        def job(draft: Draft) -> bytes:
            draft.check_unused(keys)
            token = sign(draft.head + 1)
            event = VerificationAnswered(
                region=region,
                purpose=purpose,
                case_commitment=case_commitment,
                request_digest=request_digest,
                verdict=verdict,
                answers=answers,
                cti=cti,
                digest=sha256(token).hexdigest(),
            )
            draft.add([entry_now(self._ledger, id, 1, event, SYSTEM)], keys)
            return token

        return await self._awaiting.answer(
            lambda: self._ledger.writing(job, keys=[each.key for each in keys])
        )

    def refuse(
        self,
        *,
        issuer: str,
        typ: str,
        step: str,
        digest: str,
        verification: UUID | None = None,
    ) -> None:
        """Record that a token was refused, with the verification it was offered to, if any.

        Every refusal of one token is told, each in its order.
        """
        stream = verification or uuid5(_REFUSALS, digest)
        event = TokenRefused(issuer=issuer, typ=typ, step=step, digest=digest)

        def job(draft: Draft) -> None:
            draft.add([next_entry(self._ledger, draft, stream, event, SYSTEM)], [])

        self._ledger.write(job)
