"""Hand-overs at our side of them: begun, gone on with, and looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from msgspec.structs import replace

from cose import cbor
from ledger.actor import Actor
from ledger.application import Ledger
from ledger.draft import Draft
from ledger.entry import Entry
from ledger.errors import CaseNotFound, CommandReused, PreconditionFailed
from ledger.handover.checks import LARGEST, check_fits
from ledger.handover.commands import BeginHandover, HandoverCommand
from ledger.handover.composing import owed
from ledger.handover.context import HandoverContext
from ledger.handover.handover import Handover, evolve_handover, fold_handover
from ledger.handover.rules import basis_of, decide_handover
from ledger.handover_events import HandoverEvent, OpinionGiven
from ledger.once import Once
from ledger.rules import Verified
from ledger.rules.subjects import check_free
from ledger.streams import entries_of

_NOTHING_SAID = OpinionGiven(recommendation="none", materials=(), findings="", digests={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A hand-over after a command, and where that is recorded."""

    handover: Handover
    position: int


class Handovers:
    """Gives commands about hand-overs to one ledger, that of `region`.

    `account` names a person, by what was verified of them, to one partner region.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        region: str,
        account: Callable[[str, Mapping[str, str]], str],
    ) -> None:
        self._ledger = ledger
        self._region = region
        self._account = account

    def find(self, id: UUID) -> Handover:
        """Return a hand-over as it stands, or raise `CaseNotFound`."""
        handover = self._find(id, None)
        if handover is None:
            raise CaseNotFound(f"there is no hand-over {id}")
        return handover

    def entries(self, id: UUID) -> list[Entry]:
        """Return what is recorded of a hand-over, opened."""
        self.find(id)
        return self._ledger.entries(id)

    def give(
        self,
        command: HandoverCommand,
        actor: Actor,
        *,
        command_id: UUID,
        verified: Verified | None = None,
        claims: Mapping[str, str] | None = None,
        expected_version: int | None = None,
    ) -> Changed:
        """Apply `command`, durably; a command id seen before gets the first answer again.

        Raises what `decide_handover` raises, `NotAllowed` where the person's data may
        not be used, `PreconditionFailed` where it is not at `expected_version`,
        `CommandReused` and `Unavailable`.
        """
        key = Once(key=_key(actor, command_id), body=self._ledger.fingerprint(command))

        def job(draft: Draft) -> Changed:
            before = draft.used_for(key.key)
            if before is not None:
                if before.body != key.body:
                    raise CommandReused("this command id was used for another command")
                return self._as_of(command.handover, before.last, draft)
            handover = self._find(command.handover, draft)
            if expected_version is not None and (
                handover is None or handover.version != expected_version
            ):
                raise PreconditionFailed(
                    "the hand-over is not at that version any more; read it again"
                )
            context = self._context(command, actor, verified, claims or {})
            event = decide_handover(command, handover, context)
            subject = actor.principal if handover is None else handover.subject
            check_free(self._ledger.standing(subject, draft))
            law = basis_of(command, handover, self._ledger.consent_of(subject, draft))
            entry = self._entry(command, event, handover, actor, subject, law)
            self._check_fits(entry, handover, draft)
            [added] = draft.add([entry], [key])
            return Changed(handover=evolve_handover(handover, added), position=added.position)

        return self._ledger.write(job, keys=[key.key])

    def _check_fits(self, entry: Entry, handover: Handover | None, draft: Draft) -> None:
        """Refuse what would be owed and could not be sent."""
        before = entries_of(self._ledger, entry.stream, draft, opened=True)
        letter = owed(entry, lambda: [*before, entry])
        if letter is not None:
            check_fits(letter)
        elif handover is not None and handover.mode == "joint":
            # It goes with an opinion, which has to have room as well.
            opinion = replace(entry, version=entry.version + 1, event=_NOTHING_SAID)
            letter = owed(opinion, lambda: [*before, entry, opinion])
            if letter is not None:
                check_fits(letter, largest=LARGEST // 2)

    def _context(
        self,
        command: HandoverCommand,
        actor: Actor,
        verified: Verified | None,
        claims: Mapping[str, str],
    ) -> HandoverContext:
        account = ""
        if isinstance(command, BeginHandover):
            account = self._account(command.to, claims)
        return HandoverContext(
            now=self._ledger.now(),
            actor=actor,
            region=self._region,
            catalogue=self._ledger.book.catalogue,
            agreements=self._ledger.book.agreements,
            verified=verified,
            account=account,
            claims=claims,
        )

    def _entry(
        self,
        command: HandoverCommand,
        event: HandoverEvent,
        handover: Handover | None,
        actor: Actor,
        subject: str,
        law: str,
    ) -> Entry:
        now = self._ledger.now()
        item = command.item if isinstance(command, BeginHandover) else None
        return Entry(
            stream=command.handover,
            version=1 if handover is None else handover.version + 1,
            event=event,
            recorded_at=now,
            effective_at=now,
            actor=actor,
            legal_basis=law,
            item=item if handover is None else handover.item,
            subject=subject,
        )

    def _find(self, id: UUID, draft: Draft | None) -> Handover | None:
        entries = entries_of(self._ledger, id, draft)
        if not entries:
            return None
        if not isinstance(entries[0].event, HandoverEvent):
            raise CaseNotFound(f"{id} is a record of another kind, not a hand-over")
        return fold_handover(entries)

    def _as_of(self, id: UUID, position: int, draft: Draft) -> Changed:
        entries = entries_of(self._ledger, id, draft)
        handover = fold_handover(entry for entry in entries if entry.position <= position)
        if handover is None:
            raise CaseNotFound(f"there is no hand-over {id}")
        return Changed(handover=handover, position=position)


def _key(actor: Actor, command_id: UUID) -> bytes:
    named = ["handover command", *actor.caller, command_id.bytes]
    return sha256(cbor.encode(named)).digest()
