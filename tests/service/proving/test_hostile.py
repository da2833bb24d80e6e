"""Attacks on evidence packages, each by name, and the check that finds it."""

import zipfile
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
import pytest_asyncio

from cose import Ed25519Signer
from ledger.transparency import LogKeys
from service.key_watch import KEY_WATCH
from service.proving.answers import check_answers
from service.proving.checking import check_package
from service.proving.errors import EvidenceRefused
from service.proving.manifest import NAME
from service.proving.stored import Stored
from tests.service.proving.packages import members, packed, signed, told

ENTRY, RECEIPT = "entries/000002.cbor", "entries/000002.receipt"
STRANGER = Ed25519Signer(bytes(range(32)))


@pytest_asyncio.fixture(loop_scope="session")
async def made(shared):
    """Two cases' packages, one with its material, one made later; and the region's key."""
    packages, cases = [], []
    for asked in ("", "?materials=yes"):
        applicant = await shared.applicant()
        case_id = await shared.apply(applicant, "application-form")
        answer = await applicant.get(f"/v1/cases/{case_id}/evidence{asked}")
        packages.append(members(answer.content))
        cases.append(case_id)
    later = await shared.supervisor.get(f"/v1/cases/{cases[0]}/evidence")
    packages.append(members(later.content))
    return *packages, shared.app[KEY_WATCH].own.signer("region")


@pytest.fixture
def check(tmp_path):
    def check(content):
        path = tmp_path / "package.zip"
        path.write_bytes(content)
        return check_package(path)

    return check


@pytest.fixture
def refused(check):
    """Returns which check refuses an archive."""

    def refused(content):
        with pytest.raises(EvidenceRefused) as found:
            check(content)
        return found.value.check

    return refused


def bit(data: bytes, at: int = -1) -> bytes:
    """Return `data` with one bit of it turned."""
    turned = bytearray(data)
    turned[at] ^= 1
    return bytes(turned)


pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_was_packed_again_is_as_good(made, check):
    parts, whole, _, _ = made

    assert len(check(packed(parts)).entries) == 2
    assert len(check(packed(whole)).materials) == 1


@pytest.mark.parametrize(
    ("attack", "found_by"),
    [
        ("a name that leads out of the folder", "archive"),
        ("a name from the root", "archive"),
        ("a name with a backslash", "archive"),
        ("a member that is none of ours", "archive"),
        ("a member twice", "archive"),
        ("a bomb", "archive"),
        ("a comment", "archive"),
        ("cut short", "archive"),
        ("bytes before it", "archive"),
        ("bytes behind it", "archive"),
        ("bytes between members", "archive"),
        ("bytes before the directory", "archive"),
        ("bytes in a member's header", "archive"),
        ("bytes in the directory", "archive"),
        ("a member's comment", "archive"),
        ("no archive", "archive"),
        ("nothing", "archive"),
        ("a size that is not so", "archive"),
        ("no manifest", "archive"),
    ],
)
async def test_an_archive_of_another_form_is_refused(made, refused, attack, found_by):
    parts = made[0]
    pairs = [*parts.items()]
    attacks = {
        "a name that leads out of the folder": lambda: packed([*pairs, ("../entries/1", b"")]),
        "a name from the root": lambda: packed([*pairs, ("/entries/000003.cbor", b"")]),
        "a name with a backslash": lambda: packed([*pairs, ("..\\evil.cbor", b"")]),
        "a member that is none of ours": lambda: packed([*pairs, ("run.sh", b"")]),
        "a bomb": lambda: packed(
            [*pairs, ("entries/000003.cbor", bytes(1 << 20))], zipfile.ZIP_DEFLATED
        ),
        "a comment": lambda: packed(parts, comment=b"more"),
        "cut short": lambda: packed(parts)[:-40],
        "bytes before it": lambda: b"<html>" * 40 + packed(parts),
        "bytes behind it": lambda: packed(parts) + b"and by the way: " * 9,
        "bytes between members": lambda: _with_bytes(parts, before=3),
        "bytes before the directory": lambda: _with_bytes(parts, before=len(parts)),
        "bytes in a member's header": lambda: _with_info(parts, extra=b"\x99\x99\x02\0hi"),
        "bytes in the directory": lambda: _with_bytes(parts, before=len(parts) + 1),
        "a member's comment": lambda: _with_info(parts, comment=b"more"),
        "no archive": lambda: b"PK" + bytes(100),
        "nothing": lambda: b"",
        "a size that is not so": lambda: _of_another_size(packed(parts)),
        "no manifest": lambda: packed([pair for pair in pairs if pair[0] != NAME]),
    }
    if attack == "a member twice":
        with pytest.warns(UserWarning, match="Duplicate"):
            content = packed([*pairs, pairs[0]])
    else:
        content = attacks[attack]()

    assert refused(content) == found_by


