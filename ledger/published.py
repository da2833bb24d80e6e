"""The log as others see it: tiles, receipts and the bundles made of them, under its heads."""

from collections.abc import Sequence

from ledger.errors import HomeUnusable, NotPublished
from ledger.signed_heads import SignedHeads
from ledger.transparency import (
    ENTRIES,
    Certificate,
    Checkpoint,
    Tile,
    TileNodes,
    consistency_path,
    encode_entries,
    inclusion_path,
    make_bundle,
    make_certificate,
    make_receipt,
    root_at,
)
from ledger.transparency.tiles import TILE_HEIGHT, TILE_WIDTH


class PublishedLog(SignedHeads):
    """The public side of one log."""

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the path that proves our tree at `new` to continue the one at `old`."""
        nodes = TileNodes(new, self._recorder.select_tile)
        return consistency_path(old, new, nodes) if old else []

    def tile(self, tile: Tile) -> bytes:
        """Return a tile, or a bundle of entries; raises `NotPublished` beyond the head."""
        size = self._signed()[0].size
        hashes = size if tile.level == ENTRIES else size >> TILE_HEIGHT * tile.level
        if tile.index * TILE_WIDTH + tile.width > hashes:
            raise NotPublished("the log has not grown that far yet")
        if tile.level == ENTRIES:
            return encode_entries(self._entries(tile))
        return self._recorder.select_tile(tile.level, tile.index, tile.width)

    def receipt(self, position: int) -> bytes:
        """Return the COSE receipt of the entry at `position` (RFC 9942)."""
        return self._receipt(position, self._signed()[0])

    def proofs(self, positions: Sequence[int]) -> tuple[bytes, list[bytes]]:
        """Return one head and, under it, the receipt of the entry at each of `positions`.

        It is the newest that witnesses cosigned, where that covers all of them. Raises
        `NotPublished` where none does yet, as for who reads beside the writer.
        """
        checkpoint, note = self._over(max(positions))
        if checkpoint.size < max(positions):
            raise NotPublished("the log has signed no head over this yet; try again")
        return note, [self._receipt(each, checkpoint) for each in positions]

    def _over(self, position: int) -> tuple[Checkpoint, bytes]:
        newest, cosigned = self._signed(), self._cosigned
        return cosigned if cosigned is not None and position <= cosigned[0].size else newest

    def bundle(self, position: int) -> bytes:
        """Return what an applicant keeps of the entry at `position`, and checks offline.

        It is under the newest head that witnesses cosigned, where that covers it.
        """
        checkpoint, note = self._over(position)
        return make_bundle(
            entry=self._entry(position),
            receipt=self._receipt(position, checkpoint),
            keys=self.keys.records,
            checkpoint=note,
        )

    def _receipt(self, position: int, checkpoint: Checkpoint) -> bytes:
        self._check_key()
        index = position - 1
        nodes = TileNodes(checkpoint.size, self._recorder.select_tile)
        return make_receipt(
            self._signer,
            entry=self._entry(position),
            index=index,
            path=inclusion_path(index, checkpoint.size, nodes),
            checkpoint=checkpoint,
            issued_at=self._clock(),
        )

    def root(self, size: int) -> bytes:
        """Return the root of the tree as it was at `size`."""
        return root_at(size, TileNodes(size, self._recorder.select_tile))

    def certificate(self, *, view: str, version: int, size: int, digest: bytes) -> bytes:
        """Return the signed statement that a view is the fold of the first `size` entries."""
        self._check_key()
        certificate = Certificate(
            log=self.keys.origin,
            view=view,
            version=version,
            size=size,
            root=self.root(size),
            digest=digest,
            issued_at=self._clock(),
        )
        return make_certificate(self._signer, certificate)

    def _check_key(self) -> None:
        problem = self.key_problem()
        if problem is not None:
            raise HomeUnusable(problem)

    def _entry(self, position: int) -> bytes:
        found = self._recorder.select_states(position - 1, limit=1)
        if not found:
            raise NotPublished(f"the log has no position {position} yet")
        return found[0][1]

    def _entries(self, tile: Tile) -> list[bytes]:
        first = tile.index * TILE_WIDTH
        return [state for _, state in self._recorder.select_states(first, limit=tile.width)]
