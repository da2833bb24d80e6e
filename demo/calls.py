"""What a client of the public HTTP API does again and again, and who works here."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from aiohttp import ClientSession, CookieJar

from demo.errors import DemoFailed
from ledger.actor import Role
from ledger.home import Home
from server import issue_session

SECONDS = 20.0


def client(url: str) -> ClientSession:
    """Return a client that keeps cookies as a browser does, also those of a bare address."""
    return ClientSession(url, cookie_jar=CookieJar(unsafe=True))


async def collected(http: ClientSession, begun: dict[str, Any]) -> str:
    """Return the session that came of a verification; raises `DemoFailed`."""
    async with asyncio.timeout(SECONDS):
        while True:
            path = f"/v1/verifications/{begun['id']}/result"
            result = await call(http, "POST", path, body={"claim": begun["claim"]})
            if result["status"] == "succeeded":
                return str(result["session"])
            if result["status"] != "pending":
                raise DemoFailed(f"the verification is {result['status']}")
            await asyncio.sleep(0.05)


async def upload(http: ClientSession, session: str, kind: str) -> str:
    """Upload a document that says what kind it is, and return its digest."""
    content = _pdf(kind)
    digest = sha256(content).hexdigest()
    headers = {"Authorization": f"Bearer {session}"}
    path = f"/v1/materials/{digest}"
    async with http.put(path, data=content, headers=headers) as response:
        if response.status != 201:
            raise DemoFailed(f"uploading {kind}: {response.status} {await response.text()}")
    return digest


async def act(
    http: ClientSession, case_id: str, act: str, session: str, body: Mapping[str, Any]
) -> None:
    """Give a command on a case, whatever its version is by now."""
    path = f"/v1/cases/{case_id}/{act}"
    await call(http, "POST", path, session, body, if_match="*")


async def call(
    http: ClientSession,
    method: str,
    path: str,
    session: str | None = None,
    body: Mapping[str, Any] | None = None,
    *,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Return what the API answers, or raise `DemoFailed` with what it refuses."""
    headers = {} if session is None else {"Authorization": f"Bearer {session}"}
    if if_match is not None:
        headers["If-Match"] = if_match
    async with http.request(method, path, json=body, headers=headers) as response:
        if response.status >= 400:
            raise DemoFailed(f"{method} {path}: {response.status} {await response.text()}")
        answer: dict[str, Any] = await response.json()
        return answer


def session(home: Home, role: str, authority: str | None) -> str:
    """Return the session of somebody who works here."""
    return issue_session(
        home,
        role=Role(role),
        id=f"{role}-1",
        authority=authority,
    )


def _pdf(kind: str) -> bytes:
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
