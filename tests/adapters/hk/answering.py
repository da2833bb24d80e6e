"""What somebody answers who may or may not be iAM Smart, and what they call back."""

import json
import os
from datetime import UTC, datetime

from aiohttp import web

from adapters.hk import wire
from adapters.hk.wire import Credentials
from adapters.hk.wrapping import RsaPadding, wrap_key
from identity.model import Assurance, Grant

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CREDENTIALS = Credentials(client_id="tongban-test", secret="only-for-tests")
KEY = bytes(range(32))
GRANT = Grant(
    account="account-1", access_token="token-1", granted_at=NOON, assurance=Assurance.REMOTE
)
TOKEN = b'{"accessToken":"t","openID":"o","issueAt":1,"expiresIn":1}'


def key_answer(rsa_key, value, expires_in=3600000):
    wrapped = wrap_key(value, rsa_key.public_key(), RsaPadding.OAEP_SHA256)
    issued = wire.milliseconds(NOON)
    content = {"secretKey": wrapped, "pubKey": "", "issueAt": issued, "expiresIn": expires_in}
    return json.dumps({"txID": "1", "code": "D00000", "message": "", "content": content})


def plainly(body, status=200):
    async def answer(request):
        return web.Response(body=body, status=status)

    return answer


def sealed(plain, key=KEY, padding="", status=200):
    content = wire.seal(plain, key, iv=os.urandom(12))
    answer = json.dumps({"txID": "1", "code": "D00000", "content": content})
    return plainly(padding + answer, status)


def refused(code):
    return plainly(json.dumps({"txID": "1", "code": code, "message": "CHAN", "content": None}))


def callback(rsa_key, told, **envelope):
    """Return headers and body of a callback that tells `told`, signed as it should be."""
    plain = told if isinstance(told, bytes) else json.dumps(told).encode()
    result = {
        "txID": "1",
        "code": "D00000",
        "message": "",
        "content": wire.seal(plain, KEY, iv=os.urandom(12)),
        "secretKey": wrap_key(KEY, rsa_key.public_key(), RsaPadding.OAEP_SHA256),
    }
    body = json.dumps(result | envelope).encode()
    return wire.sign(body, CREDENTIALS, at=NOON, nonce="0" * 32), body


CHAN = {"Identification": " A123456", "CheckDigit": "3"}
