"""What every HTTP handler of ours shares: bodies into types, errors into problems."""

from rest.body import json_body, json_response
from rest.problem import BadRequest, Problem, Unauthenticated, problem_middleware

__all__ = [
    "BadRequest",
    "Problem",
    "Unauthenticated",
    "json_body",
    "json_response",
    "problem_middleware",
]
