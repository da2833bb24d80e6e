"""What every HTTP handler of ours shares: bodies into types, errors into problems."""

from rest.body import json_body, json_response
from rest.concise import CONCISE
from rest.explain import problem_routes
from rest.limits import ADDRESSES, SIGNERS, Limits, Rate, count_address, count_partner
from rest.operation import Operation, operation, operation_of
from rest.problem import (
    BadRequest,
    Forbidden,
    Problem,
    TooManyRequests,
    Unauthenticated,
    expect_type,
    problem_middleware,
)
from rest.stream import stream

__all__ = [
    "ADDRESSES",
    "CONCISE",
    "SIGNERS",
    "BadRequest",
    "Forbidden",
    "Limits",
    "Operation",
    "Problem",
    "Rate",
    "TooManyRequests",
    "Unauthenticated",
    "count_address",
    "count_partner",
    "expect_type",
    "json_body",
    "json_response",
    "operation",
    "operation_of",
    "problem_middleware",
    "problem_routes",
    "stream",
]
