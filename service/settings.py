"""What an operator may set: from the environment, each secret also from a file.

Every setting has a default that works on one machine, so none is needed to try
the service out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from adapters.hk import IamSmartSettings, read_options
from ledger.databases import is_shared
from ledger.errors import HomeUnusable
from ledger.opening import check_origin
from ledger.transparency import NoteKey
from rest import Rate
from service.cosigning import Neighbour
from service.partners import REGION_NAME, Partner, read_partners
from service.witnesses import read_watched, read_witnesses

METHOD = "iamsmart"
REGION = "CN-GD"
"""What a home becomes that is not told which region it is of."""
GENEROUS = Rate(per_second=500, burst=2_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one server is run. `public_url` is where providers' callbacks reach it.

    Without `region` a home stays what it is, see `service.home_region`.

    `database` is the URI of a log, `keys` that of a database of subject keys, and
    `materials` a folder, that several servers share. With `sample_register` it
    answers partner regions about made-up residents; without one, and until a real
    register is joined, none.
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
    watched: Mapping[str, tuple[NoteKey, ...]] = field(default_factory=dict)
    witnesses: Sequence[Neighbour] = ()
    cosigning_seconds: float = 5.0
    iamsmart: IamSmartSettings | None = None
    partners: Mapping[str, Partner] = field(default_factory=dict)
    address_rate: Rate = GENEROUS
    partner_rate: Rate = GENEROUS

    @property
    def new_origin(self) -> str:
        """What a log that begins now is called, where no other name was given."""
        return f"{(self.region or REGION).lower()}.tongban.example/log"


def settings_from(environ: Mapping[str, str], home: Path) -> Settings:
    """Read the `TONGBAN_...` variables, and the partners enrolled in the home.

    Raises `HomeUnusable` naming the variable or file that does not hold.
    """
    database, keys = _uri(environ, "TONGBAN_DATABASE"), _uri(environ, "TONGBAN_KEYS")
    if database is not None and keys is not None and _place(database) == _place(keys):
        raise HomeUnusable(
            "TONGBAN_KEYS names the database of the log; keys need one of their own, whose"
            " backups can be destroyed without the log's"
        )
    public_url = environ.get("TONGBAN_PUBLIC_URL", "http://127.0.0.1:8080").rstrip("/")
    return Settings(
        home=home,
        public_url=public_url,
        region=_region(environ),
        origin=_origin(environ),
        items=_folder(environ, "TONGBAN_ITEMS"),
        calendars=_folder(environ, "TONGBAN_CALENDARS"),
        sample_register=environ.get("TONGBAN_SAMPLE_REGISTER") == "yes",
        database=database,
        keys=keys,
        materials=_folder(environ, "TONGBAN_MATERIALS"),
        watched=read_watched(_file(environ, "TONGBAN_WITNESSED")),
        witnesses=read_witnesses(_file(environ, "TONGBAN_WITNESSES")),
        iamsmart=_iamsmart(environ, public_url),
        partners=read_partners(home / "partners"),
        address_rate=_rate(environ, "TONGBAN_ADDRESS_RATE"),
        partner_rate=_rate(environ, "TONGBAN_PARTNER_RATE"),
    )


def _region(environ: Mapping[str, str]) -> str | None:
    region = environ.get("TONGBAN_REGION")
    if region is not None and not re.fullmatch(REGION_NAME, region):
        raise HomeUnusable("TONGBAN_REGION: a region is like CN-GX")
    return region


def _origin(environ: Mapping[str, str]) -> str | None:
    origin = environ.get("TONGBAN_ORIGIN")
    check_origin(origin)
    return origin


def _uri(environ: Mapping[str, str], name: str) -> str | None:
    uri = environ.get(name)
    if uri is not None and not is_shared(uri):
        raise HomeUnusable(f"{name}: a postgresql:// URI, please")
    return uri


def _place(uri: str) -> tuple[str, str]:
    """Where a database is, whoever opens it and however."""
    parts = urlsplit(uri)
    where = parts.netloc.rpartition("@")[2].lower()
    return where if ":" in where else f"{where}:5432", parts.path


def _iamsmart(environ: Mapping[str, str], public_url: str) -> IamSmartSettings | None:
    base_url = environ.get("TONGBAN_IAMSMART_URL")
    if base_url is None:
        return None
    callback = f"{public_url}/v1/verifications/callbacks/{METHOD}"
    try:
        return IamSmartSettings(
            base_url=base_url,
            client_id=_required(environ, "TONGBAN_IAMSMART_CLIENT_ID"),
            secret=_secret(environ, "TONGBAN_IAMSMART_SECRET"),
            private_key=Path(_required(environ, "TONGBAN_IAMSMART_KEY_FILE")).read_bytes(),
            redirect_uri=callback,
            callback_uri=callback,
            signature_issuers=_content(environ, "TONGBAN_IAMSMART_ISSUERS") or b"",
            options=read_options(_content(environ, "TONGBAN_IAMSMART_OPTIONS") or b"{}"),
        )
    except (OSError, ValueError) as error:
        raise HomeUnusable(f"iAM Smart is not configured: {error}") from error


def _rate(environ: Mapping[str, str], name: str) -> Rate:
    """Read a rate as requests a second and requests at once, such as 500/2000."""
    rate, _, burst = environ.get(name, "500/2000").partition("/")
    is_rate = rate.isdecimal() and burst.isdecimal()
    if not is_rate or bool(int(rate)) != bool(int(burst)):
        raise HomeUnusable(f"{name}: requests a second and at once, please, such as 500/2000")
    return Rate(per_second=int(rate), burst=int(burst))


def _secret(environ: Mapping[str, str], name: str) -> str:
    file = environ.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file is not None else _required(environ, name)


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise HomeUnusable(f"set {name}")
    return value


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    return None if value is None else Path(value)


def _content(environ: Mapping[str, str], name: str) -> bytes | None:
    file = _file(environ, name)
    return None if file is None else file.read_bytes()


def _folder(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    if value is None:
        return None
    if not Path(value).is_dir():
        raise HomeUnusable(f"{name}: {value} is not a folder; make it, or name another")
    return Path(value)
