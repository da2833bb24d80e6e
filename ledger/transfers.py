"""The register of transfers: written with what is sent, read by supervisors and the person.

Whoever sends something to another region adds `transfer_entry` to the transaction
that records the sending, so that neither is ever there without the other.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from ledger.actor import SYSTEM, Actor
from ledger.application import Ledger
from ledger.entry import Entry
from ledger.projections.transfer_list import TransferList
from ledger.projections.view import view_in
from ledger.transfer_events import TransferRecorded

_TRANSFERS = UUID("b7b2b8d4-3f0a-4f0d-9f3b-6a2a1e6f9d52")

_PAN_PRD = "Pan-Pearl River Delta regional cooperation agreement (2004)"
_GREATER_BAY_AREA = (
    "Standard Contract for the Cross-boundary Flow of Personal Information Within the"
    " Guangdong–Hong Kong–Macao Greater Bay Area (Mainland, Hong Kong) (2023)"
)


def contract_with(region: str) -> str:
    """Return what allows personal data to go to `region` at all."""
    return _GREATER_BAY_AREA if region == "CN-HK" else _PAN_PRD


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichTransfers:
    """Which transfers to list; whatever is left out does not narrow the list."""

    subject: str | None = None
    recipient: str | None = None
    after: int = 0
    limit: int = 50


def transfer_entry(
    *,
    recipient: str,
    contract: str,
    categories: Iterable[str],
    purpose: str,
    basis: str,
    cause: str,
    at: datetime,
    subject: str | None = None,
    actor: Actor = SYSTEM,
) -> Entry:
    """Return the entry that says what kinds of data went to `recipient`, and why they may.

    `categories` are names of fields, `cause` the verification's id or the message's
    digest: for one cause and recipient there is one entry, a second is `CaseChanged`.
    Without a `subject`, whoever the verification turns out to be about is shown it.
    """
    event = TransferRecorded(
        contract=contract,
        recipient=recipient,
        categories=tuple(sorted(categories)),
        purpose=purpose,
        basis=basis,
        cause=cause,
        sent_at=at,
    )
    return Entry(
        stream=uuid5(_TRANSFERS, f"{recipient} {cause}"),
        version=1,
        event=event,
        recorded_at=at,
        effective_at=at,
        actor=actor,
        legal_basis=basis,
        subject=subject,
    )


class Transfers:
    """Reads the register, and writes to it for who has no transaction of their own."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder

    def record(
        self,
        *,
        recipient: str,
        contract: str,
        categories: Iterable[str],
        purpose: str,
        basis: str,
        cause: str,
        subject: str | None = None,
    ) -> int:
        """Record a transfer, durably, before it is made; return its position."""
        entry = transfer_entry(
            recipient=recipient,
            contract=contract,
            categories=categories,
            purpose=purpose,
            basis=basis,
            cause=cause,
            at=self._ledger.now(),
            subject=subject,
        )
        return self._ledger.record([entry])[-1].position

    def list(self, which: WhichTransfers) -> list[dict[str, Any]]:
        """Return a page of transfers as the view knows them, or raise `ViewBehind`."""
        with closing(view_in(self._folder, TransferList.name)) as db:
            return TransferList.page(
                db,
                subject=which.subject,
                recipient=which.recipient,
                after=which.after,
                limit=which.limit,
            )
