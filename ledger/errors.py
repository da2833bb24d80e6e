"""Everything the ledger refuses or cannot do; each has a cause a person can act on.

`CommandRejected` and its children come only from `decide`: the request was
understood and a rule says no. The rest are about the request's surroundings.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class LedgerError(Exception):
    """The root of the family."""


class CommandRejected(LedgerError):
    """A rule of the procedure refuses the command; the message says which."""


class NotAllowed(CommandRejected):
    """This actor may not give this command, whatever the state of the case."""


class IdentityTakenBack(CommandRejected):
    """The region that said who the applicant is took its answer back since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A part of an assurance that falls short, what it has to be, and the way to mend it.

    `scope` is what to begin a verification for.
    """

    part: str
    needed: str
    scope: str


class StepUpNeeded(NotAllowed):
    """The person is not known surely enough for this item, and can be.

    `methods` are those that the item accepts.
    """

    def __init__(
        self, message: str, *, missing: Sequence[Missing], methods: Sequence[str]
    ) -> None:
        super().__init__(message)
        self.missing = tuple(missing)
        self.methods = tuple(methods)


class CaseNotFound(LedgerError):
    """No such case, or none this caller may know of."""


class AheadOfLog(LedgerError):
    """Somebody knows of a position that no server of the log has, as before a restore."""


class SubscriptionNotFound(LedgerError):
    """No such subscription, or it is somebody else's, or was ended."""


class EntryNotFound(LedgerError):
    """The case is there, and has no entry of this version."""


class CaseChanged(LedgerError):
    """Another writer got there first; read the case again before retrying."""


class PreconditionFailed(CaseChanged):
    """What is to be changed is not at the version any more that the caller saw."""


class CommandReused(LedgerError):
    """A command id seen before came with another body."""


class RequestUnfinished(LedgerError):
    """A request under this key was begun, and nobody knows yet what came of it."""


class UsedBefore(LedgerError):
    """A nonce, token id or callback state has already been used once."""


class PersonErased(LedgerError):
    """Something personal was to be recorded of somebody who has no key any more."""


class UnknownItem(LedgerError):
    """The catalogue has no such service item, or not in this version."""


class MaterialRefused(LedgerError):
    """An upload is too large, of a type nobody accepts, or not what its digest says."""


class MaterialNotFound(LedgerError):
    """No such material is held for this person."""


class NotPublished(LedgerError):
    """The log has no such tile, head or position yet."""


class ViewBehind(LedgerError):
    """A view has not reached the position asked for; it will, so try again."""


class ViewStopped(ViewBehind):
    """A view cannot apply an entry that others rest on, and stands still before it."""


class ViewNotFound(LedgerError):
    """There is no such view, or no certificate of it yet."""


class NotCertified(LedgerError):
    """A view is not what the log folds to, or cannot be told to be."""


class OutOfOrder(LedgerError):
    """A partner's message came before the one that has to come first, `expected`."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"the message of sequence {expected} has to come first")
        self.expected = expected


class Contradicted(LedgerError):
    """A partner sent two messages of one sequence; both are recorded as an alarm."""


class EntryTooLarge(LedgerError):
    """An entry would exceed 65,535 bytes, the length a C2SP entry bundle can state."""


class Unavailable(LedgerError):
    """Nothing can be written durably now; the same command again, later, counts once."""


class OutcomeUnknown(Unavailable):
    """It may have been recorded, and nobody could look; only the same command id is safe."""


class Overloaded(Unavailable):
    """More is waiting to be written than can be held; try again in a moment."""


class Closed(Unavailable):
    """The ledger is shutting down."""


class LogDamaged(LedgerError):
    """What is stored is not what was written; the message names the position."""


class HomeBusy(LedgerError):
    """Another process is writing to this data folder."""


class HomeUnusable(LedgerError):
    """The data folder is missing a key, or cannot be written durably."""
