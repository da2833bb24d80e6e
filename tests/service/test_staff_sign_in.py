"""Signing in by OpenID Connect: what holds gives a session, and no attack does."""

import base64
import hashlib
import hmac
import json
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.oidc import OidcSettings
from adapters.oidc.simulator import OidcSimulator
from identity.errors import TokenRefused
from identity.staff_grants import Grant, Grants
from ledger.errors import HomeUnusable
from server import open_sessions
from service.grants import check_grants
from service.staff_sign_in import STAFF_SIGN_IN
from tests.ledger.ledgers import SetClock
from tests.service.running import AUTHORITY, MORNING, Service, running, serving
from tests.service.visitor import Visitor

STAFF = {
    "the clerk": {"sub": "c-17", "groups": ["food-clerks", "choir"]},
    "the reviewer": {"sub": "r-3", "groups": ["food-reviewers", "supervisors"]},
    "a stranger": {"sub": "x-1", "groups": ["choir"]},
    "by name": {"sub": "Chan Tai Man", "groups": ["food-clerks"]},
}
GRANTS = Grants(
    grants={
        "food-clerks": Grant(role="clerk", authority=AUTHORITY),
        "food-reviewers": Grant(role="reviewer", authority=AUTHORITY),
        "supervisors": Grant(role="supervisor", scopes=("read",)),
    }
)


