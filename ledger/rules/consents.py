"""Which consents may be given and withdrawn, and what needs one that stands.

Withdrawing is as easy as giving (PIPL art. 15): the same people, no reason, at any
time. Whatever rests on a consent names it, and is not begun without one.
"""

from collections.abc import Sequence
from typing import assert_never

from ledger.actor import Actor, Role
from ledger.agreements import BASES
from ledger.catalogue import HAND_OVER, Purposes
from ledger.consent import Consent, FindConsent, how_told, naming, standing_for
from ledger.consent_commands import ConsentCommand, GiveConsent, WithdrawConsent
from ledger.consent_events import ConsentEvent, ConsentGiven, ConsentWithdrawn
from ledger.errors import CommandRejected, NotAllowed
from ledger.rules.subjects import check_free
from ledger.subject_events import Standing


def decide_consent(
    command: ConsentCommand,
    consents: Sequence[Consent],
    actor: Actor,
    purposes: Purposes,
    standing: Standing,
) -> ConsentEvent | None:
    """Answer `command` of a person with these `consents`; `None` where nothing changes."""
    require_speaker(actor)
    match command:
        case GiveConsent():
            check_free(standing)
            return _given(command, consents, actor, purposes)
        case WithdrawConsent():
            found = next((each for each in consents if each.id == command.consent), None)
            if found is None:
                raise CommandRejected("there is no such consent; look at those you gave")
            if not found.stands:
                return None
            return ConsentWithdrawn(consent=found.id, how=how_told(actor))
        case _:
            assert_never(command)


def require_speaker(actor: Actor) -> None:
    """Raise `NotAllowed` unless a person speaks for themselves, alone or at a window."""
    alone = actor.role is Role.APPLICANT and actor.id == actor.principal
    at_window = actor.role is Role.AGENT and actor.authority is not None
    if not (alone or at_window):
        raise NotAllowed(
            "this is for the person themselves, in their session or at a window;"
            f" not for the {actor.role}"
        )


def law_of(basis: str, region: str, find: FindConsent) -> str:
    """Return the law on which data pass to `region`, naming the consent where it is one.

    Raises `CommandRejected` where it would rest on a consent and none stands.
    """
    if basis != "consent":
        return BASES[basis]
    consent = find(HAND_OVER, region)
    if consent is None:
        raise CommandRejected(
            f"basis: the person has not agreed that data go to {region}, or takes it back;"
            f" they agree at /v1/me/consents, to the purpose {HAND_OVER}"
        )
    return naming(BASES["consent"], consent)


def _given(
    command: GiveConsent, consents: Sequence[Consent], actor: Actor, purposes: Purposes
) -> ConsentGiven | None:
    purpose = purposes.get(command.purpose)
    wording = None if purpose is None else purpose.wording
    if purpose is None or wording is None:
        known = ", ".join(sorted(each.id for each in purposes.values() if each.wording))
        raise CommandRejected(f"purpose: one that is agreed to here, please: {known}")
    if wording.by_recipient != (command.recipient is not None):
        needs = "name the region" if wording.by_recipient else "leave it out"
        raise CommandRejected(f"recipient: {needs} for {purpose.id}")
    if (command.wording, command.digest) != (
        wording.version,
        wording.digest(command.language),
    ):
        raise CommandRejected("digest: of other words than /v1/purposes shows now")
    again = any(each.id == command.consent for each in consents)
    if again or standing_for(consents, purpose.id, command.recipient) is not None:
        # Sent again, also after it was withdrawn: it is given anew under another id.
        return None
    return ConsentGiven(
        consent=command.consent,
        purpose=purpose.id,
        categories=purpose.categories,
        recipient=command.recipient,
        wording=wording.version,
        language=command.language,
        digest=command.digest,
        how=how_told(actor),
    )
