"""The algorithms there are, each one value; nothing else knows one from another.

A key's own record says its algorithm (RFC 9864: fully specified ones only), so
what a token names can only agree with it or be refused. Whoever needs another
algorithm registers it at the start, before any key of it is enrolled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cose.errors import KeyRefused

OKP: Final = 1
EC2: Final = 2
"""COSE's numbers for keys of one coordinate, and of two (RFC 9053, 7)."""

Verify = Callable[[bytes, bytes, bytes], bool]
"""Says whether (public key, message, signature) belong together; it does not raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """A COSE algorithm and the one kind of key it takes.

    A public key is its coordinates, `size` bytes each, one after the other.
    `screen` raises `KeyRefused` for a key that a forger could sign under.
    """

    number: int
    key_type: int
    curve: int
    size: int
    screen: Callable[[bytes], None]
    verify: Verify

    @property
    def coordinates(self) -> tuple[int, ...]:
        """The labels of the coordinates in a COSE_Key: x, and for two y."""
        return (-2, -3) if self.key_type == EC2 else (-2,)

    def members(self, public_key: bytes) -> dict[int, int | bytes]:
        """Return what a key's thumbprint is taken over (RFC 9679, 4)."""
        parts = {
            label: public_key[place * self.size : (place + 1) * self.size]
            for place, label in enumerate(self.coordinates)
        }
        return {1: self.key_type, -1: self.curve, **parts}

    def check(self, public_key: bytes) -> None:
        """Refuse a key of another length, or one that `screen` refuses."""
        if len(public_key) != self.size * len(self.coordinates):
            raise KeyRefused(f"a key of algorithm {self.number} has another length")
        self.screen(public_key)


def register(algorithm: Algorithm) -> None:
    """Let keys of `algorithm` be enrolled from now on; raises `KeyRefused`.

    -7 and other numbers that leave the curve open are never taken (RFC 9864, 3),
    with the one exception of -8, which is registered here for Ed25519 alone.
    """
    if algorithm.number in _LEAVE_THE_CURVE_OPEN:
        raise KeyRefused(f"algorithm {algorithm.number} does not say its curve")
    if algorithm.number in _registered:
        raise KeyRefused(f"algorithm {algorithm.number} is registered already")
    _registered[algorithm.number] = algorithm


def algorithm_of(number: int) -> Algorithm:
    """Return the algorithm of this number, or raise `KeyRefused`."""
    try:
        return _registered[number]
    except KeyError:
        raise KeyRefused(f"algorithm {number} is not one we have keys for") from None


_LEAVE_THE_CURVE_OPEN = frozenset({-7, -35, -36})
_registered: dict[int, Algorithm] = {}
