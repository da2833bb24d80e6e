"""The calls a service signs and seals, as the simulator answers them.

What is done once a person has to be asked is in `answers.py` and `callback.py`.
"""

from base64 import b64encode
from datetime import timedelta
from typing import TypeVar

from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.hk import wire
from adapters.hk.messages import (
    Begun,
    CodeForToken,
    ContentKey,
    FormRequest,
    ProfileRequest,
    Request,
    SigningAck,
    SigningRequest,
    StepUpRequest,
    Token,
)
from adapters.hk.requests import PATHS
from adapters.hk.simulator.callback import CALLBACKS
from adapters.hk.simulator.desk import DESK, Task
from adapters.hk.simulator.failures import (
    BAD_CODE,
    BAD_REQUEST,
    BAD_TOKEN,
    NOT_AUTHENTIC,
    STALE_KEY,
    RefusalError,
    answer,
)
from adapters.hk.simulator.switches import Switch
from adapters.hk.wire import REJECTED, Message, WireError
from adapters.hk.wrapping import wrap_key
from identity.model import Scope

R = TypeVar("R", bound=Request)
T = TypeVar("T")
routes = web.RouteTableDef()


@routes.post(f"{wire.API}/security/getKey")
async def get_key(request: web.Request) -> web.Response:
    """Give the content key, wrapped for the client."""
    await _signed_body(request)
    desk = request.app[DESK]
    key, made_at = desk.content_key()
    public_key = desk.settings.public_key
    der = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    content = ContentKey(
        secret_key=wrap_key(key, public_key, desk.settings.rsa_padding),
        pub_key=b64encode(der).decode(),
        issue_at=wire.milliseconds(made_at),
        expires_in=desk.settings.key_life // timedelta(milliseconds=1),
    )
    return answer(request, wire.OK, "SUCCESS", content)


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


@routes.post(f"{wire.API}{PATHS[Scope.PROFILE]}")
async def initiate_profile(request: web.Request) -> web.Response:
    """Begin to send the profile, or the person's refusal, to the client's callback."""
    task = await _task(request, ProfileRequest)
    return _answer_at_once(request, task, scope="eidapi_profiles")


@routes.post(f"{wire.API}{PATHS[Scope.FORM_FILLING]}")
async def initiate_form(request: web.Request) -> web.Response:
    """Begin to send what the person keeps for filling forms."""
    task = await _task(request, FormRequest)
    return _answer_at_once(request, task, scope="eidapi_formFilling")


@routes.post(f"{wire.API}{PATHS[Scope.STEP_UP]}")
async def initiate_step_up(request: web.Request) -> web.Response:
    """Give a ticket under which the person shows their simulated face."""
    return _ask_the_person(request, await _task(request, StepUpRequest), scope="eidapi_fr")


@routes.post(f"{wire.API}{PATHS[Scope.SIGNING]}")
async def initiate_signing(request: web.Request) -> web.Response:
    """Give a ticket under which the person sees the hash, and signs."""
    task = await _task(request, SigningRequest)
    try:
        request.app[DESK].digest_of(task.asked)
    except WireError as error:
        raise RefusalError(BAD_REQUEST, str(error)) from error
    return _ask_the_person(request, task, scope="eidapi_sign")


@routes.post(f"{wire.API}/account/signing/ackResult")
async def take_acknowledgement(request: web.Request) -> web.Response:
    """Remember that a signature arrived; to be told again changes nothing."""
    told = await _opened(request, SigningAck)
    request.app[DESK].acknowledged.put(told.business_id, told.signing_result)
    return answer(request, wire.OK, "SUCCESS", None)


async def _task(request: web.Request, kind: type[R]) -> Task[R]:
    asked = await _opened(request, kind)
    desk = request.app[DESK]
    consent = desk.consent(asked.access_token)
    client_id = desk.settings.credentials.client_id
    if consent is None or asked.open_id != consent.resident.open_id(client_id):
        raise RefusalError(BAD_TOKEN, "the token is unknown, expired or for another account")
    if not desk.may_send_to(asked.redirect_uri):
        raise RefusalError(BAD_REQUEST, "the callback's URI is not registered")
    return Task(asked, consent)


def _answer_at_once(request: web.Request, task: Task[Request], *, scope: str) -> web.Response:
    code = wire.OK if scope in task.consent.scopes else REJECTED
    if not request.app[CALLBACKS].begin(task, code):
        raise RefusalError(BAD_REQUEST, "too many callbacks are waiting")
    return _sealed_answer(request, Begun())


def _ask_the_person(request: web.Request, task: Task[Request], *, scope: str) -> web.Response:
    if scope not in task.consent.scopes:
        return _answer_at_once(request, task, scope=scope)
    ticket = request.app[DESK].ticket_for(task)
    return _sealed_answer(request, Begun(auth_by_qr=True, ticket_id=ticket))


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
    desk = request.app[DESK]
    if desk.switches.takes(Switch.STALE_KEY):
        desk.withdraw_key()
    key, _ = desk.content_key()
    try:
        content = wire.decode(body, wire.Sealed).content
    except WireError as error:
        raise RefusalError(BAD_REQUEST, str(error)) from error
    try:
        plain = wire.unseal(content, key)
    except WireError as error:
        raise RefusalError(STALE_KEY, "it was not sealed with the present key") from error
    try:
        return wire.decode(plain, kind)
    except WireError as error:
        raise RefusalError(BAD_REQUEST, str(error)) from error


def _sealed_answer(request: web.Request, content: Message) -> web.Response:
    desk = request.app[DESK]
    key, _ = desk.content_key()
    sealed = wire.seal(wire.encode(content), key, iv=desk.random_bytes(wire.IV_LENGTH))
    return answer(request, wire.OK, "SUCCESS", sealed)