@pytest.mark.parametrize(
    ("attack", "found_by"),
    [
        ("an altered entry", "digests"),
        ("an altered receipt", "digests"),
        ("an altered checkpoint", "digests"),
        ("a missing entry", "digests"),
        ("a member the manifest does not name", "digests"),
        ("an altered manifest", "signature"),
        ("no manifest of any kind", "manifest"),
        ("a stranger's manifest", "signature"),
        ("a stranger's keys", "region"),
    ],
)
async def test_what_somebody_without_the_regions_key_changed_is_found(
    made, refused, attack, found_by
):
    parts, whole, _, _ = made
    material = next(name for name in whole if name.startswith("materials/"))
    altered = {
        "an altered entry": lambda: packed(parts | {ENTRY: bit(parts[ENTRY])}),
        "an altered receipt": lambda: packed(parts | {RECEIPT: bit(parts[RECEIPT])}),
        "an altered checkpoint": lambda: packed(
            parts | {"checkpoint.txt": bit(parts["checkpoint.txt"], 3)}
        ),
        "a missing entry": lambda: packed(
            {n: d for n, d in parts.items() if n not in (ENTRY, RECEIPT)}
        ),
        "a member the manifest does not name": lambda: packed(
            parts | {material: whole[material]}
        ),
        "an altered manifest": lambda: packed(parts | {NAME: bit(parts[NAME])}),
        "no manifest of any kind": lambda: packed(parts | {NAME: b"\xa0"}),
        "a stranger's manifest": lambda: signed(parts, STRANGER),
        "a stranger's keys": lambda: signed(
            {n: d for n, d in parts.items() if not n.startswith("keys/region")}, STRANGER
        ),
    }

    assert refused(altered[attack]()) == found_by


