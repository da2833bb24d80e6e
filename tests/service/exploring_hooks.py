"""What Schemathesis does not know of us: who may ask, and what there is to be asked of.

It runs in a process of its own, which is told both by `EXPLORED`: sessions by role, and
by the names of parameters and fields what is there. One call in five is left as it was made.
"""

import json
import os
from itertools import count
from typing import Any

import schemathesis

from service.policy import POLICIES, Open

_TOLD: dict[str, dict[str, Any]] = json.loads(os.environ.get("EXPLORED", "{}"))
_SESSIONS: dict[str, str] = _TOLD.get("sessions", {})
_KNOWN: dict[str, list[Any]] = _TOLD.get("known", {})
_TURNS = count()
_LEFT_ALONE = 5


for media in (
    "application/pprd-message+cbor",
    "application/pprd-idvreq+cwt",
    "application/pprd-material",
):

    @schemathesis.serializer(media)
    def _bytes(context: schemathesis.SerializationContext, value: Any) -> bytes:
        """Send what nobody signed."""
        del context
        return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: dict[str, Any]
) -> dict[str, Any]:
    """Name what is there, mostly."""
    del context
    return _filled(path_parameters)


@schemathesis.hook
def map_query(context: schemathesis.HookContext, query: dict[str, Any] | None) -> Any:
    """Wait for no position that nobody writes, mostly; each would take its two seconds."""
    del context
    return _filled(query) if query else query


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """Apply for items that there are, mostly."""
    del context
    return _filled(body) if isinstance(body, dict) else body


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
) -> None:
    """Ask as somebody who may, mostly, and else as somebody or nobody."""
    del context, kwargs
    if "Prefer" in case.headers:
        case.headers["Prefer"] = "wait=1"
    may = _who(case.operation.method.upper(), case.operation.path)
    turn = next(_TURNS)
    if turn % _LEFT_ALONE == 0 or not may:
        may = [*_SESSIONS, ""]
    session = _SESSIONS.get(may[turn % len(may)])
    if session is not None:
        case.headers["Authorization"] = f"Bearer {session}"


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    if not values or next(_TURNS) % _LEFT_ALONE == 0:
        return values
    known = {name: _KNOWN[name] for name in values if name in _KNOWN}
    return values | {name: there[next(_TURNS) % len(there)] for name, there in known.items()}


def _who(method: str, path: str) -> list[str]:
    policy = POLICIES.get(f"{method} {path}")
    if policy is None:
        policy = POLICIES.get(f"{method} {path.rpartition('/')[0]}/{{act}}")
    if policy is None or policy.who in (Open.ANYONE, Open.PARTNER):
        return ["", *_SESSIONS]
    if policy.who is Open.SESSION:
        return [*_SESSIONS]
    return sorted(set(_SESSIONS) & {str(role) for role in policy.who})
