"""A person agreeing to something, in the words there are now."""

from uuid import UUID, uuid5

from ledger.actor import Actor
from ledger.application import Ledger
from ledger.catalogue import HAND_OVER, Purposes
from ledger.consent import Consent
from ledger.consent_commands import GiveConsent
from ledger.consents import Consents

_IDS = UUID("2b7f3c52-2f64-4b1a-9d60-0a6f0b8b5c11")


def asking(
    purposes: Purposes, purpose: str = HAND_OVER, recipient: str | None = None, n: int = 0
) -> GiveConsent:
    """What somebody sends who agrees to `purpose`."""
    wording = purposes[purpose].wording
    assert wording is not None
    return GiveConsent(
        consent=uuid5(_IDS, f"{purpose} {recipient} {n}"),
        purpose=purpose,
        recipient=recipient,
        wording=wording.version,
        language="zh-Hant",
        digest=wording.digest("zh-Hant"),
    )


def agree(ledger: Ledger, by: Actor, to: str) -> Consent:
    """Let the person of `by` agree that data of theirs go to the region `to`."""
    before = len(ledger.consents(by.principal))
    return Consents(ledger).give(asking(ledger.book.purposes, recipient=to, n=before), by)
