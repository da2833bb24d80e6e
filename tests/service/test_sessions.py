"""Sessions over HTTP: whole, ours, in time, of this kind, or nobody is asking."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cose import Ed25519Signer, sign1
from identity import ASSERTION, SESSION, Trust, Verifier, issue_session
from identity.assurance import of_staff
from identity.claimset import encode_claims
from identity.sessions import Sessions
from server import open_sessions
from service.key_uses import USES
from tests.service.running import AUTHORITY, MADE, running
from tests.service.visitor import Visitor

SKEW = timedelta(seconds=60)


def sessions_of(service):
    return open_sessions(service.home, service.edge)


def forged(service, visitor, signer=None, typ=SESSION.typ, **changes):
    """Return a session like the visitor's with some of its claims changed, signed again."""
    sessions = sessions_of(service)
    claims = replace(sessions.read(visitor.session), **changes)
    token = sign1(signer or sessions.signer(), typ=typ, payload=encode_claims(claims))
    return urlsafe_b64encode(token).rstrip(b"=").decode()


async def refused(service, session):
    answer = await Visitor(service.http, session).get("/v1/cases")
    assert (answer.status, answer.problem) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    return answer


async def test_a_session_changed_in_any_byte_is_refused(service):
    clerk = service.official("clerk")
    token = urlsafe_b64decode(clerk.session + "=" * (-len(clerk.session) % 4))

    for at in range(0, len(token), 7):
        altered = bytearray(token)
        altered[at] ^= 1
        await refused(service, urlsafe_b64encode(altered).rstrip(b"=").decode())
    assert (await clerk.get("/v1/cases")).status == 200


async def test_a_session_ends_an_hour_after_it_was_issued(service):
    clerk = service.official("clerk")

    service.clock.now += SESSION.lifetime + SKEW - timedelta(seconds=1)
    assert (await clerk.get("/v1/cases")).status == 200

    service.clock.now += timedelta(seconds=1)
    await refused(service, clerk.session)


FORGERIES: dict[str, dict[str, Any]] = {
    "for another audience": {"audience": "tongban.elsewhere"},
    "of another issuer": {"issuer": "CN-GX"},
    "of another kind": {"typ": ASSERTION.typ},
    "signed by somebody else": {"signer": Ed25519Signer(bytes([7]) * 32)},
    "with a longer life": {"expires_at": MADE + timedelta(days=365)},
    "of a role nobody knows": {"role": "emperor"},
    "of a channel nobody knows": {"channel": "telepathy"},
    "of a role in other letters": {"role": "Clerk"},
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_session_that_is_not_ours_is_refused(service, forgery):
    clerk = service.official("clerk")

    assert (await Visitor(service.http, forged(service, clerk)).get("/v1/cases")).status == 200
    await refused(service, forged(service, clerk, **FORGERIES[forgery]))


async def test_a_session_of_another_home_is_refused(service, tmp_path):
    async with running(tmp_path / "other") as other:
        stranger = other.official("supervisor")

    await refused(service, stranger.session)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic Y2xlcms6Y2xlcms=", "clerk", "Bearer clerk", "Bearer é"],
)
async def test_what_is_no_session_is_nobody(service, authorization):
    answer = await service.anyone.get("/v1/cases", headers={"Authorization": authorization})

    assert (answer.status, answer.problem) == (401, "unauthenticated")


async def test_a_refused_session_is_refused_also_where_none_is_needed(service):
    await refused(service, "nonsense")

    answer = await Visitor(service.http, "nonsense").get("/v1/items")

    assert answer.status == 401


async def test_a_refusal_does_not_say_what_was_wrong_nor_repeat_the_session(service, caplog):
    clerk = service.official("clerk")
    session = forged(service, clerk, audience="tongban.elsewhere")

    answer = await refused(service, session)

    assert b"audience" not in answer.content
    assert session[:20].encode() not in answer.content
    assert session[:20] not in caplog.text


async def test_the_word_bearer_is_read_in_any_case(service):
    clerk = service.official("clerk")
    authorization = f"bEARER {clerk.session}"

    answer = await service.anyone.get("/v1/cases", headers={"Authorization": authorization})

    assert answer.status == 200


def sessions_under(seed):
    signer, record = Ed25519Signer(seed), USES["sessions"].record(seed, MADE)
    return Sessions(
        issuer="here",
        signer=lambda: signer,
        verifier=Verifier(Trust({"here": [record]}), "here"),
        clock=lambda: MADE,
        random=bytes,
    )


def test_sessions_show_neither_key_nor_person():
    sessions = sessions_under(bytes(range(32)))
    token, _ = sessions.open(
        subject="subject:1234", role="applicant", channel="portal", assurance=of_staff(MADE)
    )

    shown = repr(sessions) + repr(sessions.read(token))

    assert "subject:1234" not in shown
    assert bytes(range(32)).hex() not in shown
    assert repr(bytes(range(32)))[2:-1] not in shown


def test_a_session_names_its_authority_only_if_it_has_one():
    sessions = sessions_under(bytes(32))

    office, _ = sessions.open(
        subject="clerk-1",
        role="clerk",
        channel="window",
        assurance=of_staff(MADE),
        authority=AUTHORITY,
    )
    nobody, _ = sessions.open(
        subject="x", role="supervisor", channel="system", assurance=of_staff(MADE)
    )

    assert sessions.read(office).authority == AUTHORITY
    assert sessions.read(nobody).authority is None
    assert issue_session(sessions.read(office), sessions.signer()) == office
