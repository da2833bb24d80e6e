"""Load, decide, append: what a command makes of a case."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, reduce
from hashlib import blake2b, sha256
from uuid import UUID

import msgspec

from cose import cbor
from ledger.actor import Actor
from ledger.agreements import Agreements
from ledger.calendar import Calendar
from ledger.case import Case, evolve, fold
from ledger.catalogue import Catalogue, Purposes, load_purposes
from ledger.codec import Codec
from ledger.commands import Command, SubmitApplication
from ledger.consent import Consent, FindConsent, fold_consents, standing_for
from ledger.consent_events import consents_id
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CaseNotFound, CommandReused, PreconditionFailed
from ledger.log import Log
from ledger.once import Once, Used
from ledger.ports import SubjectKeys
from ledger.published import PublishedLog
from ledger.recorder import LedgerRecorder
from ledger.request_terms import RequestTerms, load_request_terms
from ledger.rules import Context, HandedOver, SignedDocument, Verified, decide
from ledger.rules.subjects import check_free
from ledger.subject_events import Standing, standing, subject_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What a command added, and the case as it left it."""

    case: Case
    entries: tuple[Entry, ...]

    @property
    def position(self) -> int:
        """The log position a reader may wait for."""
        return self.entries[-1].position


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the rules look things up in.

    `account` names a person of ours, by their pseudonym, to one partner region.
    """

    catalogue: Catalogue
    calendars: Mapping[str, Calendar]
    purposes: Purposes = field(default_factory=load_purposes)
    request_terms: RequestTerms = field(default_factory=load_request_terms)
    agreements: Agreements = field(default_factory=dict)
    account: Callable[[str, str], str] = lambda _region, _subject: ""


class Ledger(Log):
    """The log of one home, and the commands that add to its cases.

    `secret` keys the fingerprints of command bodies, so that the table of
    one-time keys does not give away what was asked.
    """

    def __init__(
        self,
        *,
        recorder: LedgerRecorder,
        keys: SubjectKeys,
        codec: Codec,
        book: Book,
        clock: Callable[[], datetime],
        secret: bytes,
        origin: str,
        published: PublishedLog,
    ) -> None:
        super().__init__(
            recorder=recorder,
            keys=keys,
            codec=codec,
            clock=clock,
            origin=origin,
            published=published,
        )
        self.book = book
        self._secret = secret

    def submit(
        self,
        command: Command,
        actor: Actor,
        *,
        command_id: UUID,
        verified: Verified | None = None,
        signed: SignedDocument | None = None,
        taken_back: bool = False,
        expected_version: int | None = None,
        once: Sequence[str] = (),
        wait: bool = False,
    ) -> Future[Appended]:
        """Apply `command`; the answer comes when it is durable.

        To `wait` is to have it when this returns, and is quicker for one alone.
        A command id seen before gets the first answer again. The future raises
        what `decide` raises, `PreconditionFailed` when the case is not at
        `expected_version`, `CommandReused` when the id came with another body,
        `UsedBefore` when one of `once` was used, and `Unavailable`. Raises
        `Overloaded` at once when too much is waiting.
        """
        key = Once(key=_command_key(actor, command_id), body=self.fingerprint(command))
        others = [Once.of(text) for text in once]

        def job(draft: Draft) -> Appended:
            before = draft.used_for(key.key)
            if before is not None:
                return self._again(draft, key, before)
            case = self.case(draft, command.case_id)
            if expected_version is not None and (
                case is None or case.version != expected_version
            ):
                raise PreconditionFailed(
                    "the case is not at that version any more; read it again"
                )
            draft.check_unused(others)
            new = self.decide(
                draft, command, actor, verified, signed=signed, taken_back=taken_back
            )
            answer = self.append(draft, new, [key, *others])
            draft.answers[key.key] = answer
            return answer

        keys = [each.key for each in (key, *others)]
        return self._writer.put(job, keys=keys, wait=wait)

    def decide(
        self,
        draft: Draft,
        command: Command,
        actor: Actor,
        verified: Verified | None = None,
        handed_over: HandedOver | None = None,
        signed: SignedDocument | None = None,
        taken_back: bool = False,
    ) -> list[Entry]:
        """Answer `command` with entries that are still to be appended, or refuse it.

        For a job that does more in the same transaction.
        """
        case = self.case(draft, command.case_id)
        catalogue = self.book.catalogue
        if isinstance(command, SubmitApplication):
            item, subject = catalogue.current(command.item), actor.principal
            check_free(self.standing(subject, draft))
        elif case is not None:
            item, subject = catalogue.item(case.item, case.item_version), case.subject
        else:
            raise CaseNotFound(f"there is no case {command.case_id}")
        authority = catalogue.authority(item.authority)
        now = max(self._clock(), draft.last_recorded)
        context = Context(
            now=now,
            actor=actor,
            item=item,
            authority=authority,
            calendar=self.book.calendars[authority.calendar],
            verified=verified,
            handed_over=handed_over,
            signed=signed,
            taken_back=taken_back,
            agreements=self.book.agreements,
            account=partial(_account, self.book, subject),
            consent=self.consent_of(subject, draft),
        )
        version = 0 if case is None else case.version
        return [
            Entry(
                stream=command.case_id,
                version=version + n,
                event=decided.event,
                recorded_at=now,
                effective_at=decided.effective_at,
                actor=actor,
                legal_basis=decided.legal_basis or item.legal_basis[0],
                item=item.id,
                item_version=item.version,
                subject=subject,
            )
            for n, decided in enumerate(decide(command, case, context), start=1)
        ]

    def append(
        self, draft: Draft, entries: Sequence[Entry], once: Sequence[Once] = ()
    ) -> Appended:
        """Add what `decide` answered to the draft."""
        case_id = entries[0].stream
        before = self.case(draft, case_id)
        added = draft.add(entries, once)
        draft.cases[case_id] = _after(before, added)
        return Appended(case=draft.cases[case_id], entries=added)

    def case(self, draft: Draft, case_id: UUID) -> Case | None:
        """Return the case as the draft leaves it, for a job; `None` if there is none."""
        return draft.cases.get(case_id) or self.recent.get(case_id) or self.find(case_id)

    def was_given(self, actor: Actor, command_id: UUID) -> bool:
        """Tell whether `submit` has a first answer to this command id."""
        return self.recorder.select_once(_command_key(actor, command_id)) is not None

    def standing(self, subject: str, draft: Draft | None = None) -> Standing:
        """Return whether the data of `subject` may be used; after `draft`, if one is given."""
        return standing(self.of_person(subject_id(subject), draft))

    def consents(self, subject: str, draft: Draft | None = None) -> list[Consent]:
        """Return what `subject` agreed to, in order; after `draft`, if one is given."""
        return fold_consents(self.of_person(consents_id(subject), draft))

    def of_person(self, stream: UUID, draft: Draft | None = None) -> list[Entry]:
        """Return a stream of a person's own, unopened, with what `draft` adds to it."""
        added = [] if draft is None else draft.persons.get(stream, [])
        return [*self.entries(stream, opened=False), *added]

    def consent_of(self, subject: str, draft: Draft) -> FindConsent:
        """Return what finds the standing consents of `subject`, only when it is asked."""

        def find(purpose: str, recipient: str | None) -> UUID | None:
            found = standing_for(self.consents(subject, draft), purpose, recipient)
            return None if found is None else found.id

        return find

    def _again(self, draft: Draft, key: Once, before: Used) -> Appended:
        if before.body != key.body:
            raise CommandReused("this command id was used for another command")
        answer: Appended | None = draft.answers.get(key.key)
        return self._answer(before.first, before.last) if answer is None else answer

    def _answer(self, first: int, last: int) -> Appended:
        added = tuple(self.read(first - 1, until=last))
        earlier = self.entries(added[0].stream, opened=False)[: added[0].version - 1]
        return Appended(case=_after(fold(earlier), added), entries=added)

    def fingerprint(self, command: object) -> bytes:
        """Return what tells `command` from others to who has the home's secret."""
        body = msgspec.json.encode([type(command).__name__, command], order="sorted")
        return blake2b(body, key=self._secret, digest_size=32).digest()


def _after(case: Case | None, added: Sequence[Entry]) -> Case:
    first, *others = added
    return reduce(evolve, others, evolve(case, first))


def _account(book: Book, subject: str, region: str) -> str:
    return book.account(region, subject)


def _command_key(actor: Actor, command_id: UUID) -> bytes:
    return sha256(cbor.encode(["command", *actor.caller, command_id.bytes])).digest()
