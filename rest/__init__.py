"""What every HTTP handler of ours shares: bodies into types, errors into problems."""

from rest.about import ABOUT
from rest.accepting import accepted, asks_for
from rest.body import JSON, json_body, json_response
from rest.concise import CONCISE
from rest.conditional import has_seen, tagged, unless_seen
from rest.deprecation import deprecated
from rest.errors import (
    BadRequest,
    BodyTooSlow,
    Forbidden,
    PreconditionRequired,
    Problem,
    TooBusy,
    TookTooLong,
    TooManyRequests,
    Unauthenticated,
)
from rest.explain import problem_routes
from rest.headers import every_answer, preflight_middleware
from rest.idempotency import idempotency_key
from rest.language import LANGUAGES, MESSAGES, Messages, Text, language_of
from rest.limits import (
    ADDRESSES,
    AT_ONCE,
    CALLERS,
    SIGNERS,
    AtOnce,
    Limits,
    Rate,
    among_theirs,
    count_address,
    count_caller,
    count_partner,
)
from rest.load import LOAD, Load, let_stream, load_middleware, taken_in
from rest.operation import BYTES, CBOR, HTML, TEXT, ZIP, Operation, operation, operation_of
from rest.paging import page_size, paged, place
from rest.path import path_id
from rest.preferences import preferred_wait
from rest.problem import expect_type, look_up, problem_middleware, tell
from rest.ranges import part_of, within
from rest.representation import representation_middleware
from rest.stream import stream

__all__ = [
    "ABOUT",
    "ADDRESSES",
    "AT_ONCE",
    "BYTES",
    "CALLERS",
    "CBOR",
    "CONCISE",
    "HTML",
    "JSON",
    "LANGUAGES",
    "LOAD",
    "MESSAGES",
    "SIGNERS",
    "TEXT",
    "ZIP",
    "AtOnce",
    "BadRequest",
    "BodyTooSlow",
    "Forbidden",
    "Limits",
    "Load",
    "Messages",
    "Operation",
    "PreconditionRequired",
    "Problem",
    "Rate",
    "Text",
    "TooBusy",
    "TooManyRequests",
    "TookTooLong",
    "Unauthenticated",
    "accepted",
    "among_theirs",
    "asks_for",
    "count_address",
    "count_caller",
    "count_partner",
    "deprecated",
    "every_answer",
    "expect_type",
    "has_seen",
    "idempotency_key",
    "json_body",
    "json_response",
    "language_of",
    "let_stream",
    "load_middleware",
    "look_up",
    "operation",
    "operation_of",
    "page_size",
    "paged",
    "part_of",
    "path_id",
    "place",
    "preferred_wait",
    "preflight_middleware",
    "problem_middleware",
    "problem_routes",
    "representation_middleware",
    "stream",
    "tagged",
    "taken_in",
    "tell",
    "unless_seen",
    "within",
]
