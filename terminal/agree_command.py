"""`tongban agree`: show that our log and our partners' tell the same, or where they differ."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from terminal.answers import show_json
from terminal.commands import Command, Refused
from terminal.options import json_option

if TYPE_CHECKING:
    from service.agreeing import Compared


@click.command("agree", cls=Command)
@click.argument("region", required=False)
@click.option("--offline", is_flag=True, help="Ask no partner; go by what is kept here.")
@json_option
@click.pass_obj
def agree(folder: Path, region: str | None, offline: bool, as_json: bool) -> None:
    """Show that both sides of each partnership agree.

    Exits with 1 where they do not, and says in what. Messages one way and the other,
    every receipt that is kept of them, and the heads of both logs. CHAIN is over all
    messages sent and received: compare it with what the partner sees as received and
    sent.
    """
    import asyncio

    from service.agreeing import agreement, keys_of
    from service.agreeing_now import compare_shown
    from terminal.opening import partners_at, reading, region_at

    partners = partners_at(folder)
    if region is not None and region not in partners:
        raise Refused(f"{region} is no partner: {', '.join(partners) or 'there is none'}")
    us = region_at(folder)
    found = []
    with reading(folder, caught_up=False) as (ledger, _):
        for name, partner in partners.items():
            if region in (None, name):
                one = agreement(ledger, us, name, partner)
                keys = keys_of(ledger, name, partner)
                if keys is not None and not offline:
                    asyncio.run(compare_shown(one, keys, partner.url.rstrip("/"), ledger))
                found.append(one)
    _show(found, as_json=as_json, asked=not offline)
    if any(each.differences for each in found):
        raise SystemExit(1)


def _show(found: "list[Compared]", *, as_json: bool, asked: bool) -> None:
    if as_json:
        show_json([_told(each) for each in found])
        return
    from terminal.tables import table

    titles = (
        "REGION",
        "SENT",
        "WAITING",
        "RECEIVED",
        "RECEIPTS",
        "WE COSIGNED",
        "IT SHOWS",
        "IT COSIGNED",
        "CHAIN SENT",
        "CHAIN RECEIVED",
    )
    rows = [_row(each) for each in found]
    for line in table(titles, rows):
        click.echo(line)
    for each in found:
        for difference in each.differences:
            click.echo(f"{each.region}: {difference}")
    if not any(each.differences for each in found):
        agree = "both sides agree" if asked else "nothing kept here differs; nobody was asked"
        click.echo(agree if found else "there are no partners")


def _row(one: "Compared") -> tuple[str, ...]:
    return (
        one.region,
        f"{one.sent:,}",
        f"{one.waiting:,}",
        f"{one.received:,}",
        f"{one.receipts:,}",
        "-" if one.witnessed is None else f"{one.witnessed.size:,}",
        "-" if one.shown is None else f"{one.shown:,}",
        f"{one.cosigned:,}" if one.cosigned else "-",
        one.sent_chain[:16],
        one.received_chain[:16],
    )


def _told(one: "Compared") -> dict[str, Any]:
    return {
        "region": one.region,
        "origin": one.origin,
        "sent": one.sent,
        "acknowledged": one.acknowledged,
        "waiting": one.waiting,
        "received": one.received,
        "receipts": one.receipts,
        "we_cosigned": None if one.witnessed is None else one.witnessed.size,
        "it_shows": one.shown,
        "it_cosigned": one.cosigned or None,
        "sent_chain": one.sent_chain,
        "received_chain": one.received_chain,
        "differences": one.differences,
    }


COMMANDS = (agree,)
