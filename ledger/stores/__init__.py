"""Where subject keys and materials are kept: in the home, or shared by several servers."""

from ledger.stores.key_table import FileKeyTable, KeyTable
from ledger.stores.materials import MaterialStore
from ledger.stores.shared_keys import SharedKeyTable
from ledger.stores.subject_keys import SubjectKeyStore

__all__ = ["FileKeyTable", "KeyTable", "MaterialStore", "SharedKeyTable", "SubjectKeyStore"]
