"""Who may ask what: every route with its roles, its scope, and whether it shows a person.

What is not in this table is denied. It is about whole endpoints; what one may see of
a thing, such as one case of many, is said in `ledger.access`, and which role may give
which command about a case in `ledger.rules.roles`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from identity.sessions import ACT, ADMIN, EXPORT, READ
from ledger.actor import Role


class Open(Enum):
    """Who may ask besides those who hold a role.

    A partner proves itself by what it signed, whoever holds a claim by that: neither
    has a session, and the handler looks.
    """

    ANYONE = "anyone"
    PARTNER = "partner region"
    SESSION = "any session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One route's: a session that is brought needs the `scope`, if there is one.

    With `personal` its answer may hold what is known of a person. A `hint` tells those
    who are refused what they have to come with.
    """

    who: frozenset[Role] | Open
    scope: str | None = READ
    personal: bool = False
    hint: str | None = None


ANYONE, PARTNER, SESSION = Open.ANYONE, Open.PARTNER, Open.SESSION

APPLICANT = frozenset({Role.APPLICANT})
AGENT = frozenset({Role.AGENT})
OWN = APPLICANT | AGENT
CLERK = frozenset({Role.CLERK})
REVIEWER = frozenset({Role.REVIEWER})
DECIDING = CLERK | REVIEWER | {Role.APPROVER}
OFFICE = DECIDING | {Role.HEAD}
SUPERVISOR = frozenset({Role.SUPERVISOR})
OPERATOR = frozenset({Role.OPERATOR})
OFFICER = frozenset({Role.DATA_PROTECTION})
READERS = OWN | OFFICE | SUPERVISOR | {Role.CHIEF}
"""Who reads cases: not all of them, and not all of one."""

_LOOK = Policy(who=ANYONE)
_SEND = Policy(who=ANYONE, scope=ACT)
_CASE = Policy(who=READERS)
_OPENED = Policy(who=READERS, personal=True)
_REVIEW = Policy(who=REVIEWER, scope=ACT)
_WATCH = Policy(who=SUPERVISOR)
_PERSONS = Policy(who=OPERATOR | OFFICER, scope=ADMIN)
_SUBSCRIBERS = READERS - AGENT
_SUBSCRIBE = Policy(who=_SUBSCRIBERS, scope=ACT)
_SUBSCRIBED = Policy(who=_SUBSCRIBERS)

