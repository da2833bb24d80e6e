"""Variables into values: each reader says of what it refuses which variable that is."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from ledger.databases import is_readable, is_shared
from ledger.errors import HomeUnusable
from rest import Rate

Environ = Mapping[str, str]
Network = IPv4Network | IPv6Network


def uri_in(environ: Environ, name: str) -> str | None:
    """Read the URI of a database; it may have a password, so a file may hold it too."""
    uri = secret_in(environ, name)
    if uri is not None and not (is_shared(uri) and is_readable(uri)):
        # What PostgreSQL says of it would quote a part, which may be of the password.
        raise HomeUnusable(
            f"{name}: a postgresql:// URI, please; in a password, %, @ and / are written as"
            " %25, %40 and %2F"
        )
    return uri


def url_in(environ: Environ, name: str) -> str | None:
    """Read the address of something that is asked over HTTP."""
    url = environ.get(name)
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
        raise HomeUnusable(f"{name}: an http(s) URL, please, such as https://of.example.org")
    return url


def place_of(uri: str) -> tuple[str, str]:
    """Return where a database is, whoever opens it and however."""
    parts = urlsplit(uri)
    where = parts.netloc.rpartition("@")[2].lower()
    return where if ":" in where else f"{where}:5432", parts.path


def rate_in(environ: Environ, name: str) -> Rate:
    """Read a rate as requests a second and requests at once, such as 500/2000."""
    rate, _, burst = environ.get(name, "500/2000").partition("/")
    is_rate = rate.isdecimal() and burst.isdecimal()
    if not is_rate or bool(int(rate)) != bool(int(burst)):
        raise HomeUnusable(f"{name}: requests a second and at once, please, such as 500/2000")
    return Rate(per_second=int(rate), burst=int(burst))


def origins_in(environ: Environ, name: str) -> frozenset[str]:
    """Read the origins whose scripts may call us, such as https://apply.example.org."""
    origins = frozenset(each.strip() for each in environ.get(name, "").split(",") if each)
    for each in origins:
        parts = urlsplit(each)
        if each != f"{parts.scheme}://{parts.netloc}" or parts.scheme not in ("http", "https"):
            raise HomeUnusable(f"{name}: origins like https://apply.example.org, please")
    return origins


def networks_in(environ: Environ, name: str) -> tuple[Network, ...]:
    """Read networks such as 10.1.0.0/16, 127.0.0.1."""
    texts = [each.strip() for each in environ.get(name, "").split(",")]
    try:
        return tuple(ip_network(text) for text in texts if text)
    except ValueError as error:
        raise HomeUnusable(f"{name}: networks such as 10.1.0.0/16, please") from error


def number_in(environ: Environ, name: str, default: float, *, least: int = 0) -> float:
    """Read a number that is `least` or more."""
    text = environ.get(name)
    try:
        number = default if text is None else float(text)
    except ValueError:
        number = -1.0
    if not least <= number < float("inf"):
        raise HomeUnusable(f"{name}: a number, please, {least} or more")
    return number


def seconds_in(environ: Environ, name: str, default: float) -> float:
    """Read how long something may take, which is never no time at all."""
    seconds = number_in(environ, name, default)
    if not seconds:
        raise HomeUnusable(f"{name}: a number, please, more than 0")
    return seconds


def flag_in(environ: Environ, name: str, *, default: str = "no") -> bool:
    """Read what is on by `yes` and off by `no`."""
    text = environ.get(name, default)
    if text not in ("yes", "no"):
        raise HomeUnusable(f"{name}: yes or no, please")
    return text == "yes"


def word_in(environ: Environ, name: str, words: tuple[str, ...]) -> str:
    """Read one of `words`; the first is the default."""
    text = environ.get(name, words[0])
    if text not in words:
        raise HomeUnusable(f"{name}: one of {', '.join(words)}, please")
    return text


def secret_in(environ: Environ, name: str) -> str | None:
    """Read what is better kept in a file, which `NAME_FILE` then names; never both."""
    file = environ.get(f"{name}_FILE")
    if file is None:
        return environ.get(name)
    if name in environ:
        raise HomeUnusable(f"{name} and {name}_FILE are both set; keep the one that is meant")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise HomeUnusable(f"{name}_FILE: {file} cannot be read") from error


def required_in(environ: Environ, name: str, value: str | None = None) -> str:
    """Return `value`, or what the variable says, or raise `HomeUnusable`."""
    value = value or environ.get(name)
    if not value:
        raise HomeUnusable(f"set {name}")
    return value


def file_in(environ: Environ, name: str) -> Path | None:
    """Read the path of a file."""
    value = environ.get(name)
    return None if value is None else Path(value)


def content_in(environ: Environ, name: str) -> bytes | None:
    """Read the file that a variable names; raises `OSError`."""
    file = file_in(environ, name)
    return None if file is None else file.read_bytes()


def folder_in(environ: Environ, name: str) -> Path | None:
    """Read the path of a folder that is there."""
    value = environ.get(name)
    if value is None:
        return None
    if not Path(value).is_dir():
        raise HomeUnusable(f"{name}: {value} is not a folder; make it, or name another")
    return Path(value)


def address_in(environ: Environ, name: str, default_host: str) -> tuple[str, int] | None:
    """Read where to listen: a port, or host and port as 127.0.0.1:9464 or [::1]:9464."""
    value = environ.get(name)
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not port.isdecimal() or int(port) > _LARGEST_PORT:
        raise HomeUnusable(f"{name}: a port, or host:port, please")
    return host.strip("[]") or default_host, int(port)


_LARGEST_PORT = 65_535
