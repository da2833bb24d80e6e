"""The commands that write the evidence of a case, and check it anywhere."""

from pathlib import Path

import click

from terminal.answers import show, show_json
from terminal.commands import Command, Refused
from terminal.options import json_option

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_NEW = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command(cls=Command)
@click.argument("case")
@click.argument("file", type=_NEW)
@click.option("--materials", is_flag=True, help="With what was handed in, opened.")
@click.pass_obj
def evidence(folder: Path, case: str, file: Path, materials: bool) -> None:
    """Write a case's evidence, signed by the region.

    CASE is a receipt, an id, or REGISTER/NUMBER for an imported one. Without
    --materials nothing in FILE opens what is personal, so it can be handed on.
    """
    from service.case_evidence import digests_of, materials_of
    from service.edge import now
    from service.proving.making import Opened
    from terminal.evidence import maker_at
    from terminal.files import write_whole
    from terminal.hiding import hidden_at
    from terminal.opening import begun_home, reading
    from terminal.opening import materials_of as store_of

    with reading(folder, caught_up="/" not in case) as (ledger, queries):
        state, entries = queries.replay_named(case)
        opened = Opened()
        if materials:
            if hidden_at(ledger, entries, personal=True) is not None:
                raise Refused("this person's data are restricted or erased")
            digests = digests_of(entries)
            store = store_of(begun_home(folder), ledger)
            held = materials_of(store, entries[0].subject or "", digests)
            opened = Opened(digests=digests, materials=held)
        write_whole(file, maker_at(folder, ledger).make(state.id, now(), opened))


@click.command("verify-evidence", cls=Command)
@click.argument("file", type=_FILE)
@click.option("--keys", type=_FILE, help="The log's COSE_KeySet, from elsewhere.")
@click.option("--root", help="The region's root, in hex, from elsewhere.")
@click.option("--witness", "witnesses", multiple=True, help="One that must have cosigned.")
@json_option
def verify_evidence(
    file: Path,
    keys: Path | None,
    root: str | None,
    witnesses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check a case's evidence offline, and tell what it proves.

    Needs no home and no network; exits with 1, and the name of the check that
    failed. A witness is named by its C2SP verifier key, NAME+ID+KEY.
    """
    from terminal.evidence import checked_lines, checked_shown, opened

    found = opened(file, keys=keys, root=root, witnesses=witnesses)
    show_json(checked_shown(found)) if as_json else show(checked_lines(found))
