"""Holding every request to the table of `service.policy`, before any handler sees it.

Whether a thing is there is not said here: the answer is the same whatever the path
names, so that nobody learns from a refusal what there is.
"""

from functools import lru_cache

from aiohttp import web

from identity.http import SESSION
from ledger.actor import Actor
from ledger.errors import NotAllowed
from ledger.http import actor_of
from rest import Forbidden
from service.policy import POLICIES, Open, Policy


def hold_to_policy(request: web.Request) -> None:
    """Refuse whom the table does not name; a route that is not in it, to everybody."""
    resource = request.match_info.route.resource
    # Without a resource no route was found, and the handler says so.
    if resource is not None:
        _check(request, _row(request.method, resource))


@lru_cache(maxsize=1_024)
def _row(method: str, resource: web.AbstractResource) -> Policy | None:
    """Return the row of a route by its template; reading the head alone is reading."""
    return POLICIES.get(f"{'GET' if method == 'HEAD' else method} {resource.canonical}")


def _check(request: web.Request, policy: Policy | None) -> None:
    if policy is None:
        raise NotAllowed("nobody was given this yet")
    if policy.who is not Open.ANYONE and policy.who is not Open.PARTNER:
        _check_role(policy, actor_of(request))
    if policy.scope is None:
        return
    session = request.get(SESSION)
    if session is not None and policy.scope not in session.scopes:
        raise Forbidden(f"this session is not for this: it has no scope {policy.scope!r}")


def _check_role(policy: Policy, actor: Actor) -> None:
    if isinstance(policy.who, Open) or actor.role in policy.who:
        return
    hint = "" if policy.hint is None else f", {policy.hint}"
    who = " or ".join(sorted(policy.who))
    raise NotAllowed(f"this is for the {who}{hint}; not for the {actor.role}")
