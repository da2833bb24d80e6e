"""What someone may ask of a case; each may be refused, and only `decide` refuses.

Fields are what the asker says. Who is asking, the time, the service item and
the calendar come from the `Context`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from ledger.agreements import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitApplication:
    """Open a case. `materials` maps kind to the SHA-256 of what was uploaded.

    `inform` is a region that is told the result, if the applicant asks for it.
    """

    case_id: UUID
    item: str
    form: Mapping[str, str] = field(repr=False)
    materials: Mapping[str, str] = field(default_factory=dict, repr=False)
    inform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrection:
    """Tell everything that is missing or wrong; keys are materials or `form`."""

    case_id: UUID
    deficiencies: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitCorrection:
    """Bring what the notice named."""

    case_id: UUID
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    materials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptApplication:
    """Accept a complete application."""

    case_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """A material that may come later: in which form, and what lateness does."""

    material: str
    form: str
    consequence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptWithTolerance:
    """Accept now, with secondary materials owed by a date."""

    case_id: UUID
    deferred: tuple[Deferral, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectAtIntake:
    """Say that another body is competent, and which."""

    case_id: UUID
    competent_body: str
    reasons: str = field(repr=False)
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareNotRequired:
    """Say that no licence is needed."""

    case_id: UUID
    reasons: str = field(repr=False)
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignCommitment:
    """Commit in place of proofs; `text_digest` is the SHA-256 of the wording read.

    `verification` is the one in which that wording was signed, where it was.
    """

    case_id: UUID
    materials: tuple[str, ...]
    text_digest: str
    language: Literal["hans", "hant", "en"] = "hans"
    verification: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitSupplement:
    """Bring materials still owed after acceptance."""

    case_id: UUID
    materials: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCase:
    """Record the examination and what the reviewer recommends."""

    case_id: UUID
    recommendation: Literal["grant", "refuse"]
    findings: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantCase:
    """Grant; `result` is the number of the licence or certificate."""

    case_id: UUID
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseCase:
    """Refuse, saying why; mainland remedies are added where none are named."""

    case_id: UUID
    reasons: str = field(repr=False)
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeDecision:
    """Record how the decision reached the applicant."""

    case_id: UUID
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase:
    """Close a case whose decision was served."""

    case_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawApplication:
    """Take the application back before it is decided."""

    case_id: UUID
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestJointReview:
    """Ask an authority of another region for its opinion, and share these kinds with it."""

    case_id: UUID
    review: UUID
    region: str
    authority: str
    question: str = field(repr=False)
    basis: Basis
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawJointReview:
    """Wait for an opinion no longer."""

    case_id: UUID
    review: UUID
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveOpinion:
    """A partner region's: the opinion it was asked for."""

    case_id: UUID
    review: UUID
    recommendation: str
    findings: str = field(repr=False)
    materials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemAccepted:
    """The clock's: the intake term ran out unanswered."""

    case_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseTolerance:
    """The clock's: the last day for deferred materials has passed."""

    case_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RecomputeDeadline:
    """The clock's: the calendar now knows the year a provisional deadline fell in."""

    case_id: UUID
    duty: str


Command = (
    SubmitApplication
    | RequestCorrection
    | SubmitCorrection
    | AcceptApplication
    | AcceptWithTolerance
    | RejectAtIntake
    | DeclareNotRequired
    | SignCommitment
    | SubmitSupplement
    | ReviewCase
    | GrantCase
    | RefuseCase
    | ServeDecision
    | CloseCase
    | WithdrawApplication
    | RequestJointReview
    | WithdrawJointReview
    | ReceiveOpinion
    | DeemAccepted
    | LapseTolerance
    | RecomputeDeadline
)
