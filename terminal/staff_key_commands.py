"""The commands about keys of departments' systems: issued, listed, revoked."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click

from terminal.answers import show, show_json
from terminal.commands import Group, Refused
from terminal.options import OFFICIALS, STAFF, json_option, staff_option

if TYPE_CHECKING:
    from ledger.home import Home
    from ledger.staff_key_events import StaffKeyIssued
    from ledger.staff_keys import StaffKeys

_SCOPES = ("read", "act", "export", "admin")
_REASONS = ("compromised", "fraud", "mistaken", "superseded", "asked-for")
_LONGEST = 400
_PATIENCE = 10.0
_LOOK_AGAIN = 0.1


@click.group("staff-key", cls=Group, invoke_without_command=False)
def staff_key() -> None:
    """Keys with which departments' systems sign in."""


@staff_key.command("issue")
@click.option("--role", type=click.Choice(STAFF), required=True, help="What it may do.")
@click.option("--authority", help="The authority it acts for, by its id.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(_SCOPES), help="Only this of it."
)
@click.option(
    "--days", type=click.IntRange(1, _LONGEST), default=90, show_default=True, help="How long."
)
@click.option("--by", default="operator", help="Your own number in the office.")
@staff_option
@click.pass_obj
def issue(
    folder: Path,
    role: str,
    authority: str | None,
    scopes: tuple[str, ...],
    days: int,
    by: str,
    actor: str,
) -> None:
    """Issue a key, and show it this once.

    `--id` names the system that is to hold it. It is sent as `Authorization: Bearer`.
    Where a service runs in this home, that records it.
    """
    from ledger.actor import Role
    from ledger.errors import HomeBusy
    from ledger.staff_keys import made_key
    from service.edge import now
    from service.key_orders import operator
    from service.policy import scopes_of
    from terminal.opening import authority_at, begun_home

    if role in OFFICIALS and authority is None:
        raise click.UsageError(f"a {role} acts for an authority: name it with --authority")
    if authority is not None:
        authority_at(folder, authority)
    allowed = scopes_of(Role(role))
    beyond = sorted({*scopes} - {*allowed})
    if beyond:
        raise click.UsageError(f"a {role} is not given the scope {beyond[0]}")
    key, issued = made_key(
        actor,
        role=role,
        authority=authority,
        scopes=scopes or allowed,
        expires_at=now() + timedelta(days=days),
        random=os.urandom,
    )
    home = begun_home(folder)
    try:
        with _writing(home) as keys:
            keys.take(issued, operator(by))
    except HomeBusy:
        _have_it_recorded(folder, issued, by)
    show([key])
    click.echo("keep it now: it is shown to nobody again", err=True)


@staff_key.command("list")
@json_option
@click.pass_obj
def list_keys(folder: Path, as_json: bool) -> None:
    """List every key there ever was, without the keys themselves."""
    from msgspec import to_builtins

    from ledger.staff_keys import StaffKeys
    from terminal.opening import reading

    with reading(folder, caught_up=False) as (ledger, _):
        keys, now = list(StaffKeys(ledger).all().values()), ledger.now()
    if as_json:
        show_json([to_builtins(key) for key in keys])
        return
    for each in keys:
        until = "counts until" if each.counts(now) else "counted until"
        end = min(each.expires_at, each.revoked_at or each.expires_at)
        place = "" if each.authority is None else f" of {each.authority}"
        show([f"{each.key}: {each.holder}, {each.role}{place}, {until} {end:%Y-%m-%d %H:%M}"])


@staff_key.command("revoke")
@click.argument("key")
@click.option("--reason", type=click.Choice(_REASONS), required=True, help="Why.")
@staff_option
@click.pass_obj
def revoke(folder: Path, key: str, reason: str, actor: str) -> None:
    """Let the key with the id KEY count no more, on any server."""
    from ledger.errors import HomeBusy
    from service.key_orders import operator
    from terminal.opening import begun_home

    try:
        with _writing(begun_home(folder)) as keys:
            revoked = keys.revoke(key, reason=reason, actor=operator(actor))
    except HomeBusy as error:
        raise Refused(
            "the service is running here: stop it for this, or have an operator revoke the"
            " key with `POST /v1/staff-keys/{key}/revocations`"
        ) from error
    show([f"{revoked.key}: of {revoked.holder}, revoked"])


COMMANDS = (staff_key,)


@contextmanager
def _writing(home: "Home") -> "Iterator[StaffKeys]":
    from ledger.log_keys import check_log_key
    from ledger.staff_keys import StaffKeys
    from terminal.opening import opening

    with home.writing(), closing(opening(home)()) as ledger:
        check_log_key(home, ledger)
        yield StaffKeys(ledger)


def _have_it_recorded(folder: Path, issued: "StaffKeyIssued", by: str) -> None:
    """Let the service that runs in `folder` record a key, and wait until it has."""
    from ledger.staff_keys import StaffKeys
    from service.key_orders import Order, place_order
    from terminal.opening import beside

    with beside(folder) as (_, ledger):
        keys, until = StaffKeys(ledger), monotonic() + _PATIENCE
        order = place_order(folder, Order(issued=issued, by=by))
        while issued.key not in keys.all():
            if monotonic() > until:
                order.unlink(missing_ok=True)
                raise Refused(
                    "something else writes in this home, and did not issue the key: look at"
                    " the service's log, or stop it and try again"
                )
            sleep(_LOOK_AGAIN)
