"""Answering a partner region about one of our residents: an answer, not a dossier.

An answer leaves only after the caller has consumed the request's `once` keys in
the transaction that records the answer; a replayed request gets none.
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import cose
from cose import Signer, sign1
from identity.claim_values import Result, StatusReference
from identity.claims import Assertion, VerificationRequest
from identity.claimset import encode_claims
from identity.documents import Document, normalised, permit_holder
from identity.errors import NotAgreed, TokenRefused
from identity.model import Answer, Comparison
from identity.policy import Policy, is_from_hong_kong
from identity.ports import ResidentRegister
from identity.refusals import SignedButNotAgreed, signed_but_refused
from identity.sealing import SealingKey
from identity.trust import Trust
from identity.verifier import ASSERTION, REQUEST, Verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A request that holds, with the identifiers it was sealed with."""

    request: VerificationRequest
    digest: bytes
    once: tuple[str, ...]
    identifiers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """One region in its role of answering others.

    `signer` gives the key that signs now, and `sealing_keys` those that still open
    boxes; `pseudonym_key` never changes, or every pseudonym would.
    """

    issuer: str
    signer: Callable[[], Signer]
    trust: Trust
    policy: Policy
    sealing_keys: Callable[[], Sequence[SealingKey]]
    pseudonym_key: bytes = field(repr=False)
    register: ResidentRegister

    def open(self, token: bytes, *, now: datetime) -> Opened:
        """Return what is asked, or raise `TokenRefused`, or `NotAgreed`."""
        verified = Verifier(self.trust, self.issuer).verify(token, REQUEST, now=now)
        request = verified.claims
        try:
            identifiers = self._unsealed(request)
        except TokenRefused as error:
            raise signed_but_refused(
                error, issuer=request.issuer, typ=REQUEST.typ, token=token
            ) from error
        try:
            self.policy.check_answering(
                request.issuer,
                fields=request.fields,
                purpose=request.purpose,
                legal_basis=request.legal_basis,
                from_hong_kong=is_from_hong_kong(identifiers),
            )
        except NotAgreed as error:
            raise SignedButNotAgreed(
                str(error), issuer=request.issuer, typ=REQUEST.typ, digest=verified.digest
            ) from error
        return Opened(
            request=request,
            digest=verified.digest,
            once=verified.once,
            identifiers=identifiers,
        )

    def _unsealed(self, request: VerificationRequest) -> Mapping[str, str]:
        key = next((k for k in self.sealing_keys() if k.kid == request.sealed.kid), None)
        if key is None:
            raise TokenRefused("box: sealed to a key we do not hold")
        return key.open(request.sealed, issuer=request.issuer, cti=request.cti)

    async def answer(
        self,
        opened: Opened,
        *,
        now: datetime,
        cti: bytes,
        status: StatusReference | None = None,
    ) -> bytes:
        """Look the person up and return the signed answer; `cti` is 16 fresh random bytes."""
        return self.sign(await self.look_up(opened, now=now, cti=cti, status=status))

    def sign(self, assertion: Assertion) -> bytes:
        """Return `assertion` as the token that travels."""
        return sign1(self.signer(), typ=ASSERTION.typ, payload=encode_claims(assertion))

    async def look_up(
        self,
        opened: Opened,
        *,
        now: datetime,
        cti: bytes,
        status: StatusReference | None = None,
    ) -> Assertion:
        """Return what we would answer, for a caller that records it before it is sent."""
        request = opened.request
        compared = await self.register.compare(opened.identifiers, request.fields)
        issued_at = now.replace(microsecond=0)
        return Assertion(
            issuer=self.issuer,
            subject=self.pseudonym(request.issuer, opened.identifiers),
            audience=request.issuer,
            issued_at=issued_at,
            expires_at=issued_at + ASSERTION.lifetime,
            cti=cti,
            nonce=request.nonce,
            case_commitment=request.case_commitment,
            purpose=request.purpose,
            request_digest=opened.digest,
            result=_result(compared, request.fields, issued_at),
            status=status,
        )

    def pseudonym(self, asker: str, identifiers: Mapping[str, str]) -> str:
        """Return a name for whoever was asked about that no other asker can link.

        However the number is written, and however often a permit was renewed.
        """
        kind = normalised(identifiers.get("document_type", "")).lower()
        written = normalised(identifiers.get("document_number", ""))
        number = "".join(filter(str.isalnum, written))
        if kind == Document.MAINLAND_TRAVEL_PERMIT:
            number = permit_holder(number)
        message = cose.encode([asker, kind, number])
        return hmac.digest(self.pseudonym_key, message, "sha256").hex()


def _result(compared: Comparison, asked: tuple[str, ...], at: datetime) -> Result:
    answers = {name: compared.answers.get(name, Answer.NOT_COMPARABLE) for name in asked}
    return Result(
        verdict=_verdict(answers.values()),
        answers=answers,
        assurance=compared.assurance,
        method=compared.method,
        checked_at=at,
        source_as_of=compared.source_as_of,
    )


def _verdict(answers: Collection[Answer]) -> Answer:
    if Answer.NO_MATCH in answers:
        return Answer.NO_MATCH
    if set(answers) == {Answer.MATCH}:
        return Answer.MATCH
    if set(answers) == {Answer.NOT_COMPARABLE}:
        return Answer.NOT_COMPARABLE
    return Answer.PARTIAL
