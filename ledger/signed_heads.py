"""The heads that a log signed, and what is kept of them beside it.

A head is signed after the commit it covers, at the latest when it is asked for:
the other way round, a crash would leave a signed head of a tree that never was.
A log that is shorter than the head it last signed, or has another root there,
has lost or changed entries.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock

from cose import KeyRecord, Signer
from ledger.errors import LogDamaged, NotPublished
from ledger.home import replace_durably
from ledger.recorder import LedgerRecorder
from ledger.transparency import (
    LOG,
    Checkpoint,
    LogKeys,
    NoteKey,
    NoteRefused,
    TileNodes,
    open_checkpoint,
    root_at,
    sign_checkpoint,
)

_log = logging.getLogger("tongban.published")

COSIGNED = "cosigned"
"""The file beside the head that is kept: the newest one that witnesses cosigned."""


class SignedHeads:
    """The heads of one log; `path` holds the newest, if it is to be kept."""

    def __init__(
        self,
        recorder: LedgerRecorder,
        *,
        origin: str,
        signer: Signer,
        keys: tuple[KeyRecord, ...],
        path: Path | None,
        clock: Callable[[], datetime],
        retired_at: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        """`retired_at` tells since when the log takes nothing more from the signer, if so."""
        self.keys = LogKeys(origin, keys)
        self._recorder = recorder
        self._signer = signer
        self._path = path
        self._clock = clock
        self._head: tuple[Checkpoint, bytes] | None = None
        self._cosigned: tuple[Checkpoint, bytes] | None = None
        self._refused: str | None = None
        self._signing = Lock()
        self._signs = False
        self._retired_at = retired_at
        # A log of its first entry alone may be one whose first start was cut short.
        # One that servers share is new to each of their homes once.
        self._is_lost = (
            path is not None
            and not path.exists()
            and not recorder.database.is_shared
            and (recorder.max_notification_id() or 0) > 1
        )
        if path is not None and path.exists():
            note = path.read_bytes()
            try:
                self._head = open_checkpoint(note, self._own_keys()).checkpoint, note
            except NoteRefused as error:
                self._refused = f"the signed head that is kept does not hold: {error}"
            self._cosigned = self._kept_cosigned(path.with_name(COSIGNED))

    def has_grown(self) -> None:
        """Note that we write to this log: from now on whoever asks has its head signed."""
        self._signs = True

    def sign_head(self) -> None:
        """Sign the tree as it is committed now, and let that replace the head before it.

        What was committed stays so where the file cannot be written: the next
        head takes its place, or `catch_up` does.
        """
        self._signs = True
        if self._is_lost or self.key_problem() is not None:
            return
        with self._signing:
            edge = self._recorder.frontier()
            if self._head is not None and self._head[0].size >= edge.size:
                return
            checkpoint = Checkpoint(self.keys.origin, edge.size, edge.root)
            note = sign_checkpoint(checkpoint, self._signer)
            self._head = checkpoint, note
            try:
                self._keep(note)
            except OSError as error:
                _log.error("the signed head cannot be kept: %s", error.strerror)

    def sign_anew(self) -> None:
        """Sign the head there is with the key there is now, if another key signed it.

        A receipt is judged with the head beside it, and both by the time of the receipt.
        """
        own = [NoteKey(self.keys.origin, LOG, self._signer.public_key)]
        with self._signing:
            if self._head is not None:
                try:
                    open_checkpoint(self._head[1], own)
                except NoteRefused:
                    self._head = None
        self.sign_head()

    def catch_up(self) -> None:
        """Sign the newest head if the last one was not, as after a crash; for the writer.

        Raises `LogDamaged` if the log does not continue the head signed last.
        """
        problem = _LOST if self._is_lost else self.problem()
        if problem is not None:
            raise LogDamaged(problem)
        self.sign_head()

    def accept(self) -> None:
        """Go on without the head that is lost, as whoever runs the log decided."""
        self._is_lost = False
        self.catch_up()

    def key_problem(self) -> str | None:
        """Say why the key signs nothing any more, if so: another server may have retired it."""
        retired_at = self._retired_at()
        if retired_at is None or self._clock() < retired_at:
            return None
        return "keys/log was retired by the log: put the new one in its place and start again"

    def problem(self) -> str | None:
        """Say why the log does not continue the head signed last, if it does not."""
        if self._refused is not None:
            return f"{self._refused}; restore it from its backup"
        if self._head is None:
            return None
        signed, size = self._head[0], self._recorder.frontier().size
        if signed.size > size:
            return (
                f"a head over {signed.size} entries was signed, and the log has {size}:"
                " it was cut off; restore it from its backup"
            )
        nodes = TileNodes(signed.size, self._recorder.select_tile)
        if root_at(signed.size, nodes) != signed.root:
            return (
                f"the first {signed.size} entries are not those whose head was signed;"
                " `tongban verify` names the place"
            )
        return None

    def head_problem(self) -> str | None:
        """Say what is wrong with the signed head itself, where one is to be kept."""
        if self._refused is None and self._path is not None and self._head is None:
            return "no signed head is kept: whether the log was cut off cannot be told"
        return self._refused

    def signed_head(self) -> Checkpoint | None:
        """Return the newest head, if one was signed."""
        return None if self._head is None else self._head[0]

    def checkpoint(self) -> bytes:
        """Return the newest signed head, a C2SP checkpoint, with cosignatures if it has any."""
        checkpoint, note = self._signed()
        cosigned = self._cosigned
        return cosigned[1] if cosigned and cosigned[0] == checkpoint else note

    def cosigned(self) -> bytes:
        """Return the newest head that a witness cosigned, which the newest may be ahead of."""
        if self._cosigned is None:
            raise NotPublished("no witness has cosigned a head yet")
        return self._cosigned[1]

    def take_cosigned(self, note: bytes) -> None:
        """Show and keep `note`, a head of ours with cosignatures, from now on."""
        self._cosigned = open_checkpoint(note, self._own_keys()).checkpoint, note
        if self._path is not None:
            replace_durably(self._path.with_name(COSIGNED), note)

    def _kept_cosigned(self, path: Path) -> tuple[Checkpoint, bytes] | None:
        """Return the cosigned head that was kept; one that does not hold is asked for again."""
        if not path.exists():
            return None
        note = path.read_bytes()
        try:
            return open_checkpoint(note, self._own_keys()).checkpoint, note
        except NoteRefused:
            return None

    def _keep(self, note: bytes) -> None:
        if self._path is not None:
            replace_durably(self._path, note)

    def _signed(self) -> tuple[Checkpoint, bytes]:
        """Return a head over everything that anybody was told is in the log.

        Who only reads beside the writer has the head that was kept.
        """
        if self._signs:
            self.sign_head()
        if self._head is None:
            raise NotPublished("the log has signed no head yet")
        return self._head

    def _own_keys(self) -> list[NoteKey]:
        # Whenever it was signed: our own clock may have been set back since.
        return self.keys.note_keys()


_LOST = (
    "no signed head (checkpoint) is kept although the log has begun, so whether it was cut off"
    " cannot be told; restore the file, or compare the log with a head kept elsewhere and"
    " give `tongban accept-head`"
)
