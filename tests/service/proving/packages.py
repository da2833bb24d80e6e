"""Packages taken apart and put together otherwise, as somebody hostile would."""

import zipfile
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from service.proving.manifest import NAME, parse_manifest, sign_manifest


def members(content):
    """Return the members of a package, by name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts, compression=zipfile.ZIP_STORED, comment=b""):
    """Return an archive of `parts`, pairs or by name."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, data in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=compression)
        archive.comment = comment
    return written.getvalue()


def told(parts):
    """Return what the manifest among `parts` says."""
    return parse_manifest(parts[NAME])[0]


def signed(parts, signer, **changes):
    """Return the archive of `parts` with a manifest of just them, signed by `signer`."""
    before = told(parts)
    rest = {name: data for name, data in parts.items() if name != NAME}
    files = {name: (len(data), sha256(data).digest()) for name, data in rest.items()}
    manifest = replace(before, files=files, **changes)
    return packed(rest | {NAME: sign_manifest(manifest, signer)})
