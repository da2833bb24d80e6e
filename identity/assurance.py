"""How surely, in the parts that `Assured` has, for each way there is of proving it.

The words are the ones that service items ask for; a way that is not listed here
gives no assurance.
"""

from dataclasses import replace
from datetime import datetime

from identity.claim_values import Result
from identity.model import Assurance, Assured, Comparison, Grant

_BOUND = {
    Assurance.SELF_ASSERTED: "self_asserted",
    Assurance.REMOTE: "remote",
    Assurance.IN_PERSON: "in_person",
}


def by_page(grant: Grant, jurisdiction: str) -> Assured:
    """By a provider's page: as its account was bound, and authenticated there just now."""
    return Assured(
        level=grant.assurance,
        bound_how=_BOUND[grant.assurance],
        bound_by=jurisdiction,
        authenticated_how="page",
        authenticated_at=grant.granted_at,
    )


def by_step_up(before: Assured, at: datetime) -> Assured:
    """By a provider's step-up: the same account, authenticated more surely at `at`."""
    return replace(before, authenticated_how="step_up", authenticated_at=at)


def by_answer(result: Result, region: str) -> Assured:
    """By the register of a region, for somebody whose document a clerk has in hand."""
    return Assured(
        level=result.assurance,
        bound_how="register",
        bound_by=region,
        authenticated_how="window",
        authenticated_at=result.checked_at,
        source_as_of=result.source_as_of,
    )


def at_our_window(compared: Comparison, region: str, at: datetime) -> Assured:
    """By our own register, for somebody who stands at our window with their document."""
    return Assured(
        level=Assurance.IN_PERSON,
        bound_how="register",
        bound_by=region,
        authenticated_how="window",
        authenticated_at=at,
        source_as_of=compared.source_as_of,
    )


def of_staff(at: datetime) -> Assured:
    """By whoever runs this, who gave somebody who works here their session."""
    return Assured(
        level=Assurance.IN_PERSON,
        bound_how="in_person",
        bound_by="operator",
        authenticated_how="operator",
        authenticated_at=at,
    )


def of_provider(issuer: str, at: datetime) -> Assured:
    """By the provider at which those who work here sign in."""
    return replace(of_staff(at), bound_by=issuer, authenticated_how="oidc")
