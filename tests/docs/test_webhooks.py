"""The receiver that `docs/webhooks.md` shows takes what we send, and nothing else."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import WebhookVerificationError

from service.edge import now
from service.webhooks.message import challenge
from service.webhooks.signing import Signing

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
[EXAMPLE] = re.findall("```python\n(.*?)```", TEXT, re.DOTALL)
SIGNING = Signing(bytes(32))
ID = UUID(int=1)
BODY = b'{"type":"tongban.case.granted.v1"}'


def receiver():
    shown: dict[str, Any] = {}
    exec(EXAMPLE, shown)  # noqa: S102
    return shown


def sent(body, message="m-1", generations=(1,), at=None):
    return SIGNING.headers(message, at or now(), body, subscription=ID, generations=generations)


def test_the_receiver_in_the_docs_takes_a_delivery_once():
    shown, handled = receiver(), list[object]()
    shown["handle"] = handled.append
    secret = SIGNING.secret_of(ID, 1)

    answers = [shown["receive"](secret, sent(BODY), BODY) for _ in range(2)]

    assert answers == [(204, ""), (204, "")]
    assert handled == [json.loads(BODY)]


def test_the_receiver_in_the_docs_answers_a_challenge():
    body = challenge("abc", "log.example")

    status, answer = receiver()["receive"](SIGNING.secret_of(ID, 1), sent(body), body)

    assert status == 200
    assert json.loads(answer) == {"answer": SIGNING.answer_to("abc", ID, 1)}


def test_either_secret_verifies_while_both_sign():
    headers = sent(BODY, generations=(2, 1))

    for generation in (1, 2):
        secret = SIGNING.secret_of(ID, generation)
        assert receiver()["receive"](secret, headers, BODY) == (204, "")


@pytest.mark.parametrize("what", ["body", "id", "secret", "time"])
def test_the_receiver_in_the_docs_refuses_what_was_changed(what):
    secret, headers, body = SIGNING.secret_of(ID, 1), dict(sent(BODY)), BODY
    match what:
        case "body":
            body = BODY.replace(b"granted", b"refused")
        case "id":
            headers["webhook-id"] = "m-2"
        case "secret":
            secret = SIGNING.secret_of(ID, 2)
        case "time":
            headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 1)

    with pytest.raises(WebhookVerificationError):
        receiver()["receive"](secret, headers, body)
