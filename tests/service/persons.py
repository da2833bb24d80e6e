"""Two made-up persons, one of them with values that are nowhere by chance, and their traces."""

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.service.running import Service
from tests.service.visitor import PDF, Visitor

NAME_ZH, NAME_EN = "鍾離測驗子", "CHUNGLEI Tsakyim Zzyzx"
NUMBER = "Z987654(3)"
SHOP, ADDRESS = "鑫龘試食店 Quixotry Noodles", "41½ Xylophone Alley 乜乜巷"
FINDING = "the stove of Zzyzx 鍾離 leaks"
UPLOAD = PDF + b"Zzyzx uploaded these very bytes: \xfe\xed\xfa\xce\xca\xfe" * 40
LOOSE = PDF + b"Zzyzx uploaded this too, and named it in no case" * 30
VALUES = (NAME_ZH, NAME_EN, NUMBER, SHOP, ADDRESS, FINDING, "鍾離", "Zzyzx", "Quixotry")
ITEM = "gd.zhaoqing.food-operation-licence"


async def verified(service: Service, account: str, **claims: str) -> Visitor:
    """Return somebody who proved who they are, with claims of their own."""
    begun = await service.begin()
    await service.back(begun, code=account)
    await service.profiled(begun, claims=claims)
    result = await service.result(begun)
    assert result.body["status"] == "succeeded", result.body
    return Visitor(service.http, result.body["session"])


async def closed_case(service: Service) -> tuple[Visitor, str]:
    """Walk the distinctive person's case to its end; return them and the case."""
    person = await verified(
        service, "account-zzyzx", name_zh=NAME_ZH, name_en=NAME_EN, document_number=NUMBER
    )
    digest = await person.upload(UPLOAD)
    await person.upload(LOOSE)
    item = service.ledger.book.catalogue.current(ITEM)
    kinds = [each.id for each in item.materials]
    body = {
        "item": ITEM,
        "form": {"business_name": SHOP, "premises": ADDRESS, "owner": NAME_ZH},
        "materials": dict.fromkeys(kinds, digest),
    }
    opened = await person.post("/v1/cases", body)
    assert opened.status == 201, opened.body
    case = str(opened.body["case_id"])
    steps: list[tuple[Visitor, str, Any]] = [
        (service.official("reviewer", "r-1"), "acceptances", {}),
        (
            service.official("reviewer", "r-1"),
            "reviews",
            {"recommendation": "refuse", "findings": FINDING},
        ),
        (service.official("approver", "a-1"), "refusals", {"reasons": FINDING}),
        (service.official("clerk", "c-1"), "services", {"means": "portal"}),
        (service.official("clerk", "c-1"), "closures", {}),
    ]
    for who, act, sent in steps:
        answer = await who.act(case, act, sent)
        assert answer.status == 200, answer.body
    return person, case


def forms(value: str | bytes) -> Iterator[bytes]:
    """The ways in which a value may stand in a file without being sealed."""
    plain = value if isinstance(value, bytes) else value.encode()
    yield plain
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    for start in range(3):
        # Wherever it begins, three bytes of it become the same four characters.
        part = plain[start : start + (len(plain) - start) // 3 * 3]
        yield from (base64.b64encode(part), base64.urlsafe_b64encode(part))
    if isinstance(value, str):
        yield from (value.encode("utf-16-le"), value.encode("utf-16-be"))
        yield value.encode("unicode_escape")
        yield json.dumps(value).encode()[1:-1]
        yield json.dumps(value).upper().encode()[1:-1]
        yield from (value.casefold().encode(), value.upper().encode())
        yield from (bigram.encode() for bigram in _bigrams(value))


def _bigrams(value: str) -> Iterator[str]:
    """Pairs of Chinese characters, as an index may hold them apart."""
    for first, second in pairwise(value):
        if first > "\u2e80" and second > "\u2e80":
            yield first + second


def traces(folder: Path, *values: str | bytes) -> list[tuple[str, bytes]]:
    """Return every file of `folder`, whatever its name, that holds a form of a value."""
    wanted = {form for value in values for form in forms(value) if len(form) >= 4}
    return [
        (str(path.relative_to(folder)), form)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for held in [str(path).encode() + path.read_bytes()]
        for form in sorted(wanted)
        if form in held
    ]
