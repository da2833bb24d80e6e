"""What the OpenAPI document says and no route does: of the whole, of paths, of who may ask."""

from importlib.metadata import version
from typing import Annotated, Any, Final
from uuid import UUID

from aiohttp import web
from msgspec import Meta

from rest.openapi import About, openapi
from service.policy import POLICIES, Open
from service.problems import PROBLEMS

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 in hex.")]
Version = Annotated[int, Meta(ge=1, lt=10**9)]

IN_PATHS: Final[dict[str, Any]] = {
    "case_id": UUID,
    "handover_id": UUID,
    "review_id": UUID,
    "id": UUID,
    "digest": Digest,
    "message": Digest,
    "version": Version,
}
"""The types of what stands in paths; whatever is not here is a text."""

TAGS: Final = {
    "verifications": "Proving who one is, at a provider's page or by a region's answer.",
    "session": "Leaving.",
    "items": "The catalogue of service items.",
    "cases": "Applying, handling, deciding; reading what became of it.",
    "search": "Finding cases by their words.",
    "materials": "Files that are handed in.",
    "codes": "Codes on paper that anyone can check.",
    "handovers": "Cases that another region decides, or asks us about.",
    "me": "What concerns oneself: what is held, sent, agreed to, looked at.",
    "alerts": "What supervisors should look at.",
    "feed": "What is recorded, as it happens.",
    "subscriptions": "Webhooks: who is sent what.",
    "subjects": "Persons' data: restricted, erased.",
    "mandates": "Who acts for an enterprise.",
    "bindings": "Words to agree to.",
    "transfers": "What kinds of data went to other regions.",
    "log": "The log for everyone: heads, tiles, keys.",
    "views": "How the lists stand, and their certificates.",
    "partners": "How it stands with partner regions.",
    "partner": "What partner regions send.",
    "exports": "Cases as files for other tools.",
    "entries": "Everything recorded of cases, for supervisors.",
    "requests": "What persons ask of their data, as the office sees it.",
    "purposes": "What data are used for.",
    "words": "The words of the procedure, in each language.",
    "conflicts": "Imported facts that were contradicted.",
    "refusals": "Partners' tokens that were refused.",
    "revocations": "Tokens and sessions that count no more.",
    "staff": "Signing in by the office's own provider.",
    "staff-keys": "Keys that open sessions of staff.",
    "status": "What was revoked.",
    "problems": "What each kind of error means.",
    "service": "The service itself: its health, its keys, this description.",
}
"""By the part of a path that it belongs under; the first that is here counts."""

EXAMPLES: Final[dict[str, Any]] = {
    "POST /v1/verifications": {
        "method": "iamsmart",
        "purpose": "gd.zhaoqing.food-operation-licence",
        "language": "zh-Hant",
    },
    "POST /v1/verifications/enterprises": {
        "document_type": "unified_social_credit",
        "number": "91449999MA0TEXT0XU",
        "capacity": "agent",
        "item": "gd.zhaoqing.food-operation-licence",
    },
    "POST /v1/cases": {
        "item": "gd.zhaoqing.food-operation-licence",
        "form": {"business_name": "Sample Tea House"},
        "materials": {},
    },
    "POST /v1/cases/{case_id}/correction-requests": {
        "deficiencies": {"layout-plan": "The kitchen is missing."}
    },
    "POST /v1/cases/{case_id}/reviews": {"recommendation": "grant", "findings": "In order."},
    "POST /v1/cases/{case_id}/grants": {"result": "JY24400000000001"},
    "POST /v1/revocations": {"reason": "asked-for", "session": "0" * 32},
}

_ABOUT: Final = """\
A ledger of government cases that cross a boundary, with online identity verification.

A session stands in `Authorization: Bearer …`: applicants collect theirs after a verification.
Every POST takes an `Idempotency-Key`; what changes a case asks for its `ETag` in `If-Match`.
Every command answers the `position` it has in the log, and whatever is read from a list can
be asked to have it: `?position=…`. Errors are problem documents (RFC 9457), whose `type`
leads to what to do. Answers are JSON, or CBOR for who asks for `application/cbor`.
"""


def describe(app: web.Application) -> dict[str, Any]:
    """Return the OpenAPI document of `app`; raises `KeyError` for a route not described."""
    about = About(
        title="Tongban",
        version=version("tongban"),
        description=_ABOUT,
        tags=TAGS,
        in_paths=IN_PATHS,
        examples=EXAMPLES,
        access=access,
        problems=PROBLEMS,
    )
    return openapi(app.router.routes(), about)


def access(method: str, path: str) -> tuple[list[dict[str, list[str]]], str]:
    """Return which session a route needs, and in words who may ask."""
    policy = POLICIES.get(f"{method} {path}")
    if policy is None:
        return [{"session": []}], "Nobody was given this yet."
    scopes = [] if policy.scope is None else [policy.scope]
    match policy.who:
        case Open.ANYONE:
            return [{}, {"session": scopes}], "For anyone."
        case Open.PARTNER:
            return [{}], "For partner regions, by what they signed."
        case Open.SESSION:
            return [{"session": scopes}], "For whoever has a session."
        case roles:
            return [{"session": scopes}], f"For: {', '.join(sorted(roles))}."
