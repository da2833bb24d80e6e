"""The `tongban` command.

Commands that write hold the home's lock. Commands that read run beside a
server, and catch up with the log themselves where nobody else does. Whatever
is heavy is imported by the command that needs it, so that help is quick.
"""

import os
import re
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from terminal import (
    Commands,
    Refused,
    agree_command,
    case_commands,
    config_commands,
    cut_options,
    json_option,
    keeping_commands,
    key_commands,
    migrate_command,
    own_key_commands,
    partner_commands,
    personal_option,
    proof_commands,
    show,
    show_json,
    staff_key_commands,
    staff_option,
    subject_commands,
    view_commands,
)
from terminal.config_commands import config_option, environ_with
from terminal.options import OFFICIALS, STAFF

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ledger.cut import Cut
    from ledger.entry import Entry
    from ledger.history import History
    from ledger.importing import Mapping
    from ledger.importing.delivery import Delivered
    from ledger.personal import Hidden

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_PORT = click.IntRange(0, 65_535)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tongban")
def main() -> None:
    """A ledger of government cases that cross a boundary.

    Every step of a case is an entry that stays as it was written. Lists and
    timelines follow from the entries, now or as they stood at any time. A TIME
    is in ISO 8601; one without an offset is in UTC. A date alone is its midnight,
    and as an upper bound (until, as of) the end of that day.
    """
    # A home is made for its owner alone, whatever the shell says.
    os.umask(0o077)


@main.command()
@click.option("--host", help="Where to listen.  [default: as set, or 127.0.0.1]")
@click.option("--port", type=_PORT, help="Where to listen.  [default: as set, or 8080]")
@config_option
@click.pass_obj
def serve(folder: Path, host: str | None, port: int | None, file: Path | None) -> None:
    """Answer over HTTP until interrupted."""
    from server import serve
    from service.settings import settings_from

    settings = settings_from(environ_with(file), folder)
    set_host, set_port = settings.listen
    serve(settings, host=host or set_host, port=set_port if port is None else port)


@main.command()
@click.option("--stay", is_flag=True, help="Go on serving until interrupted.")
@click.option("--port", type=_PORT, help="Where to listen.  [default: 8080 to stay, or any]")
@click.pass_obj
def demo(folder: Path, stay: bool, port: int | None) -> None:
    """Walk one case across the border, with simulated partners."""
    import asyncio

    from demo import DemoFailed, demonstrate
    from service.settings import settings_from

    settings = settings_from(os.environ, folder)
    port = (8080 if stay else 0) if port is None else port
    try:
        asyncio.run(demonstrate(settings, port=port, stay=stay, say=click.echo))
    except DemoFailed as error:
        raise Refused(str(error)) from error


@main.command()
@click.option("--stay", is_flag=True, help="Go on serving until interrupted.")
@click.pass_obj
def regions(folder: Path, stay: bool) -> None:
    """Hand cases between three regions, a process each.

    Guangdong and Guangxi have their homes in the data folder; Hong Kong is simulated.
    """
    import asyncio

    from demo import DemoFailed, demonstrate_regions

    try:
        asyncio.run(demonstrate_regions(folder, stay=stay, say=click.echo))
    except DemoFailed as error:
        raise Refused(str(error)) from error


@main.command()
def openapi() -> None:
    """Print the API's description, an OpenAPI document."""
    import json
    from tempfile import TemporaryDirectory

    from server import create_app
    from service.describing import describe
    from service.settings import Settings

    # With every route there is; nothing of a home plays a part.
    with TemporaryDirectory() as folder:
        described = describe(create_app(Settings(home=Path(folder), sample_register=True)))
    click.echo(json.dumps(described, ensure_ascii=False, indent=2))


@main.command("import")
@click.argument("log", type=_FILE)
@click.option("--mapping", type=_FILE, required=True, help="What its activities mean.")
@click.option("--register", help="The source it was taken from.  [default: the log's name]")
@json_option
@click.pass_obj
def import_(
    folder: Path, log: Path, mapping: Path, register: str | None, as_json: bool
) -> None:
    """Record the case histories of an XES log, exactly once.

    The same log again adds nothing. A later delivery of a register adds what is
    new; what it contradicts is kept, and no longer counts.
    """
    from ledger.importing import Mapping
    from terminal.delivered import COUNTS, delivered_lines

    source = _register(log, register)
    done = _deliver(folder, log, Mapping.load(mapping.read_bytes()), source)
    if as_json:
        show_json({count: getattr(done, count) for count in COUNTS})
    else:
        show(delivered_lines(done, source))


@main.command()
@click.option("--role", type=click.Choice(STAFF), required=True, help="What they may do.")
@staff_option
@click.option("--authority", help="The authority they act for, by its id.")
@json_option
@click.pass_obj
def session(folder: Path, role: str, actor: str, authority: str | None, as_json: bool) -> None:
    """Print a session token for someone who works here."""
    if role in OFFICIALS and authority is None:
        raise click.UsageError(f"a {role} acts for an authority: name it with --authority")
    from server import issue_session
    from terminal.opening import authority_at, begun_home, settings_of

    if authority is not None:
        authority_at(folder, authority)
    home, url = begun_home(folder), settings_of(folder).public_url
    token = issue_session(home, url, role=role, id=actor, authority=authority)
    if as_json:
        show_json({"token": token})
    else:
        show([token])


