"""`tongban partner`: enrolling regions by their root, and looking how they are."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from terminal.agreed import agreed_options, agreed_with, agreement_lines
from terminal.answers import show, show_json
from terminal.commands import Group, Refused
from terminal.options import json_option
from terminal.roots import root_in

if TYPE_CHECKING:
    from service.partner_check import Checked
    from service.partners import Partner


@click.group(cls=Group)
@click.pass_context
def partner(context: click.Context) -> None:
    """List the regions we are partners with, or enrol them."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@partner.command("list")
@json_option
@click.pass_obj
def list_(folder: Path, as_json: bool) -> None:
    """List the partners, where they are, and what was agreed."""
    from terminal.tables import table

    partners = _partners(folder)
    if as_json:
        show_json({name: _told(each) for name, each in partners.items()})
        return
    rows = [
        (name, each.url, ",".join(each.modes), ",".join(each.items), each.root[:16])
        for name, each in partners.items()
    ]
    lines = table(("REGION", "URL", "MODES", "ITEMS", "ROOT BEGINS"), rows)
    show([*lines, f"partners: {len(rows)}"])


@partner.command()
@click.argument("region")
@click.option("--url", required=True, help="Where its service is.")
@click.option("--root", required=True, help="Its root, as `tongban keys fingerprint` shows it.")
@agreed_options
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_obj
def add(
    folder: Path,
    /,
    region: str,
    url: str,
    root: str,
    yes: bool,
    **agreed: Any,
) -> None:
    """Enrol REGION: fetch its keys, and take them if its root signed them.

    Compare the root with somebody there, by another way than it came by. What is
    agreed is what you give, and each may be given again; without any of it, what was
    agreed with REGION before, or nothing.
    """
    from msgspec.structs import replace

    from service.partners import REGION_NAME, Partner, write_partner
    from terminal.opening import begun_home, region_at

    home = begun_home(folder)
    if region == region_at(folder):
        raise Refused(f"{region} is this home's own region")
    if not re.fullmatch(REGION_NAME, region):
        raise click.BadParameter("a region is like CN-GX", param_hint="REGION")
    if not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", url):
        raise click.BadParameter("an http(s) URL, please", param_hint="--url")
    try:
        enrolled = Partner(url=url.rstrip("/"), root=root_in(root, region))
    except ValueError as error:
        raise Refused(f"{region}: {error}") from error
    enrolled = replace(enrolled, **agreed_with(_partners(folder).get(region), **agreed))
    token, keys = _fetched(region, enrolled)
    click.echo(f"{region} root {bytes.fromhex(enrolled.root).hex(' ', 4)}")
    click.echo(f"{region} key set {keys.serial}, until {keys.expires_at:%F}, log {keys.origin}")
    for record in keys.records:
        click.echo(f"  {record.kid.hex()}  {', '.join(sorted(record.use))}")
    show(agreement_lines(enrolled))
    if not yes:
        click.confirm("Is that the root they told you, and this what you agreed?", abort=True)
    write_partner(home.folder / "partners", region, replace(enrolled, key_set=token.hex()))
    click.echo(f"{region}: enrolled; what is agreed stands in partners/{region}.json")


@partner.command()
@click.argument("region")
@click.pass_obj
def remove(folder: Path, region: str) -> None:
    """Trust REGION with nothing any more. The log keeps which keys counted when."""
    from service.partners import read_each
    from terminal.opening import region_at

    region_at(folder)
    # Also one whose file does not hold.
    enrolled = [name for each in read_each(folder / "partners") for name in each]
    if region not in enrolled:
        raise Refused(f"{region[:20]} is not a partner")
    (folder / "partners" / f"{region}.json").unlink()
    click.echo(f"{region}: no partner any more")


@partner.command("check")
@click.argument("region", required=False)
@json_option
@click.pass_context
def check_(context: click.Context, region: str | None, as_json: bool) -> None:
    """Reach REGION, or every partner: its keys, and its clock.

    Exits with 1 if anything is not as it should be.
    """
    from msgspec import to_builtins

    from service.partners import read_each

    partners = _partners(context.obj)
    _, unreadable = read_each(context.obj / "partners")
    if region is not None and region not in partners:
        raise Refused(f"{region[:20]} is not a partner")
    found = _checked(context.obj, {n: p for n, p in partners.items() if region in (None, n)})
    if as_json:
        show_json(to_builtins(found))
    else:
        show(_line(each) for each in found)
    is_well = not unreadable and not any(each.trouble for each in found)
    context.exit(0 if is_well else 1)


COMMANDS = (partner,)


def _partners(folder: Path) -> "dict[str, Partner]":
    from terminal.opening import partners_at, region_at

    region_at(folder)
    return partners_at(folder)


def _told(partner: "Partner") -> dict[str, Any]:
    from msgspec import to_builtins

    told: dict[str, Any] = to_builtins(partner)
    del told["key_set"]
    return told


def _fetched(region: str, partner: "Partner") -> Any:
    import asyncio

    from aiohttp import ClientSession

    from service.edge import now
    from service.partner_check import fetch_keys

    async def fetch() -> Any:
        async with ClientSession() as session:
            return await fetch_keys(region, partner, session, now())

    return asyncio.run(fetch())


def _checked(folder: Path, partners: "dict[str, Partner]") -> "list[Checked]":
    import asyncio

    from aiohttp import ClientSession

    from ledger.region_keys import RegionKeys
    from service.edge import now
    from service.partner_check import check
    from service.partner_sets import roots_of
    from terminal.opening import reading

    with reading(folder, caught_up=False) as (ledger, _):
        recorded = RegionKeys(ledger)
        roots = {name: roots_of(recorded, name, each) for name, each in partners.items()}

    async def look() -> "list[Checked]":
        async with ClientSession() as session:
            looks = [check(n, p, session, now(), roots[n]) for n, p in partners.items()]
            return list(await asyncio.gather(*looks))

    return asyncio.run(look())


def _line(found: "Checked") -> str:
    if found.serial is None:
        return f"{found.region}: {found.trouble}"
    off = "" if found.clock_off is None else f", clock {found.clock_off.total_seconds():+.0f} s"
    said = f"{found.region}: key set {found.serial} until {found.until:%F}{off}"
    return f"{said}; {found.trouble}" if found.trouble else said
