"""Bindings in the log: one stream an account, one live binding a permit.

The consent a binding rests on has its id, and is recorded and withdrawn with it.
A permit is looked for by keyed one-time keys, numbered: the newest one used says
who bound it last. The key of the next can be used once, also by two at a time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID, uuid5

from ledger.actor import Actor, Channel, Role
from ledger.application import Ledger
from ledger.binding import Binding, fold_bindings
from ledger.binding_events import (
    BindingConsented,
    BindingEvent,
    BindingLinked,
    BindingRefused,
    BindingUnlinked,
)
from ledger.catalogue import PERMIT_BINDING
from ledger.consent_events import ConsentEvent, ConsentGiven, ConsentWithdrawn
from ledger.consents import consent_entry
from ledger.entry import Entry
from ledger.errors import CaseChanged, CommandRejected, UsedBefore
from ledger.once import Once
from ledger.rules.subjects import check_free
from ledger.streams import entry_now
from ledger.subject_events import Standing
from ledger.verification import Verifications
from ledger.verified_claims import verified_claims

_BINDINGS = UUID("3c6f4a52-6f7e-4d55-9a3e-0f4c8f1d2b77")
PERMIT: Final = "mainland_travel_permit"
_HOLDER: Final = 9
_TRIES: Final = 5
_TURNS: Final = 20
_TOLD: Final = ("no_match", "bound_already")
_WITHIN: Final = timedelta(days=1)
_CONSENT: Final = "Personal Information Protection Law art. 29"


class _Consent(Protocol):
    @property
    def wording(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def digest(self) -> str: ...


class _Compared(Protocol):
    @property
    def answers(self) -> Mapping[str, str]: ...
    @property
    def assurance(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def source_as_of(self) -> datetime: ...


class Bindings:
    """Records bindings; `keyed` names a permit so that nobody without the key can."""

    def __init__(
        self, ledger: Ledger, verifications: Verifications, keyed: Callable[[str], str]
    ) -> None:
        self._ledger = ledger
        self._verifications = verifications
        self._keyed = keyed

    def claims(self, verification: UUID) -> Mapping[str, str]:
        """Return what was verified of the person; nothing where that is hidden by now."""
        return verified_claims(self._verifications, verification)

    def consent(self, subject: str, id: UUID, *, permit: str, consent: _Consent) -> None:
        """Record that the person agreed to have `permit` checked and bound.

        Raises `NotAllowed` where nothing may be begun with them, and `CommandRejected`
        for who is bound already or was refused five times within a day.
        """
        check_free(self._ledger.standing(subject))
        entries = self._entries(subject)
        before = fold_bindings(entries)
        if any(each.status == "linked" for each in before):
            raise CommandRejected("a permit is bound to this account; unlink it first")
        # Refusals that say something of a register: only so many are given, or still awaited.
        since = self._ledger.now() - _WITHIN
        tried = [b for b in before if b.consented_at > since and _is_try(b)]
        if len(tried) >= _TRIES:
            raise CommandRejected("too many permits did not match; try again tomorrow")
        agreed = ConsentGiven(
            consent=id,
            purpose=PERMIT_BINDING,
            categories=self._ledger.book.purposes[PERMIT_BINDING].categories,
            recipient=None,
            wording=consent.wording,
            language=consent.language,
            digest=consent.digest,
            how="session",
        )
        event = BindingConsented(
            binding=id,
            wording=consent.wording,
            language=consent.language,
            digest=consent.digest,
            permit=permit,
        )
        self._record(subject, entries, event, consent=agreed)

    def link(self, subject: str, id: UUID, *, permit: str, compared: _Compared) -> None:
        """Record the link; where permit or account is bound already, the refusal of it."""
        _in_turn(lambda: self._link(subject, id, permit, compared))

    def _link(self, subject: str, id: UUID, permit: str, compared: _Compared) -> None:
        answers = _texts(compared.answers)
        entries = self._entries(subject)
        key = self._unused(permit)
        if key is None or any(each.status == "linked" for each in fold_bindings(entries)):
            refused = BindingRefused(binding=id, reason="bound_already", answers=answers)
            self._record(subject, entries, refused)
            return
        event = BindingLinked(
            binding=id,
            answers=answers,
            method=compared.method,
            assurance=int(compared.assurance),
            source_as_of=compared.source_as_of,
        )
        try:
            self._record(subject, entries, event, once=[key])
        except UsedBefore:
            # Another account bound it at the same time, so now it is bound already.
            self._link(subject, id, permit, compared)

    def refuse(
        self, subject: str, id: UUID, *, reason: str, answers: Mapping[str, str]
    ) -> None:
        """Record that nothing was bound, and why in a word of ours."""
        event = BindingRefused(binding=id, reason=reason, answers=_texts(answers))
        _in_turn(lambda: self._record(subject, self._entries(subject), event))

    def unlink(self, subject: str, id: UUID) -> None:
        """Record the end of a binding; ended before, it stays as it is.

        Raises `CommandRejected` where the account has no such binding.
        """
        _in_turn(lambda: self._unlink(subject, id))

    def _unlink(self, subject: str, id: UUID) -> None:
        entries = self._entries(subject)
        found = next((each for each in fold_bindings(entries) if each.id == id), None)
        if found is None or found.status not in ("linked", "unlinked"):
            raise CommandRejected("this account has no such binding; look at those it has")
        if found.status == "linked":
            agreed = next(
                (each for each in self._ledger.consents(subject) if each.id == id), None
            )
            withdrawn = ConsentWithdrawn(consent=id, how="session")
            still = agreed is not None and agreed.stands
            self._record(
                subject,
                entries,
                BindingUnlinked(binding=id),
                consent=withdrawn if still else None,
            )

    def documents(self, subject: str) -> frozenset[str]:
        """Return the kinds of documents an account is bound to now."""
        return frozenset(PERMIT for each in self.of(subject) if each.status == "linked")

    def of(self, subject: str) -> list[Binding]:
        """Return the bindings of an account in the order they were agreed to."""
        return fold_bindings(self._entries(subject))

    def _entries(self, subject: str) -> list[Entry]:
        return self._ledger.entries(uuid5(_BINDINGS, subject))

    def _unused(self, permit: str) -> Once | None:
        """Return the key that binds `permit` next, or nothing while it is bound."""
        name, number = self._keyed(permit[:_HOLDER]), 0
        while True:
            key = Once.of(f"permit:{name}:{number}")
            used = self._ledger.recorder.select_once(key.key)
            if used is None:
                return key
            [entry] = self._ledger.read(used.first - 1, until=used.first)
            if self._is_live(entry):
                return None
            number += 1

    def _is_live(self, linked: Entry) -> bool:
        subject = linked.subject or ""
        if self._ledger.standing(subject) is Standing.ERASED:
            return False
        event = linked.event
        return any(
            isinstance(event, BindingLinked)
            and each.id == event.binding
            and each.status == "linked"
            for each in self.of(subject)
        )

    def _record(
        self,
        subject: str,
        before: Sequence[Entry],
        event: BindingEvent,
        *,
        once: Iterable[Once] = (),
        consent: ConsentEvent | None = None,
    ) -> None:
        actor = Actor(
            role=Role.APPLICANT, id=subject, principal=subject, channel=Channel.PORTAL
        )
        entry = entry_now(
            self._ledger,
            uuid5(_BINDINGS, subject),
            len(before) + 1,
            event,
            actor,
            subject=subject,
            legal_basis=_CONSENT,
        )
        told = [] if consent is None else [consent_entry(self._ledger, consent, actor)]
        self._ledger.record([*told, entry], once=[*once])


def _is_try(binding: Binding) -> bool:
    """Tell whether it told something of the register, or may tell it yet."""
    return binding.status == "consented" or binding.reason in _TOLD


def _in_turn(record: Callable[[], None]) -> None:
    """Have `record` done, also where something else of the account is recorded meanwhile.

    What was agreed to has to come to an end: whoever asks again begins another binding.
    """
    for _ in range(_TURNS):
        with suppress(CaseChanged):
            record()
            return
    record()


def _texts(answers: Mapping[str, str]) -> dict[str, str]:
    return {name: str(answer) for name, answer in answers.items()}
