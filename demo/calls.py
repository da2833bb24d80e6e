"""What a client of the public HTTP API does again and again, and who works here."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiohttp import ClientSession, CookieJar

from client import Applicant, Client, ClientError, Refused, collected_by
from demo.errors import DemoFailed
from ledger.actor import Role
from ledger.home import Home
from server import issue_session

SECONDS = 20.0


def browser(url: str) -> ClientSession:
    """Return a client that keeps cookies as a browser does, also those of a bare address."""
    return ClientSession(url, cookie_jar=CookieJar(unsafe=True))


async def collected(http: ClientSession, begun: Mapping[str, Any]) -> str:
    """Return the session that came of a verification; raises `DemoFailed`."""
    with telling(f"the verification {begun['id']}"):
        return await collected_by(Client(http), begun["id"], begun["claim"], seconds=SECONDS)


async def upload(http: ClientSession, session: str, kind: str) -> str:
    """Upload a document that says what kind it is, and return its digest."""
    with telling(f"uploading {kind}"):
        return await Applicant(http, session).upload(document(kind))


async def act(
    http: ClientSession, case_id: str, act: str, session: str, body: Mapping[str, Any]
) -> None:
    """Give a command on a case, whatever its version is by now."""
    path = f"/v1/cases/{case_id}/{act}"
    await call(http, "POST", path, session, body)


async def call(
    http: ClientSession,
    method: str,
    path: str,
    session: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what the API answers, or raise `DemoFailed` with what it refuses."""
    caller = Client(http, session)
    with telling(f"{method} {path}"):
        if method == "POST":
            return await caller.post(path, dict[str, Any], body)
        return await caller.get(path, dict[str, Any])


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Say of `what` it was that it failed."""
    try:
        yield
    except Refused as refused:
        raise DemoFailed(f"{what}: {refused}; {refused.detail}") from refused
    except (ClientError, TimeoutError) as error:
        raise DemoFailed(f"{what}: {error or 'it took too long'}") from error


def session(home: Home, url: str, role: str, authority: str | None) -> str:
    """Return the session of somebody who works at the service that is at `url`."""
    return issue_session(
        home,
        url,
        role=Role(role),
        id=f"{role}-1",
        authority=authority,
    )


def document(kind: str) -> bytes:
    """A small PDF that says what it stands for."""
    text = f"BT /F1 18 Tf 72 720 Td (Sample {kind}) Tj ET"
    return (
        "%PDF-1.4\n"
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        f"4 0 obj<</Length {len(text)}>>stream\n{text}\nendstream endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n"
    ).encode()
