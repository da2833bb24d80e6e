"""What happened: every fact a case's main line can hold, and its name on disk.

Events carry no id, time or actor; the `Entry` recording them does. Names are
never changed or reused: a new shape becomes `.v2` beside the old one.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from ledger.assurance import Assured
from ledger.calendar import Deadline
from ledger.personal import Personal, Recorded

Texts = Mapping[str, str]


class ApplicantVerified(Recorded, frozen=True):
    """Someone proved who they are before this case was opened for them."""

    verification: UUID
    jurisdiction: str
    method: str
    assured: Assured
    from_hong_kong: bool = False


class ApplicationReceived(Recorded, frozen=True):
    """The authority has the application and gave a receipt (收件).

    `materials` are the kinds handed in; `digests` maps kind to SHA-256 in hex.
    """

    authority: str
    receipt: str
    received_on: date
    intake_due: Deadline
    materials: tuple[str, ...]
    digests: Personal[Texts]
    form: Personal[Texts]


class CorrectionRequested(Recorded, frozen=True):
    """All deficiencies, told once (补正通知; Licensing Law art. 32(4))."""

    materials: tuple[str, ...]
    due: Deadline
    deficiencies: Personal[Texts]


class CorrectionSubmitted(Recorded, frozen=True):
    """The applicant mended what the notice named; the intake term runs anew."""

    received_on: date
    intake_due: Deadline
    materials: tuple[str, ...]
    digests: Personal[Texts]
    form: Personal[Texts]


class ApplicationAccepted(Recorded, frozen=True):
    """Complete and within competence (受理)."""

    decision_due: Deadline
    statutory_due: Deadline


class AcceptanceDeemed(Recorded, frozen=True):
    """Nobody answered in time, so the application counts as accepted from receipt."""

    decision_due: Deadline
    statutory_due: Deadline


class DeferredMaterial(Recorded, frozen=True):
    """What an acceptance with tolerance must name about each material still owed."""

    material: str
    form: str
    due: Deadline
    consequence: str


class AcceptedWithTolerance(Recorded, frozen=True):
    """Accepted although secondary materials are still owed (容缺受理)."""

    deferred: tuple[DeferredMaterial, ...]
    decision_due: Deadline
    statutory_due: Deadline


class RejectedAtIntake(Recorded, frozen=True):
    """Not this authority's to decide; the right body is named (不予受理)."""

    competent_body: str
    remedies: tuple[str, ...]
    reasons: Personal[str]


class NotRequired(Recorded, frozen=True):
    """No licence is needed for this; said at once (art. 32(1))."""

    remedies: tuple[str, ...]
    reasons: Personal[str]


class CaseFollowed(Recorded, frozen=True):
    """A partner region is told what becomes of the case: it was handed over by a window
    there, or the applicant asked for it.

    `handover` is its name there, `account` the person's own for that region; `claims`
    are what the window verified.
    """

    region: str
    mode: str
    handover: UUID
    account: Personal[str]
    claims: Personal[Texts]


class JointReviewRequested(Recorded, frozen=True):
    """Another region's authority was asked for its opinion (多地联办), materials shared.

    `statutory_due` is the longer term of joint handling, where the item has one.
    """

    review: UUID
    region: str
    authority: str
    basis: str
    materials: tuple[str, ...]
    due: Deadline
    statutory_due: Deadline | None
    account: Personal[str]
    question: Personal[str]


class JointOpinionReceived(Recorded, frozen=True):
    """The other region's authority answered; `materials` are what it added."""

    review: UUID
    region: str
    recommendation: str
    materials: tuple[str, ...]
    findings: Personal[str]
    digests: Personal[Texts]


class JointReviewWithdrawn(Recorded, frozen=True):
    """The opinion is waited for no longer: taken back by us, or refused by the other side."""

    review: UUID
    region: str
    reason: Personal[str]


