"""Telling people what becomes of their cases, where they asked for it, and once."""

from ledger.notices.book import NoticeBook
from ledger.notices.owed import Owed, due_soon, owed_for
from ledger.notices.telling import Telling

__all__ = ["NoticeBook", "Owed", "Telling", "due_soon", "owed_for"]
