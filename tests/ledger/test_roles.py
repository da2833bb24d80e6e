"""Who may give which command: by role, for their own case, at their own authority."""

from dataclasses import fields, replace
from itertools import product
from typing import get_args
from uuid import UUID

import pytest

from ledger.actor import CLOCK, Role
from ledger.commands import (
    Command,
    DeemAccepted,
    ReceiveOpinion,
    RecomputeDeadline,
    SubmitApplication,
    WithdrawJointReview,
)
from ledger.errors import NotAllowed
from ledger.rules import ROLES
from tests.ledger.cases import (
    ACCEPT,
    AGENT,
    APPLICANT,
    APPROVER,
    CASE,
    CLERK,
    REVIEWER,
    SUBMIT,
    applicant,
    at,
    correction,
    official,
)
from tests.ledger.procedure import Procedure, correcting, received
from tests.ledger.test_rules_states import TAKEN

A, C, R, D, T, P = (
    {Role.APPLICANT, Role.AGENT},
    {Role.CLERK, Role.REVIEWER},
    {Role.REVIEWER},
    {Role.APPROVER},
    {Role.CLOCK},
    {Role.PARTNER},
)
WHO = {
    "SubmitApplication": A,
    "SubmitCorrection": A,
    "SubmitSupplement": A,
    "SignCommitment": A,
    "WithdrawApplication": A,
    "RequestCorrection": C,
    "AcceptApplication": C,
    "AcceptWithTolerance": C,
    "RejectAtIntake": R,
    "DeclareNotRequired": R,
    "ReviewCase": R,
    "GrantCase": D,
    "RefuseCase": D,
    "ServeDecision": C | D,
    "CloseCase": C | D,
    "RequestJointReview": R,
    "WithdrawJointReview": R | P,
    "ReceiveOpinion": P,
    "DeemAccepted": T,
    "LapseTolerance": T,
    "RecomputeDeadline": T,
}
COMMANDS: list[Command] = [
    SUBMIT,
    RecomputeDeadline(case_id=CASE, duty="intake"),
    WithdrawJointReview(case_id=CASE, review=CASE, reason="settled"),
    ReceiveOpinion(case_id=CASE, review=CASE, recommendation="grant", findings="fine"),
    *(row[0] for row in TAKEN),
]


def test_every_command_has_its_roles():
    assert set(ROLES) == set(get_args(Command))
    assert {kind.__name__: roles for kind, roles in ROLES.items()} == WHO


@pytest.mark.parametrize(
    ("command", "role"),
    [(c, r) for c, r in product(COMMANDS, Role) if r not in WHO[type(c).__name__]],
    ids=lambda value: type(value).__name__ if not isinstance(value, Role) else value,
)
def test_a_command_is_refused_to_every_other_role(command, role):
    given = Procedure() if isinstance(command, SubmitApplication) else received()
    actor = replace(official(role), principal=APPLICANT.principal)

    with pytest.raises(NotAllowed, match=f"^this is for the .* the {role}$"):
        given.decide(command, actor)


def test_the_refusal_names_every_role_that_may():
    with pytest.raises(NotAllowed, match="for the clerk or reviewer, not for the applicant"):
        received().decide(ACCEPT, APPLICANT)


def test_an_applicant_acts_on_no_one_elses_case():
    given = correcting("application")

    with pytest.raises(NotAllowed, match="belongs to someone else"):
        given.decide(correction("application"), applicant("applicant-2"))


def test_an_agent_acts_for_the_principal_only():
    given = correcting("application")

    assert given.decide(correction("application"), AGENT)
    with pytest.raises(NotAllowed, match="belongs to someone else"):
        given.decide(correction("application"), replace(AGENT, principal="applicant-2"))


def test_an_official_of_another_authority_is_told_whose_case_it_is():
    with pytest.raises(NotAllowed, match=r"decided by gd\.shops"):
        received().decide(ACCEPT, official(Role.CLERK, "hk.shops"))


def test_an_official_without_an_authority_decides_nothing():
    with pytest.raises(NotAllowed, match=r"decided by gd\.shops"):
        received().decide(ACCEPT, replace(CLERK, authority=None))


def test_the_clock_acts_on_every_case():
    given = received().at(at("2026-02-25 00:00"))

    assert given.decide(DeemAccepted(case_id=CASE), CLOCK)


def test_supervisors_and_operators_only_read():
    assert not any({Role.SUPERVISOR, Role.OPERATOR} & who for who in ROLES.values())


def test_a_partner_speaks_of_the_opinion_it_was_asked_for_and_of_nothing_else():
    its = {kind.__name__ for kind, who in ROLES.items() if Role.PARTNER in who}

    assert its == {"ReceiveOpinion", "WithdrawJointReview"}


def test_roles_are_looked_at_before_the_state_of_the_case():
    elsewhere = replace(ACCEPT, case_id=UUID(int=1))

    with pytest.raises(NotAllowed):
        Procedure().decide(elsewhere, APPROVER)
    assert REVIEWER.role in WHO["AcceptApplication"]


def test_what_someone_writes_shows_in_no_repr_of_a_command():
    hidden = {type(c).__name__: {f.name for f in fields(c) if not f.repr} for c in COMMANDS}

    assert {kind: names for kind, names in hidden.items() if names} == {
        "SubmitApplication": {"form", "materials"},
        "RequestCorrection": {"deficiencies"},
        "SubmitCorrection": {"form", "materials"},
        "SubmitSupplement": {"materials"},
        "RejectAtIntake": {"reasons"},
        "DeclareNotRequired": {"reasons"},
        "ReviewCase": {"findings"},
        "RefuseCase": {"reasons"},
        "WithdrawApplication": {"reason"},
        "RequestJointReview": {"question"},
        "WithdrawJointReview": {"reason"},
        "ReceiveOpinion": {"findings", "materials"},
    }
