"""Whether a person is known surely enough for an item, part by part.

A proof that falls short is no proof of something else: the refusal says which part
is missing and how the person can mend it, so nobody has to guess.
"""

from collections.abc import Iterator
from datetime import timedelta

from ledger.errors import Missing, StepUpNeeded
from ledger.rules.context import Context, Verified

_AGAIN = "profile"
_STEP_UP = "step_up"
_SIGNING = "signing"
_HOSTED = frozenset({"iamsmart"})


def check_assured(verified: Verified, context: Context) -> None:
    """Raise `StepUpNeeded` unless the person is known as surely as the item asks."""
    missing = tuple(_missing(verified, context))
    if missing:
        parts = ", ".join(each.part for each in missing)
        raise StepUpNeeded(
            f"{context.item.id} needs to know you more surely: {parts}",
            missing=missing,
            methods=context.item.credentials,
        )


def signature_needed(context: Context) -> StepUpNeeded:
    """Return what to raise where an item wants its commitment signed, and it is not."""
    part = Missing(part="signature", needed="a signature of the wording", scope=_SIGNING)
    return StepUpNeeded(
        f"{context.item.id} needs its commitment signed; name the verification that did",
        missing=(part,),
        methods=tuple(sorted(_HOSTED & set(context.item.credentials))),
    )


def _missing(verified: Verified, context: Context) -> Iterator[Missing]:
    item, assured = context.item, verified.assured
    if assured.level < item.least_assurance:
        yield Missing(part="level", needed=f"at least {item.least_assurance}", scope=_AGAIN)
    needed = item.assurance
    if needed is None:
        return
    bound = {assured.bound_how, *verified.also_bound}
    if needed.bound_how and bound.isdisjoint(needed.bound_how):
        yield Missing(part="bound_how", needed=" or ".join(needed.bound_how), scope=_AGAIN)
    again = _STEP_UP if verified.method in _HOSTED else _AGAIN
    if needed.authenticated_how and assured.authenticated_how not in needed.authenticated_how:
        how = " or ".join(needed.authenticated_how)
        yield Missing(part="authenticated_how", needed=how, scope=again)
    minutes = needed.authenticated_within_minutes
    if minutes is not None and context.now - assured.authenticated_at > timedelta(
        minutes=minutes
    ):
        yield Missing(part="authenticated_at", needed=f"within {minutes} minutes", scope=again)
    days = needed.source_within_days
    if days is not None and (
        assured.source_as_of is None
        or context.now - assured.source_as_of > timedelta(days=days)
    ):
        yield Missing(part="source_as_of", needed=f"within {days} days", scope=_AGAIN)