@main.command()
@click.option("--register", help="Only the imported cases of this register.")
@click.option("--status", help="Only the cases that stand so.")
@click.option("--lines", "only", flag_value="lines", help="Only a line a case.")
@click.option("--digest", "only", flag_value="digest", help="Only SHA-256 over the lines.")
@cut_options
@json_option
@click.pass_obj
def cases(
    folder: Path,
    register: str | None,
    status: str | None,
    only: str | None,
    cut: "Cut",
    as_json: bool,
) -> None:
    """List cases, ours and imported ones, now or as they stood."""
    from ledger.case_rows import Which
    from terminal.hints import hints
    from terminal.opening import reading
    from terminal.tables import case_lines

    which = Which(register=register, status=status)
    with reading(folder, caught_up=cut.is_now) as (_, queries):
        if only == "digest":
            digest = queries.digest(which, cut)
            show_json({"sha256": digest}) if as_json else show([digest])
        elif only == "lines":
            lines = queries.lines(which, cut)
            show_json(lines) if as_json else show(lines)
        else:
            rows = queries.cases(which, cut)
            show_json(rows) if as_json else show(case_lines(rows))
            if not rows:
                show(hints(queries, cut, register=register, status=status), err=True)


@main.command()
@click.argument("case")
@cut_options
@click.option("--steps", is_flag=True, help="Only what each entry changed.")
@personal_option
@json_option
@click.pass_obj
def replay(
    folder: Path, case: str, cut: "Cut", steps: bool, personal: bool, as_json: bool
) -> None:
    """Tell a case from its entries, now or as it stood.

    CASE is a receipt, an id, or REGISTER/NUMBER for an imported one.
    """
    from ledger.personal import Hidden
    from terminal import replay as told
    from terminal.hiding import hidden_at
    from terminal.opening import reading

    with reading(folder, caught_up="/" not in case) as (ledger, queries):
        state, entries = queries.replay_named(case, cut)
        status = queries.status(state)
        hidden = hidden_at(ledger, entries, personal=personal)
        if hidden is Hidden.RESTRICTED:
            click.echo("this person's data are restricted and stay sealed", err=True)
        if steps:
            _show_steps(entries, hidden, queries.history_statuses(), as_json=as_json)
        elif as_json:
            show_json(told.as_json(state, status, entries, hidden=hidden))
        else:
            show(told.as_text(state, status, entries, ledger.book, hidden=hidden))


@main.command()
@click.option("--register", help="Only those of this register.")
@json_option
@click.pass_obj
def conflicts(folder: Path, register: str | None, as_json: bool) -> None:
    """List imported facts that were contradicted later."""
    from terminal.opening import reading
    from terminal.tables import conflict_lines

    with reading(folder) as (_, queries):
        rows = queries.conflicts(register)
    show_json(rows) if as_json else show(conflict_lines(rows))


for command in (
    *case_commands.COMMANDS,
    *view_commands.COMMANDS,
    *proof_commands.COMMANDS,
):
    main.add_command(command)


for command in (
    *subject_commands.COMMANDS,
    *key_commands.COMMANDS,
    *keeping_commands.COMMANDS,
    *agree_command.COMMANDS,
):
    main.add_command(command)


for group in (
    *own_key_commands.COMMANDS,
    *partner_commands.COMMANDS,
    *staff_key_commands.COMMANDS,
    *config_commands.COMMANDS,
    *migrate_command.COMMANDS,
):
    main.add_command(group)


def _show_steps(
    entries: "Sequence[Entry]",
    hidden: "Hidden | None",
    status: "Callable[[History], str]",
    *,
    as_json: bool,
) -> None:
    from ledger.replaying import steps
    from terminal.changes import step_lines, steps_shown

    told = steps(entries, hidden=hidden, status=status)
    show_json(steps_shown(told)) if as_json else show(step_lines(told))


def _register(log: Path, named: str | None) -> str:
    register = re.sub(r"(\.xes)?(\.gz)?$", "", log.name) if named is None else named
    if not register or "/" in register:
        raise click.BadParameter("a name without /, please", param_hint="--register")
    return register


def _deliver(folder: Path, log: Path, mapping: "Mapping", register: str) -> "Delivered":
    from ledger.importing.deliveries import deliver
    from ledger.log_keys import check_log_key
    from ledger.opening import all_views
    from ledger.projections.follower import Follower
    from ledger.queries import Queries
    from terminal.opening import home_at, opening
    from terminal.progress import progress

    home = home_at(folder)
    with ExitStack() as held:
        held.enter_context(home.writing())
        watch = held.enter_context(progress())
        ledger = held.enter_context(closing(opening(home)()))
        follower = held.enter_context(closing(Follower(ledger, home.views, all_views(ledger))))
        check_log_key(home, ledger)
        ledger.published.catch_up()
        follower.catch_up()
        done = deliver(
            ledger,
            log,
            mapping=mapping,
            register=register,
            known=Queries(ledger, home.views).numbers(register),
            reading=partial(watch, "reading"),
            recording=partial(watch, "recording"),
        )
        follower.catch_up(partial(watch, "listing", total=ledger.head))
    return done
