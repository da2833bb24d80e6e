"""What an operator may set: in `tongban.toml` or by the environment, a secret also in a file.

Every setting has a default that works on one machine, so none is needed to try
the service out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.hk import IamSmartSettings, read_options
from adapters.oidc import OidcSettings
from identity.staff_grants import Grants
from ledger.errors import HomeUnusable
from ledger.opening import check_origin
from ledger.transparency import NoteKey
from rest import Rate
from service.configuration import configured, whence
from service.cosigning import Neighbour
from service.grants import read_grants
from service.partners import REGION_NAME, Partner, read_partners
from service.variables import (
    Network,
    address_in,
    content_in,
    file_in,
    flag_in,
    folder_in,
    networks_in,
    number_in,
    origins_in,
    place_of,
    rate_in,
    required_in,
    seconds_in,
    secret_in,
    uri_in,
    url_in,
    word_in,
)
from service.witnesses import read_watched, read_witnesses

METHOD = "iamsmart"
REGION = "CN-GD"
"""What a home becomes that is not told which region it is of."""
GENEROUS = Rate(per_second=500, burst=2_000)
LEVELS = ("info", "debug", "warning", "error")
FORMATS = ("auto", "json", "text")
_HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one server is run. `public_url` is where providers' callbacks reach it.

    Without `region` a home stays what it is, see `service.home_region`.

    `database` is the URI of a log, `keys` that of a database of subject keys, and
    `materials` a folder, that several servers share. With `sample_register` it
    answers partner regions about made-up residents; without one, and until a real
    register is joined, none. `traces` is where spans are sent to (OTLP over HTTP),
    `metrics` the host and port that Prometheus asks.

    Told to end, it says for `drain_seconds` that it is not ready, and then gives what
    was begun `shutdown_seconds`. With less than `free_megabytes` it is not ready either.

    Webhooks go to public addresses over https, and to those in `webhook_networks`; with
    `webhook_elsewhere` another server of the log sends them.

    With `views_apart` a process of their own brings the views on.

    Whose last period of retention ended is restricted, and erased `retention_grace_days`
    later.
    """

    home: Path
    public_url: str = "http://127.0.0.1:8080"
    region: str | None = None
    origin: str | None = None
    tick_seconds: float = 1.0
    items: Path | None = None
    calendars: Path | None = None
    sample_register: bool = False
    database: str | None = field(default=None, repr=False)
    keys: str | None = field(default=None, repr=False)
    materials: Path | None = None
    erasures: Path | None = None
    notices_url: str | None = None
    notices_sender: str | None = None
    notices_secret: str | None = field(default=None, repr=False)
    notices_case_url: str | None = None
    watched: Mapping[str, tuple[NoteKey, ...]] = field(default_factory=dict)
    witnesses: Sequence[Neighbour] = ()
    cosigning_seconds: float = 5.0
    iamsmart: IamSmartSettings | None = None
    oidc: OidcSettings | None = None
    grants: Grants | None = None
    partners: Mapping[str, Partner] = field(default_factory=dict)
    address_rate: Rate = GENEROUS
    partner_rate: Rate = GENEROUS
    caller_rate: Rate = GENEROUS
    most_at_once: int = 1024
    body_seconds: float = 30.0
    request_seconds: float = 300.0
    cors_origins: frozenset[str] = frozenset()
    listen: tuple[str, int] = ("127.0.0.1", 8080)
    metrics: tuple[str, int] | None = None
    traces: str | None = None
    log_level: str = "info"
    log_format: str = "auto"
    retention_grace_days: int = 30
    drain_seconds: float = 0.0
    shutdown_seconds: float = 30.0
    free_megabytes: float = 64.0
    webhook_networks: tuple[Network, ...] = ()
    webhook_elsewhere: bool = False
    views_apart: bool = False

    @property
    def new_origin(self) -> str:
        """What a log that begins now is called, where no other name was given."""
        return f"{(self.region or REGION).lower()}.tongban.example/log"


