"""Where subject keys and materials are kept: one folder, one writing process."""

from ledger.stores.subject_keys import SubjectKeyStore

__all__ = ["SubjectKeyStore"]
