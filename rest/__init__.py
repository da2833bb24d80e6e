"""What every HTTP handler of ours shares: bodies into types, errors into problems."""

from rest.body import json_body, json_response
from rest.explain import problem_routes
from rest.problem import BadRequest, Forbidden, Problem, Unauthenticated, problem_middleware
from rest.stream import stream

__all__ = [
    "BadRequest",
    "Forbidden",
    "Problem",
    "Unauthenticated",
    "json_body",
    "json_response",
    "problem_middleware",
    "problem_routes",
    "stream",
]
