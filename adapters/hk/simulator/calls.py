"""The calls a service signs and seals, as the simulator answers them.

Result codes outside `wire.OK` and `wire.DECLINED` are the simulator's own invention.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.hk import wire
from adapters.hk.messages import (
    CodeForToken,
    ContentKey,
    ProfileBegun,
    ProfileRequest,
    Token,
)
from adapters.hk.simulator.callback import CALLBACKS
from adapters.hk.simulator.desk import DESK
from adapters.hk.wire import Message, Result, WireError

NOT_AUTHENTIC, BAD_CODE, BAD_TOKEN, BAD_REQUEST = "D20001", "D20002", "D20003", "D20004"

T = TypeVar("T")
routes = web.RouteTableDef()


class RefusalError(Exception):
    """A call that is answered with another code than `wire.OK`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@web.middleware
async def refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer a refusal with its code; HTTP itself went well."""
    try:
        return await handler(request)
    except RefusalError as refusal:
        return _answer(request, refusal.code, str(refusal), None)


@routes.post(f"{wire.API}/security/getKey")
async def get_key(request: web.Request) -> web.Response:
    """Give the content key, wrapped for the client."""
    await _signed_body(request)
    desk = request.app[DESK]
    key, made_at = desk.content_key()
    public_key = desk.settings.public_key
    der = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    content = ContentKey(
        secret_key=wire.wrap_key(key, public_key, desk.settings.rsa_padding),
        pub_key=b64encode(der).decode(),
        issue_at=wire.milliseconds(made_at),
        expires_in=desk.settings.key_life // timedelta(milliseconds=1),
    )
    return _answer(request, wire.OK, "SUCCESS", content)


@routes.post(f"{wire.API}/auth/getToken")
async def get_token(request: web.Request) -> web.Response:
    """Exchange a code, once."""
    asked = await _opened(request, CodeForToken)
    desk = request.app[DESK]
    given = desk.token_for(asked.code)
    if given is None:
        raise RefusalError(BAD_CODE, "the code is unknown, used or expired")
    token, consent = given
    now = wire.milliseconds(desk.clock())
    content = Token(
        access_token=token,
        token_type="Bearer",  # noqa: S106
        issue_at=now,
        expires_in=desk.settings.token_life // timedelta(milliseconds=1),
        open_id=consent.resident.open_id(desk.settings.credentials.client_id),
        last_modified_date=now,
        user_type=consent.resident.user_type,
    )
    return _sealed_answer(request, content)


@routes.post(f"{wire.API}/account/auth/profile/initiateRequest")
async def initiate_profile(request: web.Request) -> web.Response:
    """Begin to send the profile, or the person's refusal, to the client's callback."""
    asked = await _opened(request, ProfileRequest)
    desk = request.app[DESK]
    consent = desk.consent(asked.access_token)
    client_id = desk.settings.credentials.client_id
    if consent is None or asked.open_id != consent.resident.open_id(client_id):
        raise RefusalError(BAD_TOKEN, "the token is unknown, expired or for another account")
    if not desk.may_send_to(asked.redirect_uri):
        raise RefusalError(BAD_REQUEST, "the callback's URI is not registered")
    if not request.app[CALLBACKS].begin(asked, consent):
        raise RefusalError(BAD_REQUEST, "too many callbacks are waiting")
    return _sealed_answer(request, ProfileBegun())


async def _signed_body(request: web.Request) -> bytes:
    desk, body = request.app[DESK], await request.read()
    credentials = desk.settings.credentials
    try:
        nonce = wire.check(request.headers, body, credentials, now=desk.clock())
    except WireError as error:
        raise RefusalError(NOT_AUTHENTIC, str(error)) from error
    if not desk.is_new(nonce):
        raise RefusalError(NOT_AUTHENTIC, "the nonce was used before")
    return body


async def _opened(request: web.Request, kind: type[T]) -> T:
    body = await _signed_body(request)
    key, _ = request.app[DESK].content_key()
    try:
        sealed = wire.decode(body, wire.Sealed)
        return wire.decode(wire.unseal(sealed.content, key), kind)
    except WireError as error:
        raise RefusalError(BAD_REQUEST, str(error)) from error


def _sealed_answer(request: web.Request, content: Message) -> web.Response:
    desk = request.app[DESK]
    key, _ = desk.content_key()
    sealed = wire.seal(wire.encode(content), key, iv=desk.random_bytes(wire.IV_LENGTH))
    return _answer(request, wire.OK, "SUCCESS", sealed)


def _answer(request: web.Request, code: str, message: str, content: object) -> web.Response:
    tx_id = request.app[DESK].random_bytes(16).hex()
    result = Result(tx_id=tx_id, code=code, message=message, content=content)
    return web.Response(body=wire.encode(result), content_type="application/json")
