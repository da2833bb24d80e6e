"""Somebody who calls the service over HTTP, with the session they hold."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiohttp import ClientSession
from multidict import CIMultiDict

from cose import decode
from tests.service.described import check_described

CONCISE = "application/concise-problem-details+cbor"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `body` is the JSON of it, or the problem that stands in CBOR."""

    status: int
    headers: CIMultiDict[str]
    content: bytes
    body: Any

    @property
    def problem(self) -> str:
        """The name of the problem that was answered."""
        assert self.headers["Content-Type"] in ("application/problem+json", CONCISE)
        assert self.body["status"] == self.status
        assert self.body["title"]
        return str(self.body["type"]).removeprefix("/problems/")


@dataclass(frozen=True, slots=True)
class Visitor:
    """One caller. Without a session, nobody in particular."""

    http: ClientSession
    session: str | None = field(default=None, repr=False)

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        headers = dict(options.pop("headers", {}))
        if self.session is not None:
            headers.setdefault("Authorization", f"Bearer {self.session}")
        options.setdefault("allow_redirects", False)
        async with self.http.request(method, path, headers=headers, **options) as response:
            content = await response.read()
            body = None
            if response.content_type.endswith("json") and content:
                body = await response.json(content_type=None)
            elif response.content_type == CONCISE:
                body = _problem(content)
            media = response.headers.get("Content-Type", "").partition(";")[0]
            check_described(method, response.url.raw_path, response.status, media, body)
            return Answer(
                status=response.status,
                headers=response.headers.copy(),
                content=content,
                body=body,
            )

    async def get(self, path: str, **options: Any) -> Answer:
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.call("POST", path, json={} if body is None else body, **options)

    async def send(self, path: str, data: bytes, **headers: str) -> Answer:
        """Post bytes that may or may not be JSON."""
        named = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        return await self.call("POST", path, data=data, headers=named)

    async def upload(self, content: bytes = PDF) -> str:
        """Upload a material and return its digest."""
        digest = sha256(content).hexdigest()
        answer = await self.call("PUT", f"/v1/materials/{digest}", data=content)
        assert answer.status == 201, answer.body
        return digest

    async def act(self, case_id: str, act: str, body: Any = None, **options: Any) -> Answer:
        """Give a command on a case, at whatever version it is unless `headers` say one."""
        return await self.change(f"/v1/cases/{case_id}/{act}", body, **options)

    async def change(self, path: str, body: Any = None, **options: Any) -> Answer:
        """Post what changes something that is there, whatever its version is by now."""
        headers = {"If-Match": "*", **options.pop("headers", {})}
        return await self.post(path, body, headers=headers, **options)


def told(answer: Answer) -> tuple[int, Any]:
    """Return what an answer says, without the id of its one request."""
    members = {name: value for name, value in answer.body.items() if name != "request_id"}
    return answer.status, members


def _problem(content: bytes) -> dict[Any, Any]:
    """The members of a concise problem document (RFC 9290), under their names in JSON."""
    told = decode(content)
    tunneled = told.pop(7807)
    names = {-1: "title", -2: "detail", 0: "type", 1: "status"}
    return {names.get(key, key): value for key, value in {**told, **tunneled}.items()}
