"""What stands in the path of a request."""

from uuid import UUID

from aiohttp import web

from rest.errors import BadRequest


def path_id(request: web.Request, name: str, what: str) -> UUID:
    """Return the id of `what` that the path has under `name`, or raise `BadRequest`."""
    try:
        return UUID(request.match_info[name])
    except ValueError as error:
        raise BadRequest(f"this is not the id of {what}", field=name) from error
