"""What an evidence package proves, told to a person and to a script; and who makes one."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from cose import CoseError, KeyRecord, decode_key_set
from identity.key_set import root_record
from ledger.application import Ledger
from ledger.transparency import NoteKey, TransparencyError
from service.edge import now
from service.key_publishing import read_published
from service.own_keys import OwnKeys
from service.own_root import own_roots
from service.proving.checking import Checked, check_package
from service.proving.making import Maker, signing_evidence
from terminal import proven
from terminal.commands import Refused
from terminal.opening import begun_home, region_at
from terminal.tables import printable, to_the_second


def maker_at(folder: Path, ledger: Ledger) -> Maker:
    """Return what makes packages as the region of a home, whose keys have to be published."""
    home, region = begun_home(folder), region_at(folder)
    published = read_published(home, region)
    if published is None:
        raise Refused("no key set of this region is published yet; serve once first")
    own = OwnKeys(home, now, "tongban")
    own.take(published[1])
    return Maker(
        ledger=ledger,
        region=region,
        roots=partial(own_roots, home),
        signer=signing_evidence(own),
    )


def opened(
    file: Path, *, keys: Path | None, root: str | None, witnesses: tuple[str, ...]
) -> Checked:
    """Return what a package proves under what is trusted; raises what refuses it."""
    try:
        asked = [NoteKey.parse(each) for each in witnesses]
    except TransparencyError as error:
        message = f"no verifier key of a witness, NAME+ID+KEY: {error}"
        raise click.BadParameter(message, param_hint="--witness") from error
    try:
        log = None if keys is None else decode_key_set(keys.read_bytes())
    except CoseError as error:
        raise Refused(f"{keys} is no COSE_KeySet: {error}") from error
    return check_package(file, log_keys=log, roots=_root(root), witnesses=asked)


def checked_shown(found: Checked) -> dict[str, Any]:
    """Return what is proven as plain values; what is sealed shows as `sealed`."""
    told = found.manifest
    return {
        "case": str(told.case),
        "region": told.region,
        "log": told.log,
        "size": told.size,
        "root": found.root.hex(),
        "made_at": told.made_at.isoformat(),
        "entries": [proven.entry_shown(each.state) for each in found.entries],
        "materials": list(found.materials),
        "answers": list(found.answers),
        "key_sets": found.key_sets,
        "cosigned": [key.name for key in found.cosigned],
        "log_of_region": found.log_of_region,
        "log_trusted": found.log_trusted,
        "root_trusted": found.root_trusted,
    }


def checked_lines(found: Checked) -> Iterator[str]:
    """Yield the lines that tell a person what is proven, and what is not."""
    return map(printable, _lines(checked_shown(found)))


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"Case {told['case']}, by {told['region']}:"
    for entry in told["entries"]:
        at = to_the_second(entry["recorded_at"])
        yield f"  {entry['version']:>3}  {at} UTC  {entry['event']}  {entry['actor']['role']}"
    yield ""
    yield "Proven:"
    yield f"  the log {told['log']} held these {len(told['entries'])} entries, unaltered,"
    yield f"    when it had {told['size']:,} entries under the root {told['root']}"
    at = to_the_second(told["made_at"])
    yield f"  a key of {told['region']}, of the newest of {told['key_sets']} sets in that log,"
    yield f"    signed what is in this file, at {at} UTC"
    if told["materials"]:
        yield f"  {len(told['materials'])} materials are those of their digests"
    for digest in told["answers"]:
        yield f"  the log took the answer of another region of the SHA-256 {digest}"
    for name in told["cosigned"]:
        yield f"  the witness {name} saw that head"
    yield "Not proven:"
    yield "  that the case has no later entry: the region says so, for that head"
    if told["materials"]:
        yield "  that the log names these materials: their digests are sealed in it"
    if told["answers"]:
        yield "  whose keys signed those answers: see check-answer"
    if not told["cosigned"]:
        yield "  that anybody else saw that head: no witness was named, by --witness"
    if not told["log_of_region"]:
        yield "  that the log is this region's: its set names other keys"
    if not told["log_trusted"] and not told["root_trusted"]:
        yield "  whose keys these are: compare them, by --keys or --root"


def _root(written: str | None) -> list[KeyRecord] | None:
    if written is None:
        return None
    try:
        return [root_record(bytes.fromhex(written))]
    except (ValueError, CoseError) as error:
        message = "the 32 bytes of a root's public half, in hex"
        raise click.BadParameter(message, param_hint="--root") from error
