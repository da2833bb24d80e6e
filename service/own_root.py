"""Our root, which signs our key set and nothing else: in the home, or offline.

Its public half always stays in `keys/root.pub`. Once it announced another root there
are two halves: the first signed the set that counts, the last signs what comes next.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cose import Ed25519Signer, KeyRecord, Sign1
from identity.key_set import LIMIT, KeySet, root_record
from ledger.errors import HomeUnusable
from ledger.home import (
    SECRET_SIZE,
    Home,
    overwrite,
    replace_durably,
    sync_folder,
    write_durably,
)
from ledger.locking import held


def own_roots(home: Home) -> tuple[KeyRecord, ...]:
    """Return the public half of each root that our set may be of, the newest last."""
    kept = _kept(home)
    if kept:
        return tuple(root_record(half) for half in kept)
    return (root_record(root_of(home).public_key),)


def root_of(home: Home, file: Path | None = None) -> Ed25519Signer:
    """Return the root in `file`, or in the home; raises `HomeUnusable` if it is in neither."""
    path = home.keys / "root" if file is None else file
    try:
        seed = path.read_bytes()
    except OSError as error:
        raise HomeUnusable(
            "the root is not in this home: name the file it is in with --root"
            if file is None
            else f"{file} cannot be read: {error.strerror}"
        ) from error
    if len(seed) != SECRET_SIZE:
        raise HomeUnusable(f"{path} is no root: it is not {SECRET_SIZE} bytes")
    root, kept = Ed25519Signer(seed), _kept(home)
    if kept and kept[-1] != root.public_key:
        raise HomeUnusable(f"{path} is not the root of this home, or is not any more")
    return root


def move_root(home: Home, file: Path) -> None:
    """Take the root out of the home into `file`; its public half stays.

    Raises `HomeUnusable` where it is not here, or `file` is there already.
    """
    with exchanging(home):
        root = root_of(home)
        _write_new(file, home.secret("root"))
        write_durably(home.keys / "root.pub", root.public_key)
        _destroy(home)


def make_root(file: Path, random: Callable[[int], bytes]) -> KeyRecord:
    """Make a root in `file`, and nowhere else; raises `HomeUnusable` if that is there."""
    seed = random(SECRET_SIZE)
    _write_new(file, seed)
    return root_record(Ed25519Signer(seed).public_key)


def follow_roots(home: Home, token: bytes, keys: KeySet) -> None:
    """Go over to the roots that our set in `token` leaves; one it ended is destroyed here.

    The set was verified under `own_roots` before.
    """
    known = own_roots(home)
    kid = Sign1.parse(token, limit=LIMIT).kid
    signer = next(root for root in known if root.kid == kid)
    following = [root.public_key for root in keys.roots or (signer,)]
    halves = [*dict.fromkeys([signer.public_key, *following])]
    if halves != [root.public_key for root in known]:
        replace_durably(home.keys / "root.pub", b"".join(halves))
    seed = home.keys / "root"
    if seed.exists() and Ed25519Signer(seed.read_bytes()).public_key not in following:
        _destroy(home)


@contextmanager
def exchanging(home: Home) -> Iterator[None]:
    """Hold the right to change our keys, or raise `HomeBusy`."""
    busy = "another command is exchanging this home's keys; try again"
    with held(home.keys / "set.lock", busy, seconds=5):
        yield


def _kept(home: Home) -> list[bytes]:
    path = home.keys / "root.pub"
    halves = path.read_bytes() if path.exists() else b""
    return [halves[at : at + SECRET_SIZE] for at in range(0, len(halves), SECRET_SIZE)]


def _destroy(home: Home) -> None:
    overwrite(home.keys / "root")
    (home.keys / "root").unlink()
    sync_folder(home.keys)


def _write_new(file: Path, data: bytes) -> None:
    """Write `file` and read it back; what is taken away may be on any file system."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise HomeUnusable(f"{file} cannot be written: {error.strerror}") from error
    if file.read_bytes() != data:
        raise HomeUnusable(f"{file} does not hold what was written to it")
