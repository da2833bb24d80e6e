"""One running service for all of these tests; each has people of its own in it."""

from tests.service.conftest import shared

__all__ = ["shared"]
