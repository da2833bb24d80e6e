"""About whom, and about what of ours, a partner's message is.

Whom it is about is told by names between the two regions alone; a case or
hand-over is found by what the sender itself called it, so that it reaches none
but its own.
"""

from collections.abc import Callable
from typing import NoReturn
from uuid import UUID, uuid5

from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.events import JointReviewRequested
from ledger.handover import contents
from ledger.handover.handover import Handover, fold_handover, incoming_id
from ledger.handover.outbox import message_sent
from ledger.handover_events import HandoverEvent
from ledger.once import Once
from ledger.ports import Received
from ledger.streams import entries_of

METHOD = "pprd"
_CASES = UUID("3c0f6f0e-3d55-4d2c-9b61-7a2d8c6a4b01")
_OF_CASES = frozenset({contents.CORRECTION, contents.SUPPLEMENT})


class NobodyKnown(Exception):
    """The message does not say about whom it is, in a way that leads to anybody."""


def case_of(region: str, handover: UUID) -> UUID:
    """The case that comes of what `region` hands over under this name."""
    return uuid5(_CASES, f"{region} {handover}")


def asked_key(region: str, review: UUID) -> Once:
    """Finds the message with which we asked `region` for this opinion."""
    return Once.of(f"asked:{region}:{review}")


class Whose:
    """Finds what messages are about in one ledger; `pseudonym` names persons in it."""

    def __init__(self, ledger: Ledger, pseudonym: Callable[[str, str, str], str]) -> None:
        self._ledger = ledger
        self._pseudonym = pseudonym

    def subject(self, draft: Draft, received: Received) -> str:
        """Return whom the message is about, here; raises `NobodyKnown`."""
        kind, content = received.message.kind, received.message.content
        if kind == contents.FORWARDED:
            return self._named(received, contents.read(content, contents.Forwarded).applicant)
        if kind == contents.REVIEW:
            asked = contents.read(content, contents.ReviewRequested)
            return self._named(received, asked.applicant)
        if kind in _OF_CASES:
            return self._of_case(draft, case_of(received.region, received.message.about))
        if kind == contents.OPINION:
            return self._of_case(draft, contents.read(content, contents.Opinion).case)
        if kind == contents.PROGRESSED:
            told = contents.read(content, contents.Progressed)
            known = self.handover(draft, received, told.mode)
            if known is None and told.mode == "online" and told.applicant is not None:
                return self._named(received, told.applicant)
            return _subject(known)
        if kind == contents.REFUSED:
            return self._of_refused(draft, received)
        raise NobodyKnown(
            f"{contents.UNREADABLE}: messages of the kind {kind[:40]!r} are not known here"
        )

    def handover(self, draft: Draft, received: Received, mode: str) -> Handover | None:
        """Our side of what the message is about, if it is with its sender."""
        about = received.message.about
        stream = about if mode == "collect" else incoming_id(received.region, about)
        entries = entries_of(self._ledger, stream, draft)
        if not entries or not isinstance(entries[0].event, HandoverEvent):
            return None
        handover = fold_handover(entries)
        is_its = handover is not None and handover.region == received.region
        return handover if is_its else None

    def _named(self, received: Received, applicant: contents.Applicant) -> str:
        return self._pseudonym(received.region, METHOD, applicant.account)

    def _of_case(self, draft: Draft, case_id: UUID) -> str:
        case = self._ledger.case(draft, case_id)
        if case is None:
            raise NobodyKnown("no such case came of what you handed over")
        return case.subject

    def _of_refused(self, draft: Draft, received: Received) -> str:
        told = contents.read(received.message.content, contents.Refused)
        if told.kind == contents.REVIEW:
            return self._of_case(draft, self.reviewed(received))
        mode = "joint" if told.kind == contents.OPINION else "collect"
        return _subject(self.handover(draft, received, mode))

    def reviewed(self, received: Received) -> UUID:
        """The case for which we asked the opinion that is refused."""
        key = asked_key(received.region, received.message.about)
        used = self._ledger.recorder.select_once(key.key)
        if used is not None:
            sent = message_sent(self._at(used.first))
            cause = self._at(sent.cause)
            if isinstance(cause.event, JointReviewRequested):
                return cause.stream
        raise NobodyKnown("we asked you for no such opinion")

    def _at(self, position: int) -> Entry:
        [entry] = self._ledger.read(position - 1, until=position)
        return entry


def _subject(handover: Handover | None) -> str:
    if handover is None:
        _unknown()
    return handover.subject


def _unknown() -> NoReturn:
    raise NobodyKnown("there is no such hand-over between us")
