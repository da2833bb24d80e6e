"""Whether what is personal in a case is opened on this terminal."""

from ledger.application import Ledger
from ledger.case import Case
from ledger.personal import Hidden
from ledger.projections.folds import State
from ledger.subject_events import Standing


def hidden_at(ledger: Ledger, state: State, *, personal: bool) -> Hidden | None:
    """Say as what personal fields are shown; opened only where that was asked for.

    Whose data are restricted is asked of our own cases, which have one person each.
    """
    if not personal:
        return Hidden.SEALED
    if not isinstance(state, Case):
        return None
    match ledger.standing(state.subject):
        case Standing.FREE:
            return None
        case Standing.RESTRICTED:
            return Hidden.RESTRICTED
        case Standing.ERASED:
            return Hidden.ERASED
