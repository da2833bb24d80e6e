"""Asking a partner region about a person, and reading its answer.

An answer counts only for the request it was given to: issuer, nonce, case,
purpose, request digest and fields are all compared, not just the signature.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from cose import Signer, sign1
from identity.assurance import by_answer
from identity.claim_forms import SKEW
from identity.claims import Assertion, VerificationRequest
from identity.claimset import encode_claims
from identity.errors import TokenRefused, VerificationDeclined
from identity.model import Answer, VerifiedIdentity
from identity.policy import Policy, is_from_hong_kong
from identity.refusals import signed_but_refused
from identity.sealing import seal
from identity.trust import Trust
from identity.verifier import ASSERTION, REQUEST, Verified, Verifier

METHOD = "pprd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What we believe of a person, what we want answered, and why we may ask."""

    identifiers: Mapping[str, str] = field(repr=False)
    fields: tuple[str, ...]
    case_commitment: bytes
    purpose: str
    legal_basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request ready to be carried, kept until its answer arrives."""

    question: Question
    request: VerificationRequest
    token: bytes = field(repr=False)

    @property
    def expected(self) -> "Expected":
        """What an answer has to echo."""
        request = self.request
        return Expected(
            region=request.audience,
            nonce=request.nonce,
            case_commitment=request.case_commitment,
            purpose=request.purpose,
            request_digest=sha256(self.token).digest(),
            fields=request.fields,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an answer has to echo of its request; it is no secret, and holds no identifiers."""

    region: str
    nonce: bytes
    case_commitment: bytes
    purpose: str
    request_digest: bytes
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer that holds; its `once` keys are still to be consumed."""

    asked: Asked
    assertion: Assertion
    once: tuple[str, ...]

    def identity(self) -> VerifiedIdentity:
        """Return who was verified, or raise `VerificationDeclined` if the answer is no."""
        return identity_in(self.assertion, self.asked.question.identifiers)


def identity_in(assertion: Assertion, believed: Mapping[str, str]) -> VerifiedIdentity:
    """Return whom `assertion` confirms to be as `believed`, or raise `VerificationDeclined`."""
    result = assertion.result
    if result.verdict is not Answer.MATCH:
        raise VerificationDeclined(f"the home region answered {result.verdict}")
    confirmed = [name for name, answer in result.answers.items() if answer is Answer.MATCH]
    return VerifiedIdentity(
        jurisdiction=assertion.issuer,
        method=METHOD,
        account=assertion.subject,
        assured=by_answer(result, assertion.issuer),
        claims={name: believed[name] for name in confirmed if name in believed},
    )


def commit_to_case(salt: bytes, case: bytes) -> bytes:
    """Return what a token says of a case: nothing to whoever does not hold the salt."""
    if len(salt) != 16:
        raise ValueError("a case is committed to with a salt of 16 bytes")
    return sha256(salt + case).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """One region in its role of asking others, where `policy` lets it.

    `signer` gives the key that signs now.
    """

    issuer: str
    signer: Callable[[], Signer]
    trust: Trust
    policy: Policy

    def ask(
        self, question: Question, home: str, *, now: datetime, cti: bytes, nonce: bytes
    ) -> Asked:
        """Return the request to `home`; `cti` and `nonce` are 16 fresh random bytes each.

        Raises `NotAgreed` where we may not ask this, and `TokenRefused` where `home`
        has no key that identifiers could be sealed to.
        """
        self.policy.check_asking(
            home,
            fields=question.fields,
            purpose=question.purpose,
            legal_basis=question.legal_basis,
            from_hong_kong=is_from_hong_kong(question.identifiers),
        )
        key = self.trust.sealing_key(home, now)
        issued_at = now.replace(microsecond=0)
        request = VerificationRequest(
            issuer=self.issuer,
            audience=home,
            issued_at=issued_at,
            expires_at=issued_at + REQUEST.lifetime,
            cti=cti,
            nonce=nonce,
            case_commitment=question.case_commitment,
            purpose=question.purpose,
            fields=question.fields,
            sealed=seal(question.identifiers, issuer=self.issuer, cti=cti, key=key),
            legal_basis=question.legal_basis,
        )
        token = sign1(self.signer(), typ=REQUEST.typ, payload=encode_claims(request))
        return Asked(question=question, request=request, token=token)

    def read(self, asked: Asked, answer: bytes, *, now: datetime) -> Answered:
        """Return what `answer` says about `asked`, or raise `TokenRefused`."""
        verified = self.check(asked.expected, answer, now=now)
        return Answered(asked=asked, assertion=verified.claims, once=verified.once)

    def check(self, expected: Expected, answer: bytes, *, now: datetime) -> Verified[Assertion]:
        """Return what `answer` says, or raise `TokenRefused` unless it is to what we asked."""
        verified = Verifier(self.trust, self.issuer).verify(answer, ASSERTION, now=now)
        try:
            _check_echo(expected, verified.claims)
            _check_result_times(verified.claims)
        except TokenRefused as error:
            raise signed_but_refused(
                error, issuer=verified.claims.issuer, typ=ASSERTION.typ, token=answer
            ) from error
        return verified


def _check_echo(expected: Expected, assertion: Assertion) -> None:
    echoes = {
        "issuer": assertion.issuer == expected.region,
        "nonce": assertion.nonce == expected.nonce,
        "case": assertion.case_commitment == expected.case_commitment,
        "purpose": assertion.purpose == expected.purpose,
        "request": assertion.request_digest == expected.request_digest,
        "fields": assertion.result.answers.keys() == set(expected.fields),
    }
    for name, holds in echoes.items():
        if not holds:
            raise TokenRefused(f"echo: the answer is to another request: its {name} differs")


def _check_result_times(assertion: Assertion) -> None:
    """Refuse what was looked up after it was told: it would count as fresh for ever."""
    result = assertion.result
    if not result.source_as_of <= result.checked_at <= assertion.issued_at + SKEW:
        raise TokenRefused("times: the result is of another time than the answer")
