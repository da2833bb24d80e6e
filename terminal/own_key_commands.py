"""`tongban keys`: our own keys, exchanged and revoked beside a running service.

A command writes the home; the service notices within a second or two. What signs a
set takes the root, from the home or, where that was taken offline, from `--root`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from terminal.answers import show, show_json
from terminal.commands import Group, Refused
from terminal.options import json_option

if TYPE_CHECKING:
    from identity.key_set import KeySet
    from service.key_publishing import Publisher

_USES = click.Choice(["region", "box", "paper", "sessions"])
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_root_option = click.option(
    "--root",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of the root, where it is offline.",
)


@click.group(cls=Group)
@json_option
@click.pass_context
def keys(context: click.Context, as_json: bool) -> None:
    """List our keys and our partners', or exchange ours."""
    if context.invoked_subcommand is not None:
        return
    from service.key_listing import list_keys
    from terminal.key_tables import key_lines
    from terminal.opening import begun_home, partners_at, reading, region_at

    folder = context.obj
    home, region = begun_home(folder), region_at(folder)
    partners = partners_at(folder)
    with reading(folder, caught_up=False) as (ledger, _):
        rows = list_keys(home, region, partners, ledger, ledger.now())
    show_json(rows) if as_json else show(key_lines(rows))


@keys.command()
@click.argument("use", type=_USES)
@_root_option
@click.pass_obj
def rotate(folder: Path, use: str, root: Path | None) -> None:
    """Make the next key for USE, and publish it.

    It signs once everybody can know it, ten minutes later. The one before it stays
    for as long as something it signed may come.
    """
    with _publisher(folder, root) as publisher:
        _tell(publisher.rotate(use), f"a new {use} key")
    click.echo("back up keys/ now")


@keys.command()
@click.argument("kid")
@_root_option
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_obj
def revoke(folder: Path, kid: str, root: Path | None, yes: bool) -> None:
    """Take the key KID back, from now on and for good.

    What it signs from now on is refused; its secret is destroyed. Another takes its
    place at once.
    """
    try:
        named = bytes.fromhex(kid)
    except ValueError as error:
        raise click.BadParameter("hexadecimal, please", param_hint="KID") from error
    if not yes:
        click.confirm(f"Revoke {kid} for good?", abort=True)
    with _publisher(folder, root) as publisher:
        _tell(publisher.revoke(named), f"{kid}: revoked")


@keys.command()
@_root_option
@click.pass_obj
def publish(folder: Path, root: Path | None) -> None:
    """Sign our key set anew, before it ends or when the log's keys changed."""
    with _publisher(folder, root) as publisher:
        _tell(publisher.publish(), "signed anew")


@keys.command()
@click.pass_obj
def fingerprint(folder: Path) -> None:
    """Print our root, which partners compare with what they enrol."""
    from service.own_root import own_roots
    from terminal.opening import begun_home, region_at

    region = region_at(folder)
    current, *following = own_roots(begun_home(folder))
    click.echo(f"{region} {current.public_key.hex(' ', 4)}")
    for root in following:
        click.echo(f"{region} {root.public_key.hex(' ', 4)} signs the next set")


@keys.command()
@click.option("--move-to", type=_NEW_FILE, help="Take the root there is into this file.")
@click.option("--announce", type=_NEW_FILE, help="Make the next root, in this file.")
@_root_option
@click.pass_obj
def root(folder: Path, move_to: Path | None, announce: Path | None, root: Path | None) -> None:
    """Take the root offline, or let it announce the next one.

    The file is not there yet, on a medium that can be taken away. From then on
    whatever signs a key set needs `--root FILE`. The root that announced another
    signs no more: leave its set standing until every partner has it.
    """
    from service.own_root import make_root, move_root
    from terminal.opening import begun_home

    if (move_to is None) == (announce is None):
        raise click.UsageError("either --move-to or --announce, please")
    if move_to is not None:
        move_root(begun_home(folder), move_to)
    if announce is not None:
        with _publisher(folder, root) as publisher:
            made = make_root(announce, os.urandom)
            _tell(publisher.announce(made), f"root {made.public_key.hex(' ', 4)}: announced")
    click.echo(f"{move_to or announce}: the root, and nowhere else; make a second copy of it")


COMMANDS = (keys,)


@contextmanager
def _publisher(folder: Path, root: Path | None) -> "Iterator[Publisher]":
    from service.edge import now
    from service.key_publishing import Publisher, read_published
    from service.key_watch import keys_beside
    from service.own_root import root_of
    from terminal.opening import begun_home, reading, region_at

    home, region = begun_home(folder), region_at(folder)
    signer = root_of(home, root)
    if read_published(home, region) is None:
        raise Refused("this home has published no keys yet; `tongban serve` begins it")
    with reading(folder, caught_up=False) as (ledger, _):
        yield Publisher(
            home=home,
            region=region,
            root=signer,
            origin=ledger.published.keys.origin,
            also=keys_beside(home, ledger),
            now=now().replace(microsecond=0),
            random=os.urandom,
        )


def _tell(published: "KeySet | None", what: str) -> None:
    if published is None:
        click.echo(what)
    else:
        click.echo(f"{what}; key set {published.serial}, until {published.expires_at:%F}")
