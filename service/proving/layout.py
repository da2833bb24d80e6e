"""Where the bytes of an archive stand: each is a member's, or of the directory behind them.

Otherwise one file could be an archive that holds and something else besides, that nobody
signed (APPNOTE 6.3.10, 4.3).
"""

import os
import zipfile
from collections.abc import Sequence
from struct import Struct
from typing import BinaryIO, Final

_HEADER: Final = 30
_NAME_AT: Final = 26
_DESCRIPTOR: Final = Struct("<4sLLL")
_MARK: Final = b"PK\x07\x08"
_DESCRIBED: Final = 0x08
"""The flag of a member whose size stands behind it, as it was not known before."""
_IN_DIRECTORY: Final = 46
_END: Final = 22
_LARGE_END: Final = 56 + 20
_OFFSET: Final = 12
"""What a member that begins beyond two gigabytes has in the directory besides."""


def is_laid_out(file: BinaryIO, members: Sequence[zipfile.ZipInfo]) -> bool:
    """Tell whether `members`, their directory and its end are all there is, without gaps."""
    at = directory = 0
    for each in sorted(members, key=lambda member: member.header_offset):
        beyond = _OFFSET if each.header_offset > zipfile.ZIP64_LIMIT else 0
        name = len(each.orig_filename)
        if each.header_offset != at or each.comment or len(each.extra) != beyond:
            return False
        file.seek(at + _NAME_AT)
        # How long its name is, and that nothing follows the name.
        if file.read(_HEADER - _NAME_AT) != name.to_bytes(2, "little") + bytes(2):
            return False
        at += _HEADER + name + each.file_size
        if each.flag_bits & _DESCRIBED:
            file.seek(at)
            told = (_MARK, each.CRC, each.compress_size, each.file_size)
            if file.read(_DESCRIPTOR.size) != _DESCRIPTOR.pack(*told):
                return False
            at += _DESCRIPTOR.size
        directory += _IN_DIRECTORY + name + beyond
    large = max(at, directory) > zipfile.ZIP64_LIMIT
    end = at + directory + (_LARGE_END if large else 0) + _END
    return file.seek(0, os.SEEK_END) == end
