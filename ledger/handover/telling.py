"""What a step of a case tells the person, in the words of whoever took it."""

from collections.abc import Mapping

from ledger.entry import Event
from ledger.events import (
    CaseClosed,
    CaseGranted,
    CaseRefused,
    CorrectionRequested,
    DecisionServed,
    GrantedOnCommitment,
    NotRequired,
    RejectedAtIntake,
)
from ledger.personal import Hidden


def details(event: Event) -> Mapping[str, str]:
    """Return what `event` says beyond its name; nothing of what cannot be seen any more."""
    match event:
        case CorrectionRequested() if not isinstance(event.deficiencies, Hidden):
            return event.deficiencies
        case RejectedAtIntake():
            body = {"competent_body": event.competent_body}
            return body | _turned_away(event.reasons, event.remedies)
        case NotRequired() | CaseRefused():
            return _turned_away(event.reasons, event.remedies)
        case CaseGranted() | GrantedOnCommitment():
            return {"result": event.result}
        case DecisionServed():
            return {"means": event.means}
        case CaseClosed():
            return {"outcome": event.outcome}
        case _:
            return {}


def _turned_away(reasons: str | Hidden, remedies: tuple[str, ...]) -> dict[str, str]:
    told = {} if isinstance(reasons, Hidden) else {"reasons": reasons}
    return told | ({"remedies": "; ".join(remedies)} if remedies else {})