class CommitmentSigned(Recorded, frozen=True):
    """A notified commitment replaces these proofs and will be checked (告知承诺).

    `text_digest` is the SHA-256 of the exact wording shown, in hex. Where it was signed,
    `verification` holds the signature, and `signature_digest` is its SHA-256.
    """

    materials: tuple[str, ...]
    text_digest: str
    language: str
    verification: UUID | None = None
    signature_digest: str | None = None


class SupplementSubmitted(Recorded, frozen=True):
    """Materials still owed after acceptance were brought (补齐)."""

    materials: tuple[str, ...]
    digests: Personal[Texts]


class ToleranceLapsed(Recorded, frozen=True):
    """The last day passed and these materials were still owed."""

    materials: tuple[str, ...]


class CaseReviewed(Recorded, frozen=True):
    """The reviewer examined the case and recommends an outcome."""

    recommendation: str
    findings: Personal[str]


class CaseGranted(Recorded, frozen=True):
    """The licence or service is granted (准予)."""

    result: str
    serve_due: Deadline


class GrantedOnCommitment(Recorded, frozen=True):
    """Granted on the strength of commitments that are checked afterwards."""

    result: str
    serve_due: Deadline
    commitments: tuple[str, ...]


class CaseRefused(Recorded, frozen=True):
    """Refused, with reasons and the ways to contest it (art. 38)."""

    remedies: tuple[str, ...]
    serve_due: Deadline
    reasons: Personal[str]


class DecisionServed(Recorded, frozen=True):
    """The decision reached the applicant (送达); an online channel is named."""

    means: str


class CaseClosed(Recorded, frozen=True):
    """Nothing is left to do (办结)."""

    outcome: str


class ApplicationWithdrawn(Recorded, frozen=True):
    """The applicant took the application back (撤件)."""

    reason: Personal[str]


class DeadlineRecomputed(Recorded, frozen=True):
    """A calendar's new notice settled a deadline that was provisional."""

    duty: str
    deadline: Deadline


CaseEvent = (
    ApplicantVerified
    | ApplicationReceived
    | CorrectionRequested
    | CorrectionSubmitted
    | ApplicationAccepted
    | AcceptanceDeemed
    | AcceptedWithTolerance
    | RejectedAtIntake
    | NotRequired
    | CommitmentSigned
    | SupplementSubmitted
    | ToleranceLapsed
    | CaseReviewed
    | CaseGranted
    | GrantedOnCommitment
    | CaseRefused
    | DecisionServed
    | CaseClosed
    | ApplicationWithdrawn
    | DeadlineRecomputed
    | CaseFollowed
    | JointReviewRequested
    | JointOpinionReceived
    | JointReviewWithdrawn
)

CASE_EVENTS: Mapping[str, type[CaseEvent]] = {
    "applicant.verified.v1": ApplicantVerified,
    "application.received.v1": ApplicationReceived,
    "correction.requested.v1": CorrectionRequested,
    "correction.submitted.v1": CorrectionSubmitted,
    "application.accepted.v1": ApplicationAccepted,
    "acceptance.deemed.v1": AcceptanceDeemed,
    "application.accepted_with_tolerance.v1": AcceptedWithTolerance,
    "application.rejected_at_intake.v1": RejectedAtIntake,
    "application.not_required.v1": NotRequired,
    "commitment.signed.v1": CommitmentSigned,
    "supplement.submitted.v1": SupplementSubmitted,
    "tolerance.lapsed.v1": ToleranceLapsed,
    "case.reviewed.v1": CaseReviewed,
    "case.granted.v1": CaseGranted,
    "case.granted_on_commitment.v1": GrantedOnCommitment,
    "case.refused.v1": CaseRefused,
    "decision.served.v1": DecisionServed,
    "case.closed.v1": CaseClosed,
    "application.withdrawn.v1": ApplicationWithdrawn,
    "deadline.recomputed.v1": DeadlineRecomputed,
    "case.followed.v1": CaseFollowed,
    "joint_review.requested.v1": JointReviewRequested,
    "joint_opinion.received.v1": JointOpinionReceived,
    "joint_review.withdrawn.v1": JointReviewWithdrawn,
}
