"""Cases handed across regions: 代收代办, 多地联办 and 全程网办 with a result returned.

What one region does is a fact in its own log; the other learns of it by a message
of the log's outbox, and records what its inbox made of it.
"""

from ledger.handover.commands import (
    BeginHandover,
    CorrectHandover,
    GiveOpinion,
    HandoverCommand,
    SupplementHandover,
)
from ledger.handover.contents import KINDS
from ledger.handover.correspondence import Correspondence
from ledger.handover.handover import Handover, fold_handover
from ledger.handover.handovers import Changed, Handovers
from ledger.handover.inbox import Inbox
from ledger.handover.outbox import Outbox

__all__ = [
    "KINDS",
    "BeginHandover",
    "Changed",
    "CorrectHandover",
    "Correspondence",
    "GiveOpinion",
    "Handover",
    "HandoverCommand",
    "Handovers",
    "Inbox",
    "Outbox",
    "SupplementHandover",
    "fold_handover",
]
