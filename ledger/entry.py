"""An event as it was recorded: where, when, by whom, and under which law.

Two times stand on every entry: `recorded_at`, when we wrote it down, and
`effective_at`, when it took legal effect. An imported fact has a third, when
its source recorded it.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from ledger.actor import Actor
from ledger.binding_events import BINDING_EVENTS, BindingEvent
from ledger.code_events import CODE_EVENTS, CodeEvent
from ledger.consent_events import CONSENT_EVENTS, ConsentEvent
from ledger.contact_events import CONTACT_EVENTS, ContactEvent
from ledger.events import CASE_EVENTS, CaseEvent
from ledger.handover_events import HANDOVER_EVENTS, HandoverEvent
from ledger.history_events import HISTORY_EVENTS, HistoryEvent
from ledger.log_events import LOG_EVENTS, LogEvent
from ledger.mandate_events import MANDATE_EVENTS, MandateEvent
from ledger.message_events import MESSAGE_EVENTS, MessageEvent
from ledger.reading_events import READING_EVENTS, ReadingEvent
from ledger.region_events import REGION_EVENTS, RegionEvent
from ledger.request_events import REQUEST_EVENTS, RequestEvent
from ledger.retention_events import RETENTION_EVENTS, RetentionEvent
from ledger.revocation_events import REVOCATION_EVENTS, RevocationEvent
from ledger.staff_key_events import STAFF_KEY_EVENTS, StaffKeyEvent
from ledger.subject_events import SUBJECT_EVENTS, SubjectEvent
from ledger.subscription_events import SUBSCRIPTION_EVENTS, SubscriptionEvent
from ledger.transfer_events import TRANSFER_EVENTS, TransferEvent
from ledger.verification_events import VERIFICATION_EVENTS, VerificationEvent

Event = (
    CaseEvent
    | HistoryEvent
    | VerificationEvent
    | SubjectEvent
    | LogEvent
    | RevocationEvent
    | CodeEvent
    | BindingEvent
    | MandateEvent
    | TransferEvent
    | HandoverEvent
    | MessageEvent
    | RegionEvent
    | ReadingEvent
    | StaffKeyEvent
    | ConsentEvent
    | RequestEvent
    | RetentionEvent
    | SubscriptionEvent
    | ContactEvent
)

EVENT_TYPES: dict[str, type[Event]] = {
    **LOG_EVENTS,
    **CASE_EVENTS,
    **VERIFICATION_EVENTS,
    **HISTORY_EVENTS,
    **SUBJECT_EVENTS,
    **REVOCATION_EVENTS,
    **CODE_EVENTS,
    **BINDING_EVENTS,
    **MANDATE_EVENTS,
    **TRANSFER_EVENTS,
    **HANDOVER_EVENTS,
    **MESSAGE_EVENTS,
    **REGION_EVENTS,
    **READING_EVENTS,
    **STAFF_KEY_EVENTS,
    **CONSENT_EVENTS,
    **REQUEST_EVENTS,
    **RETENTION_EVENTS,
    **SUBSCRIPTION_EVENTS,
    **CONTACT_EVENTS,
}
EVENT_NAMES: dict[type[Event], str] = {kind: name for name, kind in EVENT_TYPES.items()}


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Version `version` of `stream`, a case or one of the ledger's own records.

    `subject` names whose key seals the event's personal fields. `position` is
    the entry's place in the log, counted from 1, and 0 until it is stored.
    """

    stream: UUID
    version: int
    event: Event
    recorded_at: datetime
    effective_at: datetime
    actor: Actor
    source_recorded_at: datetime | None = None
    legal_basis: str | None = None
    item: str | None = None
    item_version: int | None = None
    subject: str | None = None
    position: int = 0

    @property
    def name(self) -> str:
        """The event's name on disk."""
        return EVENT_NAMES[type(self.event)]