PROBLEMS = {
    400: ("token-refused", "callback-refused"),
    403: ("verification-declined",),
    503: ("provider-unavailable",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A service, and the simulator at which those who work there sign in."""

    service: Service
    provider: OidcSimulator

    async def begin(self, **params: str) -> tuple[str, dict[str, str]]:
        """Return the browser's cookie, and what the provider's page is asked with."""
        sent = await self.service.anyone.get("/v1/staff/sign-in", params=params)
        assert sent.status == 303, sent.body
        page = urlsplit(sent.headers["Location"])
        assert f"{page.scheme}://{page.netloc}" == self.provider.issuer
        return sent.headers["Set-Cookie"].partition(";")[0], dict(parse_qsl(page.query))

    async def at_the_provider(self, asked: dict[str, str], name: str) -> dict[str, str]:
        """Sign in there, and return what one is sent back with."""
        url, params = f"{self.provider.issuer}/authorize", {**asked, "as": name}
        async with self.service.http.get(url, params=params, allow_redirects=False) as back:
            assert back.status == 303
            return dict(parse_qsl(urlsplit(back.headers["Location"]).query))

    async def back(self, cookie: str, query: dict[str, str]) -> Any:
        headers = {"Cookie": cookie} if cookie else {}
        anyone = self.service.anyone
        return await anyone.get("/v1/staff/callback", params=query, headers=headers)

    async def sign_in(self, name: str, **params: str) -> Any:
        cookie, asked = await self.begin(**params)
        return await self.back(cookie, await self.at_the_provider(asked, name))


@asynccontextmanager
async def trial(tmp_path, **changes):
    clock = SetClock(MORNING)
    provider = OidcSimulator(
        issuer="",
        client_id="tongban",
        redirect_uri="http://127.0.0.1:8080/v1/staff/callback",
        secret="a secret of ours",
        staff=STAFF,
        clock=clock,
        random=secrets.token_bytes,
    )
    async with serving(provider.app()) as issuer:
        provider.issuer = issuer
        given = {
            "issuer": issuer, "client_id": "tongban", "secret": provider.secret,
            "redirect_uri": provider.redirect_uri, **changes,
        }  # fmt: skip
        settings = OidcSettings(**given)
        async with running(tmp_path / "home", clock, oidc=settings, grants=GRANTS) as service:
            yield Trial(service=service, provider=provider)


async def refused(answer, status=400):
    found = await answer
    assert found.status == status, found.body
    assert found.problem in PROBLEMS[status]
    assert b"session" not in found.content


async def test_who_works_here_signs_in_and_does_what_they_may(tmp_path):
    async with trial(tmp_path) as there:
        answer = await there.sign_in("the clerk")

        told = answer.body
        visitor = Visitor(there.service.http, told["session"])
        session = open_sessions(there.service.home, there.service.edge).read(told["session"])
        assert (told["role"], told["authority"]) == ("clerk", AUTHORITY)
        assert (session.subject, session.assurance.bound_by) == ("c-17", there.provider.issuer)
        assert (await visitor.get("/v1/cases")).status == 200
        assert "Max-Age=0" in answer.headers["Set-Cookie"]

        left = await visitor.call("DELETE", "/v1/session")
        assert left.status == 204
        assert (await visitor.get("/v1/cases")).status == 401


async def test_who_is_several_things_says_which_and_gets_no_more(tmp_path):
    async with trial(tmp_path) as there:
        await refused(there.sign_in("the reviewer"))
        chosen = await there.sign_in("the reviewer", grant="supervisors")
        await refused(there.sign_in("the clerk", grant="supervisors"))

        visitor = Visitor(there.service.http, chosen.body["session"])
        assert chosen.body["role"] == "supervisor"
        exported = await visitor.get("/v1/exports/csv")
        assert (exported.status, exported.problem) == (403, "forbidden")


async def test_a_provider_says_who_somebody_is_and_we_say_what_that_gives(tmp_path, caplog):
    async with trial(tmp_path) as there:
        for name in ("a stranger", "by name"):
            await refused(there.sign_in(name))

    said = [each.getMessage() for each in caplog.records if each.name == "tongban.staff"]
    begins = "a sign-in of somebody who works here was refused: "
    assert said == [
        f"{begins}groups: names none of food-clerks, food-reviewers, supervisors",
        f"{begins}sub: no number of somebody in an office",
    ]


def test_a_claim_that_the_provider_does_not_give_is_named():
    grants = Grants(grants=GRANTS.grants, number="employee_number")

    with pytest.raises(
        TokenRefused, match="employee_number: no such claim; there are groups, sub"
    ):
        grants.of(STAFF["the clerk"], None)


async def test_who_comes_back_in_a_browser_reads_a_page(tmp_path):
    async with trial(tmp_path) as there:
        cookie, asked = await there.begin()
        query = await there.at_the_provider(asked, "the clerk")

        page = await there.service.anyone.get(
            "/v1/staff/callback",
            params=query,
            headers={"Cookie": cookie, "Accept": "text/html"},
        )

        assert page.headers["Content-Type"].startswith("text/html")
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert page.headers["Cache-Control"] == "no-store"


async def test_a_state_counts_once_in_its_browser_and_for_a_while(tmp_path):
    async with trial(tmp_path) as there:
        cookie, asked = await there.begin()
        query = await there.at_the_provider(asked, "the clerk")
        other, _ = await there.begin()

        await refused(there.back("", query))
        await refused(there.back(other, query))
        await refused(there.back(cookie, {**query, "state": "of nobody"}))
        assert (await there.back(cookie, query)).status == 200
        await refused(there.back(cookie, query))

        cookie, asked = await there.begin()
        late = await there.at_the_provider(asked, "the clerk")
        there.service.clock.now += timedelta(minutes=11)
        await refused(there.back(cookie, late))


async def test_whoever_only_begins_takes_no_room_from_who_is_at_the_provider(tmp_path):
    async with trial(tmp_path) as there:
        cookie, asked = await there.begin()
        query = await there.at_the_provider(asked, "the clerk")
        offered = there.service.app[STAFF_SIGN_IN]
        assert offered is not None

        for _ in range(11_000):
            await offered.desk.begin(None)

        assert (await there.back(cookie, query)).status == 200


async def test_a_cookie_that_is_none_of_ours_is_refused(tmp_path):
    async with trial(tmp_path) as there:
        cookie, asked = await there.begin()
        query = await there.at_the_provider(asked, "the clerk")
        name, _, kept = cookie.partition("=")

        for odd in ("é" * 9, "A", "", "AAAA", kept[:-8], f"{kept[:-2]}{kept[:2]}"):
            await refused(there.back(f"{name}={odd}", query))
        await refused(there.back(cookie, {**query, "state": "é"}))
        assert (await there.back(cookie, query)).status == 200


async def test_a_code_counts_once_and_for_who_began(tmp_path):
    async with trial(tmp_path) as there:
        cookie, asked = await there.begin()
        query = await there.at_the_provider(asked, "the clerk")
        victim, theirs = await there.begin()
        stolen = {**query, "state": theirs["state"]}

        await refused(there.back(victim, stolen))
        await refused(there.back(cookie, query))


async def test_another_provider_than_was_asked_is_not_heard(tmp_path):
    async with trial(tmp_path) as there:
        for iss in ("https://evil.example", there.provider.issuer + "/", None):
            cookie, asked = await there.begin()
            query = await there.at_the_provider(asked, "the clerk")
            query = {**query, "iss": iss} if iss else {n: query[n] for n in ("code", "state")}
            await refused(there.back(cookie, query))


async def test_who_says_no_there_is_not_signed_in(tmp_path):
    async with trial(tmp_path) as there:
        cookie, asked = await there.begin()
        said = {"state": asked["state"], "error": "access_denied", "iss": there.provider.issuer}

        await refused(there.back(cookie, said), status=403)


async def test_nobody_is_sent_elsewhere_from_here(tmp_path):
    async with trial(tmp_path) as there:
        for name in ("return_to", "next", "redirect_uri", "url"):
            answer = await there.service.anyone.get(
                "/v1/staff/sign-in", params={name: "https://evil.example"}
            )
            assert (answer.status, answer.problem) == (400, "bad-request")


def unsigned(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}."


def public_of(there):
    [key] = there.provider.keys.values()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def symmetric(there, claims):
    """A token signed with what everybody knows, as if it were a secret."""

    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    [kid] = there.provider.keys
    head = part(json.dumps({"alg": "HS256", "kid": kid}).encode())
    body = part(json.dumps(claims).encode())
    mac = hmac.digest(public_of(there), f"{head}.{body}".encode(), hashlib.sha256)
    return f"{head}.{body}.{part(mac)}"


def by_somebody_else(there, claims):
    [kid] = there.provider.keys
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})


FORGED = {
    "of no algorithm": lambda _, claims: unsigned(claims),
    "signed with what is public": symmetric,
    "signed by somebody else": by_somebody_else,
    "not one": lambda *_: "x.y.z",
    "without a signature": lambda _, claims: unsigned(claims).rstrip("."),
    "not there": lambda *_: None,
}
NOW = int(MORNING.timestamp())
CHANGED = {
    "of another issuer": {"iss": "https://evil.example"},
    "for another": {"aud": "another"},
    "for another as well": {"aud": ["tongban", "another"]},
    "issued to another": {"azp": "another"},
    "over": {"exp": NOW - 61, "iat": NOW - 120},
    "of tomorrow": {"iat": NOW + 120, "exp": NOW + 500},
    "of last week, and good for ever": {"iat": NOW - 7 * 86_400, "exp": NOW + 10**9},
    "not to be taken yet": {"nbf": NOW + 600},
    "of another sign-in": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "without an end": {"exp": None},
    "with an end that is no time": {"exp": "never"},
    "about nobody": {"sub": None},
    "of before there was time": {"iat": -62_135_596_800},
    "not to be taken before there is no more time": {"nbf": 253_402_300_799},
}


async def test_no_forged_token_gives_a_session(tmp_path):
    async with lying(tmp_path) as (there, lies):
        for forge in FORGED.values():
            lies.append(lambda nonce, forge=forge: forge(there, claims_of(there, nonce)))
            await refused(there.sign_in("the clerk"))


async def test_no_token_that_does_not_hold_gives_a_session(tmp_path):
    async with lying(tmp_path) as (there, lies):
        token = there.provider.id_token
        for changes in CHANGED.values():
            lies.append(lambda nonce, to=changes: token("the clerk", **({"nonce": nonce} | to)))
            await refused(there.sign_in("the clerk"))
        lies.append(lambda nonce: token("the clerk", nonce=nonce))
        assert (await there.sign_in("the clerk")).status == 200


async def test_a_token_may_end_with_time_itself(tmp_path):
    async with lying(tmp_path) as (there, lies):
        token = there.provider.id_token
        lies.append(lambda nonce: token("the clerk", nonce=nonce, exp=253_402_300_799))

        assert (await there.sign_in("the clerk")).status == 200


def claims_of(there, nonce):
    claims = {**STAFF["the clerk"], "iss": there.provider.issuer, "aud": "tongban"}
    return {**claims, "iat": NOW, "exp": NOW + 300, "nonce": nonce}


@asynccontextmanager
async def lying(tmp_path):
    """A provider that answers its token endpoint with the last of what it was given."""
    async with trial(tmp_path) as there:
        lies: list[Any] = []

        async def token(request: web.Request) -> web.Response:
            form = await request.post()
            asked = there.provider.codes.pop(str(form.get("code")))
            body = {"id_token": lies[-1](asked["nonce"])}
            # What is told beside the token, unsigned, is never believed.
            return web.json_response({**body, "userinfo": STAFF["the clerk"]})

        app = web.Application()
        app.router.add_post("/token", token)
        async with serving(app) as url:
            there.provider.tokens_at = f"{url}/token"
            yield there, lies


async def test_a_provider_may_exchange_its_keys(tmp_path):
    async with trial(tmp_path) as there:
        assert (await there.sign_in("the clerk")).status == 200
        there.provider.rotate()

        await refused(there.sign_in("the clerk"))
        there.service.clock.now += timedelta(seconds=11)
        again = await there.sign_in("the clerk")

        assert again.status == 200


async def test_an_odd_key_of_a_provider_takes_none_of_the_others_away(tmp_path):
    async with trial(tmp_path) as there:
        there.provider.odd += [
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": [1]},
            {"kty": "RSA", "n": 5, "e": "AQAB"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": ["a"]},
            {"kty": "EC", "crv": "P-256", "x": 5, "y": "AA", "kid": {}},
            {"kty": ["RSA"], "use": []},
        ]

        assert (await there.sign_in("the clerk")).status == 200


async def test_a_provider_that_is_away_is_said_to_be(tmp_path):
    async with trial(tmp_path, issuer="http://127.0.0.1:9") as there:
        await refused(there.service.anyone.get("/v1/staff/sign-in"), status=503)


NO_USE = {
    "too deep": b'{"a":' + b"[" * 60_000,
    "of places that are none": {"authorization_endpoint": "https://[here"},
}


@pytest.mark.parametrize("said", NO_USE.values(), ids=NO_USE)
async def test_a_provider_that_says_nothing_of_use_is_said_to_be_away(tmp_path, said):
    async def discovery(request: web.Request) -> web.Response:
        if isinstance(said, bytes):
            return web.Response(body=said)
        here = str(request.url.origin())
        places = dict.fromkeys(("token_endpoint", "jwks_uri"), here)
        return web.json_response({"issuer": here, **places, **said})

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", discovery)
    async with serving(app) as url, trial(tmp_path, issuer=url) as there:
        await refused(there.service.anyone.get("/v1/staff/sign-in"), status=503)


async def test_where_no_provider_is_configured_nobody_signs_in(service):
    assert (await service.anyone.get("/v1/staff/sign-in")).status == 404
    assert (await service.anyone.get("/v1/staff/callback")).status == 404


@pytest.mark.parametrize(
    "grant",
    [
        Grant(role="applicant"),
        Grant(role="clock"),
        Grant(role="partner"),
        Grant(role="king"),
        Grant(role="clerk"),
        Grant(role="clerk", authority="gd.nowhere"),
        Grant(role="supervisor", authority=AUTHORITY),
        Grant(role="clerk", authority=AUTHORITY, scopes=("admin",)),
    ],
)
def test_a_grant_of_what_nobody_here_can_be_stops_the_start(grant):
    with pytest.raises(HomeUnusable):
        check_grants({"group": grant}, {AUTHORITY})


@pytest.mark.parametrize("issuer", ["http://provider.example", "ftp://127.0.0.1", "provider"])
def test_a_provider_is_asked_over_https_alone(issuer):
    with pytest.raises(ValueError, match="https"):
        OidcSettings(issuer=issuer, client_id="tongban", redirect_uri="http://127.0.0.1/")
