"""Where subject keys and materials are kept: one folder, one writing process."""

from ledger.stores.materials import MaterialStore
from ledger.stores.subject_keys import SubjectKeyStore

__all__ = ["MaterialStore", "SubjectKeyStore"]