POLICIES: Final[Mapping[str, Policy]] = {
    # The catalogue, the log, views and keys.
    "GET /v1/items": _LOOK,
    "GET /v1/items/{item_id}": _LOOK,
    "GET /v1/words": _LOOK,
    "GET /log/checkpoint": _LOOK,
    "GET /log/cosigned": _LOOK,
    "GET /log/witnessed": _LOOK,
    "GET /log/keys": _LOOK,
    "GET /log/tile/{tile}": _LOOK,  # Of entries, for supervisors: the handler tells them apart.
    "POST /add-checkpoint": Policy(who=PARTNER, scope=ACT),
    "GET /v1/views": Policy(who=SUPERVISOR | OPERATOR),
    "GET /v1/views/{view}/certificate": _LOOK,
    "POST /v1/views/{view}/certificate": Policy(who=OPERATOR, scope=ADMIN),
    "GET /.well-known/cose-keys": _LOOK,
    "GET /status/{list}": _LOOK,
    "GET /health": _LOOK,
    "GET /openapi.json": _LOOK,
    "GET /": _LOOK,
    "GET /docs": _LOOK,
    "GET /docs/{file}": _LOOK,
    "GET /live": _LOOK,
    "GET /ready": _LOOK,
    "GET /problems/{name}": _LOOK,
    # Proving who one is: whoever holds the claim collects.
    "POST /v1/verifications": _SEND,
    "GET /v1/verifications/callbacks/{method}": _LOOK,
    "POST /v1/verifications/callbacks/{method}": _SEND,
    "POST /v1/verifications/{id}/result": Policy(who=ANYONE, scope=ACT, personal=True),
    "POST /v1/verifications/{id}/assertion": _SEND,
    "POST /v1/verifications/regions": Policy(who=CLERK, scope=ACT),
    "POST /v1/verifications/enterprises": Policy(who=APPLICANT, scope=ACT),
    "GET /v1/verifications/{id}/proof": Policy(who=OWN),
    "GET /v1/staff/sign-in": _LOOK,
    "GET /v1/staff/callback": _LOOK,
    "DELETE /v1/session": Policy(who=SESSION, scope=None),
    # Cases and what is in them.
    "POST /v1/cases": Policy(who=OWN, scope=ACT),
    "GET /v1/cases": _CASE,
    "GET /v1/search": _OPENED,
    "GET /v1/cases/{case_id}": _CASE,
    "GET /v1/cases/{case_id}/timeline": _CASE,
    "GET /v1/cases/{case_id}/replay": _OPENED,
    "GET /v1/cases/{case_id}/steps": _OPENED,
    "GET /v1/cases/{case_id}/steps/{version}": _OPENED,
    "GET /v1/cases/{case_id}/diff": _OPENED,
    "GET /v1/cases/{case_id}/applicant": _OPENED,
    "GET /v1/cases/{case_id}/materials/{kind}": _OPENED,
    "GET /v1/cases/{case_id}/receipts/{version}": _CASE,
    "GET /v1/cases/{case_id}/bundles/{version}": _CASE,
    "GET /v1/cases/{case_id}/evidence": _OPENED,
    "GET /v1/cases/{case_id}/identity-status": _CASE,
    "POST /v1/cases/{case_id}/{act}": Policy(who=OWN | DECIDING, scope=ACT),
    "POST /v1/cases/{case_id}/joint-reviews": _REVIEW,
    "POST /v1/cases/{case_id}/joint-reviews/{review_id}/withdrawals": _REVIEW,
    "POST /v1/cases/{case_id}/codes": Policy(who=OWN, scope=ACT),
    "POST /v1/codes/check": _SEND,
    "PUT /v1/materials/{digest}": Policy(who=OWN, scope=ACT),
    "GET /v1/materials/{digest}": Policy(who=OWN, personal=True),
    "GET /v1/conflicts": _WATCH,
    "GET /v1/entries": _WATCH,
    "GET /v1/exports/{format}": Policy(who=OFFICE | SUPERVISOR, scope=EXPORT),
    "GET /v1/feed": _CASE,
    "GET /v1/alerts": _WATCH,
    # Cases between regions.
    "POST /v1/handovers": Policy(
        who=AGENT, scope=ACT, hint="in the session opened for whoever stands at the window"
    ),
    "GET /v1/handovers": Policy(who=READERS),
    "GET /v1/handovers/{handover_id}": _OPENED,
    "POST /v1/handovers/{handover_id}/{act}": Policy(who=AGENT | CLERK | REVIEWER, scope=ACT),
    "PUT /v1/handovers/{handover_id}/materials/{digest}": Policy(who=DECIDING, scope=ACT),
    "GET /v1/handovers/{handover_id}/materials/{kind}": _OPENED,
    "POST /verifications": Policy(who=PARTNER, scope=ACT),
    "POST /partner/messages": Policy(who=PARTNER, scope=ACT),
    "PUT /partner/messages/{message}/materials/{digest}": Policy(who=PARTNER, scope=ACT),
    "GET /v1/partners": _WATCH,
    "GET /v1/refusals": _WATCH,
    # Webhooks: each subscription is its subscriber's alone.
    "POST /v1/subscriptions": _SUBSCRIBE,
    "GET /v1/subscriptions": _SUBSCRIBED,
    "GET /v1/subscriptions/{id}": _SUBSCRIBED,
    "DELETE /v1/subscriptions/{id}": _SUBSCRIBE,
    "POST /v1/subscriptions/{id}/confirmation": _SUBSCRIBE,
    "POST /v1/subscriptions/{id}/secrets": _SUBSCRIBE,
    "GET /v1/subscriptions/{id}/dead-letters": _SUBSCRIBED,
    "POST /v1/subscriptions/{id}/redeliveries": _SUBSCRIBE,
    # Persons and their data.
    "GET /v1/me/access-log": Policy(who=APPLICANT),
    "GET /v1/subjects/{subject}/access-log": Policy(who=SUPERVISOR | OFFICER),
    "GET /v1/me/copy": Policy(who=APPLICANT, personal=True),
    "GET /v1/me/transfers": Policy(who=APPLICANT),
    "GET /v1/transfers": Policy(who=SUPERVISOR | OFFICER),
    "GET /v1/subjects/{subject}": Policy(who=OPERATOR | OFFICER),
    "POST /v1/subjects/{subject}/restriction": _PERSONS,
    "DELETE /v1/subjects/{subject}/restriction": _PERSONS,
    "POST /v1/subjects/{subject}/erasure": _PERSONS,
    "GET /v1/bindings/wording": _LOOK,
    "POST /v1/me/bindings": Policy(who=APPLICANT, scope=ACT, personal=True),
    "GET /v1/me/bindings": Policy(who=APPLICANT, personal=True),
    "DELETE /v1/me/bindings/{id}": Policy(who=APPLICANT, scope=ACT),
    "GET /v1/purposes": _LOOK,
    "GET /v1/me/contact": Policy(who=APPLICANT, personal=True),
    "PUT /v1/me/contact": Policy(who=APPLICANT, scope=ACT, personal=True),
    "DELETE /v1/me/contact": Policy(who=APPLICANT, scope=ACT),
    "GET /v1/me/consents": Policy(who=OWN),
    "POST /v1/me/consents": Policy(who=OWN, scope=ACT),
    "POST /v1/me/consents/{id}/withdrawals": Policy(who=OWN, scope=ACT),
    "POST /v1/me/requests": Policy(who=OWN, scope=ACT, personal=True),
    "GET /v1/me/requests": Policy(who=APPLICANT, personal=True),
    "POST /v1/me/requests/{id}/withdrawal": Policy(who=OWN, scope=ACT, personal=True),
    "GET /v1/subjects/{subject}/holds": Policy(who=OPERATOR | OFFICER),
    "POST /v1/subjects/{subject}/holds": _PERSONS,
    "DELETE /v1/subjects/{subject}/holds/{id}": _PERSONS,
    "GET /v1/requests": Policy(who=OPERATOR | OFFICER),
    "GET /v1/requests/{id}": Policy(who=OPERATOR | OFFICER, personal=True),
    "POST /v1/requests/{id}/decision": Policy(
        who=OPERATOR | OFFICER, scope=ADMIN, personal=True
    ),
    "GET /v1/mandates": Policy(who=SESSION),
    "DELETE /v1/mandates/{id}": Policy(who=SESSION, scope=ACT),
    "POST /v1/revocations": Policy(who=OPERATOR, scope=ADMIN),
    "GET /v1/staff-keys": Policy(who=OPERATOR | SUPERVISOR),
    "POST /v1/staff-keys/{key}/revocations": Policy(who=OPERATOR, scope=ADMIN),
}

_GRANTED: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.SUPERVISOR: (READ, ACT, EXPORT),
    Role.OPERATOR: (READ, ACT, ADMIN),
    Role.DATA_PROTECTION: (READ, ACT, ADMIN),
}


def scopes_of(role: Role) -> tuple[str, ...]:
    """Return what a session of `role` is good for, unless less is asked for."""
    return _GRANTED.get(role, (READ, ACT))
