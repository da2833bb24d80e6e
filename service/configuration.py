"""One file that says how a server is run: `tongban.toml`, typed, and refused as a whole.

It lies in the data folder, or where TONGBAN_CONFIG names it. Each key is one TONGBAN_
variable, `[iamsmart] client_id` being TONGBAN_IAMSMART_CLIENT_ID, and what the environment
says goes before the file. Only forms are looked at here; `settings` reads what they mean.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec

from ledger.errors import HomeUnusable

NAME: Final = "tongban.toml"
VARIABLE: Final = "TONGBAN_CONFIG"

Text = str | None
File = Annotated[str | None, msgspec.Meta(extra={"kind": "path"})]
"""Counted from the folder of the file that names it."""
Secret = Annotated[str | None, msgspec.Meta(extra={"kind": "secret"})]


class Section(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the file; `prefix` stands before its keys in the environment."""

    prefix: ClassVar[str] = ""


class Serving(Section):
    """Where the service is, whose it is, and how it ends."""

    host: Text = None
    port: int | None = None
    public_url: Text = None
    region: Text = None
    origin: Text = None
    items: File = None
    calendars: File = None
    sample_register: bool | None = None
    retention_grace_days: int | None = None
    drain_seconds: float | None = None
    shutdown_seconds: float | None = None


class Storage(Section):
    """What several servers share, and how much room has to be left."""

    database: Secret = None
    database_file: File = None
    keys: Secret = None
    keys_file: File = None
    materials: File = None
    erasures: File = None
    free_megabytes: int | None = None


class Rates(Section):
    """How much may be asked for: by one caller, by all at once, and from which sites."""

    address_rate: Text = None
    partner_rate: Text = None
    caller_rate: Text = None
    most_at_once: int | None = None
    body_seconds: float | None = None
    request_seconds: float | None = None
    cors_origins: Text = None


class Witnessing(Section):
    """Which logs we watch, and who watches ours."""

    witnessed: File = None
    witnesses: File = None


class Telling(Section):
    """What the service tells whoever runs it."""

    log_level: Literal["debug", "info", "warning", "error"] | None = None
    log_format: Literal["auto", "json", "text"] | None = None
    metrics: Text = None
    traces: Text = None


class Sending(Section):
    """Webhooks: where they may go besides public addresses, and which server sends them."""

    prefix: ClassVar[str] = "WEBHOOK_"

    networks: Text = None
    elsewhere: bool | None = None


class Notices(Section):
    """How people are told what becomes of their cases."""

    prefix: ClassVar[str] = "NOTICES_"

    url: Text = None
    sender: Text = None
    secret: Secret = None
    secret_file: File = None


class IamSmart(Section):
    """Hong Kong's provider of identities."""

    prefix: ClassVar[str] = "IAMSMART_"

    url: Text = None
    client_id: Text = None
    secret: Secret = None
    secret_file: File = None
    key_file: File = None
    issuers: File = None
    options: File = None


class Oidc(Section):
    """The provider at which those who work here sign in."""

    prefix: ClassVar[str] = "OIDC_"

    issuer: Text = None
    client_id: Text = None
    secret: Secret = None
    secret_file: File = None
    grants: File = None


class Configuration(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The whole file."""

    service: Serving = msgspec.field(default_factory=Serving)
    storage: Storage = msgspec.field(default_factory=Storage)
    limits: Rates = msgspec.field(default_factory=Rates)
    witnesses: Witnessing = msgspec.field(default_factory=Witnessing)
    telling: Telling = msgspec.field(default_factory=Telling)
    webhooks: Sending = msgspec.field(default_factory=Sending)
    notices: Notices = msgspec.field(default_factory=Notices)
    iamsmart: IamSmart = msgspec.field(default_factory=IamSmart)
    oidc: Oidc = msgspec.field(default_factory=Oidc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One thing that can be set: its place in the file, and its variable."""

    section: str
    name: str
    variable: str
    kind: str

    def __str__(self) -> str:
        """Return how it is spoken of."""
        return f"[{self.section}] {self.name}"


def _keys() -> Iterator[Key]:
    for section in msgspec.structs.fields(Configuration):
        for field in msgspec.structs.fields(section.type):
            meta = getattr(field.type, "__metadata__", ())
            kind = next((each.extra["kind"] for each in meta if each.extra), "")
            variable = f"TONGBAN_{section.type.prefix}{field.name.upper()}"
            yield Key(section=section.name, name=field.name, variable=variable, kind=kind)


KEYS: Final = tuple(_keys())


def configured(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the `TONGBAN_...` variables there are, with those that the file gives besides.

    Raises `HomeUnusable` naming the key of the file that does not hold.
    """
    file = file_of(environ, home)
    if file is None:
        return dict(environ)
    given = read_file(file)
    # Of a secret and the file that holds it, the environment's is meant.
    said = {name.removesuffix("_FILE") for name in environ}
    kept = {
        name: text for name, text in given.items() if name.removesuffix("_FILE") not in said
    }
    return {**kept, **environ}


def file_of(environ: Mapping[str, str], home: Path) -> Path | None:
    """Return the file that counts, if there is one."""
    named = environ.get(VARIABLE)
    if named is not None:
        return Path(named)
    return home / NAME if (home / NAME).exists() else None


def read_file(file: Path) -> dict[str, str]:
    """Return what `file` sets, by variable; raises `HomeUnusable` where it does not hold."""
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
        _refuse_unknown(read)
        found = msgspec.to_builtins(msgspec.convert(read, Configuration))
    except OSError as error:
        raise HomeUnusable(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise HomeUnusable(f"{file.name}: {error}") from error
    return {
        key.variable: _text(found[key.section][key.name], key, file.parent)
        for key in KEYS
        if key.name in found.get(key.section, {})
    }


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Say of each TONGBAN_ variable that nothing reads what was meant, as far as one can."""
    known = [*(key.variable for key in KEYS), "TONGBAN_HOME", VARIABLE]
    return [
        f"nothing reads {name}{_nearest(name, known)}"
        for name in sorted(environ)
        if name.startswith("TONGBAN_") and name not in known
    ]


def _refuse_unknown(read: Mapping[str, Any]) -> None:
    """Raise `ValueError` naming the first key nobody knows, and the nearest one there is."""
    sections = {key.section for key in KEYS}
    for section, table in read.items():
        if section not in sections:
            raise ValueError(f"there is no section [{section}]{_nearest(section, sections)}")
        if not isinstance(table, dict):
            raise ValueError(f"{section} is a section: write [{section}]")
        names = [key.name for key in KEYS if key.section == section]
        for name in table:
            if name not in names:
                raise ValueError(f"[{section}] has no {name!r}{_nearest(name, names)}")


def _nearest(name: str, known: Any) -> str:
    found = get_close_matches(name, known, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _of(name: str) -> str:
    return name.removesuffix("_FILE")


def _text(value: object, key: Key, folder: Path) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # What is absolute stays as it is.
    return str(folder / str(value)) if key.kind == "path" else str(value)