@pytest.mark.parametrize(
    ("attack", "found_by"),
    [
        ("an altered entry", "receipts"),
        ("another case's entry in its place", "entries"),
        ("all of another case's entries", "entries"),
        ("a missing last entry", "entries"),
        ("a missing first entry", "receipts"),
        ("a receipt of another entry", "receipts"),
        ("a receipt under another head", "receipts"),
        ("the key sets of nobody", "region"),
        ("entries in place of the key sets", "region"),
        ("a material under another's digest", "digests"),
        ("a head of another size", "checkpoint"),
        ("an altered head", "checkpoint"),
        ("made when no key counted", "checkpoint"),
        ("keys that are none", "keys"),
        ("an answer that is none", "answers"),
    ],
)
async def test_what_the_region_itself_signed_wrongly_is_found(made, refused, attack, found_by):
    parts, other, later, signer = made
    entries = {n: d for n, d in other.items() if n.startswith("entries/")}
    first = ("entries/000001.cbor", "entries/000001.receipt")
    material = next(name for name in other if name.startswith("materials/"))
    no_set = {n: d for n, d in parts.items() if not n.startswith("keys/region")}
    head = parts["checkpoint.txt"]
    changed = {
        "an altered entry": (parts | {ENTRY: bit(parts[ENTRY])}, {}),
        "another case's entry in its place": (
            _under_one_head(parts, other) | {n: other[n] for n in (ENTRY, RECEIPT)},
            {"size": told(other).size},
        ),
        "all of another case's entries": (
            _under_one_head(parts, other) | entries,
            {"size": told(other).size},
        ),
        "a missing last entry": (
            {n: d for n, d in parts.items() if n not in (ENTRY, RECEIPT)},
            {},
        ),
        "a missing first entry": ({n: d for n, d in parts.items() if n not in first}, {}),
        "a receipt under another head": (parts | {RECEIPT: later[RECEIPT]}, {}),
        "a receipt of another entry": (parts | {RECEIPT: parts[first[1]]}, {}),
        "the key sets of nobody": (no_set, {}),
        "entries in place of the key sets": (
            no_set
            | {
                f"keys/region/000001.{end}": parts[f"entries/000001.{end}"]
                for end in ("cbor", "receipt")
            },
            {},
        ),
        "a material under another's digest": (
            other | {material: other[material] + b"more"},
            {},
        ),
        "a head of another size": (parts, {"size": told(parts).size + 1}),
        "an altered head": (parts | {"checkpoint.txt": bit(head, len(head) - 5)}, {}),
        "made when no key counted": (
            parts,
            {"made_at": told(parts).made_at - timedelta(days=36_500)},
        ),
        "keys that are none": (parts | {"keys/log.cbor": b"\x80"}, {}),
        "an answer that is none": (parts | {"answers/000001.cbor": b"\xa0"}, {}),
    }
    kept, said = changed[attack]
    manifest_of = other if attack == "a material under another's digest" else parts

    content = signed(kept | {NAME: manifest_of[NAME]}, signer, **said)

    assert refused(content) == found_by


def _under_one_head(parts, other):
    """Return the package of `parts` with the head, keys and receipts that `other` has."""
    kept = {n: d for n, d in parts.items() if not n.startswith(("entries/", "keys/region"))}
    shared = {n: d for n, d in other.items() if n.startswith(("keys/region", "checkpoint"))}
    entries = {n: d for n, d in other.items() if n.startswith("entries/000001")}
    return kept | shared | entries


def _with_info(parts, **more):
    """Return an archive whose first member says `more` about itself."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number, (name, data) in enumerate(parts.items()):
            info = zipfile.ZipInfo(name)
            for attribute, value in more.items() if not number else ():
                setattr(info, attribute, value)
            archive.writestr(info, data)
    return written.getvalue()


def _with_bytes(parts, before):
    """Return an archive with bytes of nobody's before a member, the directory or its end."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in [*parts.items()][:before]:
            archive.writestr(zipfile.ZipInfo(name), data)
        if before <= len(parts):
            written.write(b"of nobody" * 5)
            archive.start_dir = written.tell()
        for name, data in [*parts.items()][before:]:
            archive.writestr(zipfile.ZipInfo(name), data)
    content = written.getvalue()
    if before <= len(parts):
        return content
    # The directory says itself how long it is.
    end = content.rindex(b"PK\x05\x06")
    size = int.from_bytes(content[end + 12 : end + 16], "little") + 9
    told = content[end : end + 12] + size.to_bytes(4, "little") + content[end + 16 :]
    return content[:end] + b"of nobody" + told


def _of_another_size(content):
    """Return an archive whose first member claims another size in the directory."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 20] + b"\xff\xff\x00\x00" + content[at + 24 :]


async def test_a_verification_by_another_name_than_an_id_proves_no_answer():
    odd = Stored(
        state=b"",
        event="applicant.verified.v1",
        stream=UUID(int=1),
        version=1,
        fields={"verification": "no id"},
    )

    with pytest.raises(EvidenceRefused, match="no id"):
        check_answers([], [odd], LogKeys("log.example", ()))
