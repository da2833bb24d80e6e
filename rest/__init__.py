"""What every HTTP handler of ours shares: bodies into types, errors into problems."""

from rest.body import JSON, json_body, json_response
from rest.concise import CONCISE
from rest.conditional import digest_tag, tagged, unless_seen
from rest.explain import problem_routes
from rest.limits import ADDRESSES, SIGNERS, Limits, Rate, count_address, count_partner
from rest.operation import BYTES, CBOR, HTML, TEXT, ZIP, Operation, operation, operation_of
from rest.problem import (
    BadRequest,
    Forbidden,
    PreconditionRequired,
    Problem,
    TooManyRequests,
    Unauthenticated,
    expect_type,
    problem_middleware,
)
from rest.stream import stream

__all__ = [
    "ADDRESSES",
    "BYTES",
    "CBOR",
    "CONCISE",
    "HTML",
    "JSON",
    "SIGNERS",
    "TEXT",
    "ZIP",
    "BadRequest",
    "Forbidden",
    "Limits",
    "Operation",
    "PreconditionRequired",
    "Problem",
    "Rate",
    "TooManyRequests",
    "Unauthenticated",
    "count_address",
    "count_partner",
    "digest_tag",
    "expect_type",
    "json_body",
    "json_response",
    "operation",
    "operation_of",
    "problem_middleware",
    "problem_routes",
    "stream",
    "tagged",
    "unless_seen",
]