def settings_from(environ: Mapping[str, str], home: Path, *, enrolled: bool = True) -> Settings:
    """Read the `TONGBAN_...` variables, `tongban.toml`, and the partners enrolled in the home.

    Without `enrolled` no partner is read, so that no file of theirs is in the way. Raises
    `HomeUnusable` naming the variable or file that does not hold.
    """
    given = configured(environ, home)
    try:
        return _read(given, home, enrolled=enrolled)
    except HomeUnusable as error:
        raise HomeUnusable(f"{error}{whence(str(error), environ, given)}") from error.__cause__


def _read(environ: Mapping[str, str], home: Path, *, enrolled: bool) -> Settings:
    database, keys = uri_in(environ, "TONGBAN_DATABASE"), uri_in(environ, "TONGBAN_KEYS")
    if database is not None and keys is not None and place_of(database) == place_of(keys):
        raise HomeUnusable(
            "TONGBAN_KEYS names the database of the log; keys need one of their own, whose"
            " backups can be destroyed without the log's"
        )
    public_url = (url_in(environ, "TONGBAN_PUBLIC_URL") or "http://127.0.0.1:8080").rstrip("/")
    if "?" in public_url or "#" in public_url:
        raise HomeUnusable(
            "TONGBAN_PUBLIC_URL: no query and no fragment: paths are put behind it"
        )
    return Settings(
        home=home,
        public_url=public_url,
        region=_region(environ),
        origin=_origin(environ),
        items=folder_in(environ, "TONGBAN_ITEMS"),
        calendars=folder_in(environ, "TONGBAN_CALENDARS"),
        sample_register=flag_in(environ, "TONGBAN_SAMPLE_REGISTER"),
        database=database,
        keys=keys,
        materials=folder_in(environ, "TONGBAN_MATERIALS"),
        erasures=file_in(environ, "TONGBAN_ERASURES"),
        notices_url=environ.get("TONGBAN_NOTICES_URL"),
        notices_sender=environ.get("TONGBAN_NOTICES_SENDER"),
        notices_secret=secret_in(environ, "TONGBAN_NOTICES_SECRET"),
        notices_case_url=_case_url(environ),
        watched=read_watched(file_in(environ, "TONGBAN_WITNESSED")),
        witnesses=read_witnesses(file_in(environ, "TONGBAN_WITNESSES")),
        iamsmart=_iamsmart(environ, public_url),
        oidc=_oidc(environ, public_url),
        grants=_grants(environ),
        partners=read_partners(home / "partners") if enrolled else {},
        address_rate=rate_in(environ, "TONGBAN_ADDRESS_RATE"),
        partner_rate=rate_in(environ, "TONGBAN_PARTNER_RATE"),
        caller_rate=rate_in(environ, "TONGBAN_CALLER_RATE"),
        most_at_once=int(number_in(environ, "TONGBAN_MOST_AT_ONCE", 1024, least=1)),
        body_seconds=seconds_in(environ, "TONGBAN_BODY_SECONDS", 30),
        request_seconds=seconds_in(environ, "TONGBAN_REQUEST_SECONDS", 300),
        cors_origins=origins_in(environ, "TONGBAN_CORS_ORIGINS"),
        listen=_listen(environ),
        metrics=_metrics(environ),
        traces=url_in(environ, "TONGBAN_TRACES")
        or url_in(environ, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        log_level=word_in(environ, "TONGBAN_LOG_LEVEL", LEVELS),
        log_format=word_in(environ, "TONGBAN_LOG_FORMAT", FORMATS),
        retention_grace_days=int(
            min(number_in(environ, "TONGBAN_RETENTION_GRACE_DAYS", 30), 3650)
        ),
        drain_seconds=number_in(environ, "TONGBAN_DRAIN_SECONDS", 0),
        shutdown_seconds=number_in(environ, "TONGBAN_SHUTDOWN_SECONDS", 30),
        free_megabytes=number_in(environ, "TONGBAN_FREE_MEGABYTES", 64),
        webhook_networks=networks_in(environ, "TONGBAN_WEBHOOK_NETWORKS"),
        webhook_elsewhere=flag_in(environ, "TONGBAN_WEBHOOK_ELSEWHERE"),
        views_apart=flag_in(environ, "TONGBAN_VIEWS_APART", default="yes"),
    )


def _case_url(environ: Mapping[str, str]) -> str | None:
    """Read where people are sent to see their case; `{case}` stands for its id."""
    template = url_in(environ, "TONGBAN_NOTICES_CASE_URL")
    if template is not None and (
        template.count("{case}") != 1 or "{" in template.replace("{case}", "")
    ):
        raise HomeUnusable(
            "TONGBAN_NOTICES_CASE_URL: with {case} where the case's id stands, please, such as"
            " https://apply.example.org/cases/{case}"
        )
    return template


def _listen(environ: Mapping[str, str]) -> tuple[str, int]:
    host = environ.get("TONGBAN_HOST", _HERE)
    given = address_in(environ, "TONGBAN_PORT", host)
    return (host, 8080) if given is None else (host, given[1])


def _metrics(environ: Mapping[str, str]) -> tuple[str, int] | None:
    at, (host, port) = address_in(environ, "TONGBAN_METRICS", _HERE), _listen(environ)
    if at is not None and at[1] == port != 0 and (at[0] == host or _everywhere(at[0], host)):
        raise HomeUnusable(
            f"TONGBAN_METRICS: {port} is the service's own port; name another, as metrics are"
            " not for everybody who may ask the service"
        )
    return at


def _everywhere(*hosts: str) -> bool:
    """Tell whether one of `hosts` is every address of the machine."""
    return any(set(host) <= set("0.:") for host in hosts)


def _region(environ: Mapping[str, str]) -> str | None:
    region = environ.get("TONGBAN_REGION")
    if region is not None and not re.fullmatch(REGION_NAME, region):
        raise HomeUnusable("TONGBAN_REGION: a region is like CN-GX")
    return region


def _origin(environ: Mapping[str, str]) -> str | None:
    origin = environ.get("TONGBAN_ORIGIN")
    check_origin(origin)
    return origin


def _oidc(environ: Mapping[str, str], public_url: str) -> OidcSettings | None:
    issuer = environ.get("TONGBAN_OIDC_ISSUER")
    if issuer is None:
        return None
    required_in(environ, "TONGBAN_OIDC_GRANTS")
    try:
        return OidcSettings(
            issuer=issuer,
            client_id=required_in(environ, "TONGBAN_OIDC_CLIENT_ID"),
            secret=secret_in(environ, "TONGBAN_OIDC_SECRET"),
            redirect_uri=f"{public_url}/v1/staff/callback",
        )
    except ValueError as error:
        raise HomeUnusable(f"TONGBAN_OIDC_ISSUER: {error}") from error


def _grants(environ: Mapping[str, str]) -> Grants | None:
    file = file_in(environ, "TONGBAN_OIDC_GRANTS")
    return None if file is None else read_grants(file)


def _iamsmart(environ: Mapping[str, str], public_url: str) -> IamSmartSettings | None:
    base_url = environ.get("TONGBAN_IAMSMART_URL")
    if base_url is None:
        return None
    name = "TONGBAN_IAMSMART_SECRET"
    callback = f"{public_url}/v1/verifications/callbacks/{METHOD}"
    try:
        return IamSmartSettings(
            base_url=base_url,
            client_id=required_in(environ, "TONGBAN_IAMSMART_CLIENT_ID"),
            secret=required_in(environ, name, secret_in(environ, name)),
            private_key=Path(required_in(environ, "TONGBAN_IAMSMART_KEY_FILE")).read_bytes(),
            redirect_uri=callback,
            callback_uri=callback,
            signature_issuers=content_in(environ, "TONGBAN_IAMSMART_ISSUERS") or b"",
            options=read_options(content_in(environ, "TONGBAN_IAMSMART_OPTIONS") or b"{}"),
        )
    except (OSError, ValueError) as error:
        raise HomeUnusable(f"iAM Smart is not configured: {error}") from error
