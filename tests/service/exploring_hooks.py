"""What Schemathesis does not know of us: who may ask, and what there is to be asked of.

It runs in a process of its own, which is told by the file `EXPLORED`: sessions by role,
what is there by the names of parameters and fields, and of each operation one request that
is granted. That one is sent first; later ones are of it in part, or made up altogether.
What each was answered is written to `EXPLORED_ANSWERS`.
"""

import json
import os
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.generation.meta import TestPhase

from service.policy import POLICIES, Open

_TOLD: dict[str, dict[str, Any]] = json.loads(Path(os.environ["EXPLORED"]).read_text())
_SESSIONS: dict[str, str] = _TOLD["sessions"]
_KNOWN: dict[str, list[Any]] = _TOLD["known"]
_READY: dict[str, dict[str, Any]] = _TOLD["ready"]
_ANSWERS = Path(os.environ["EXPLORED_ANSWERS"])
_TURNS = count()
_ASKED = Counter[str]()
_CREATED: dict[str, tuple[str, str | None]] = {}
"""Which operation told an id, and to which session."""
_LEFT_ALONE = 5
"""Of so many, one is sent as it was made."""
_ENDS_SESSIONS = "DELETE /v1/session"


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
    """Ask for what there is as somebody who may, mostly, and else as somebody or nobody."""
    del context, kwargs
    operation = _name(case)
    turn = _ASKED[operation]
    _ASKED[operation] += 1
    ready, source = _READY.get(operation), _source(case)
    if source is not None:
        _go_on(case, ready, source[1], whole=turn % 2 == 0)
    elif ready is not None and (turn % _LEFT_ALONE == 0 or _leads_on(case, turn)):
        _ask(case, ready)
    elif ready is not None and turn % _LEFT_ALONE != 1:
        case.path_parameters = dict(ready["path"])
        _as(case, ready["session"])
    elif operation != _ENDS_SESSIONS:
        _as(case, _SESSIONS.get(_somebody(operation)))
    if "Prefer" in case.headers:
        case.headers["Prefer"] = "wait=1"


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext,
    case: schemathesis.Case[Any],
    response: schemathesis.Response,
) -> None:
    """Write down what was answered, and remember which ids were told."""
    del context
    source = _source(case)
    told = {
        "operation": _name(case),
        "status": response.status_code,
        "source": None if source is None else source[0],
    }
    with _ANSWERS.open("a") as answers:
        print(json.dumps(told), file=answers)
    if response.status_code == 201 and "json" in response.headers["content-type"][0]:
        session = case.headers.get("Authorization")
        for value in response.json().values():
            if isinstance(value, str) and len(value) in (32, 36):
                _CREATED.setdefault(value, (_name(case), session))


def _name(case: schemathesis.Case[Any]) -> str:
    return f"{case.operation.method.upper()} {case.operation.path}"


def _leads_on(case: schemathesis.Case[Any], turn: int) -> bool:
    """Tell whether something is to follow from it, which nothing does from a refusal."""
    return _is_led(case) and turn % _LEFT_ALONE != 1


def _is_led(case: schemathesis.Case[Any]) -> bool:
    return case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL


def _source(case: schemathesis.Case[Any]) -> tuple[str, str | None] | None:
    """Return what told the id that the path names, if an answer led to it."""
    places = case.path_parameters or {} if _is_led(case) else {}
    return next((_CREATED[place] for place in places.values() if place in _CREATED), None)


def _ask(case: schemathesis.Case[Any], ready: dict[str, Any]) -> None:
    """Let it be the request that is granted, and nothing else."""
    case.path_parameters = dict(ready["path"])
    case.query = dict(ready["query"])
    for name in [*case.headers]:
        del case.headers[name]
    case.headers.update({"If-Match": "*", **ready["headers"]})
    case.cookies = {}
    if ready["body"] is not None:
        case.body = ready["body"]
    _as(case, ready["session"])


def _go_on(
    case: schemathesis.Case[Any],
    ready: dict[str, Any] | None,
    whose: str | None,
    *,
    whole: bool,
) -> None:
    """Go on with what an answer told: as whoever was told it, or the office it is for."""
    if ready is not None and whole:
        _ask(case, {**ready, "path": case.path_parameters})
    if ready is None or ready["own"]:
        case.headers.pop("Authorization", None)
        if whose is not None:
            case.headers["Authorization"] = whose
    else:
        _as(case, ready["session"])


def _as(case: schemathesis.Case[Any], session: str | None) -> None:
    case.headers.pop("Authorization", None)
    if session is not None:
        case.headers["Authorization"] = f"Bearer {session}"


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    if not values or next(_TURNS) % _LEFT_ALONE == 0:
        return values
    known = {name: _KNOWN[name] for name in values if name in _KNOWN}
    return values | {name: there[next(_TURNS) % len(there)] for name, there in known.items()}


def _somebody(operation: str) -> str:
    """Return the role of somebody who may, or else of anybody, or of nobody."""
    turn = next(_TURNS)
    may = _who(operation)
    if turn % _LEFT_ALONE == 0 or not may:
        may = [*_SESSIONS, ""]
    return may[turn % len(may)]


def _who(operation: str) -> list[str]:
    policy = POLICIES.get(operation)
    if policy is None:
        policy = POLICIES.get(f"{operation.rpartition('/')[0]}/{{act}}")
    if policy is None or policy.who in (Open.ANYONE, Open.PARTNER):
        return ["", *_SESSIONS]
    if policy.who is Open.SESSION:
        return [*_SESSIONS]
    return sorted(set(_SESSIONS) & {str(role) for role in policy.who})
