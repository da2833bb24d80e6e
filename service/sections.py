"""Everything that can be set, as `tongban.toml` has it: sections, keys, and what each is.

Each key is one TONGBAN_ variable, `[iamsmart] client_id` being TONGBAN_IAMSMART_CLIENT_ID;
here is the list of both. What a value means, `settings` says where it reads the variable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

import msgspec

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
    views_apart: bool | None = None
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
    case_url: Text = None


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
