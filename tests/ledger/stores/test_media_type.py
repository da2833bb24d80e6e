"""An upload is what its first bytes say; what nobody accepts is refused."""

import pytest

from ledger.errors import MaterialRefused
from ledger.stores.media_type import sniff
from tests.ledger.stores.uploads import JPEG_HEAD, PNG_HEAD, pdf


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        pytest.param(pdf(), "application/pdf", id="PDF"),
        pytest.param(b"%PDF-1.4\n%%EOF\n", "application/pdf", id="short PDF"),
        pytest.param(PNG_HEAD + bytes(40), "image/png", id="PNG"),
        pytest.param(JPEG_HEAD + bytes(40), "image/jpeg", id="JFIF"),
        pytest.param(b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00", "image/jpeg", id="Exif"),
    ],
)
def test_what_is_accepted_is_recognised_by_its_content(content, media_type):
    assert sniff(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"%PD", id="too little"),
        pytest.param(b"plain text", id="text"),
        pytest.param(b"<!DOCTYPE html><html><script>alert(1)</script>", id="HTML"),
        pytest.param(b"<html>\n%PDF-1.7\n", id="HTML before a PDF"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg">', id="SVG"),
        pytest.param(b'<?xml version="1.0"?><svg/>', id="SVG as XML"),
        pytest.param(b"MZ" + bytes(100), id="Windows executable"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(100), id="ELF executable"),
        pytest.param(b"#!/bin/sh\n", id="script"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="zip"),
        pytest.param(b"GIF89a" + bytes(100), id="GIF"),
        pytest.param(b"%PDF-1.7".ljust(257, b"\0") + b"ustar\x0000", id="tar posing as PDF"),
    ],
)
def test_anything_else_is_refused(content):
    with pytest.raises(MaterialRefused, match="only PDF, PNG and JPEG"):
        sniff(content)
