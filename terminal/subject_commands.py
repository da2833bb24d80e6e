"""The commands about persons: restricted, free again, erased, and a copy of all of theirs."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from uuid import UUID

import click

from ledger.subject_commands import ErasureGround, RestrictionGround
from terminal.answers import show, show_json
from terminal.commands import Command, Refused
from terminal.options import json_option, staff_option
from terminal.retention_command import retention

if TYPE_CHECKING:
    from ledger.application import Ledger
    from ledger.erasure import Eraser
    from ledger.home import Home
    from ledger.subject_commands import SubjectCommand

_RESTRICTION = click.Choice(get_args(RestrictionGround))
_ERASURE = click.Choice(get_args(ErasureGround))


@click.command(cls=Command)
@click.argument("subject")
@click.option("--basis", type=_RESTRICTION, required=True, help="The law it rests on.")
@staff_option
@json_option
@click.pass_obj
def restrict(folder: Path, subject: str, basis: Any, actor: str, as_json: bool) -> None:
    """Keep the data of SUBJECT and stop using them.

    Only the person still sees them, and nothing new can be begun with them.
    SUBJECT is the pseudonym that a case shows as its subject.
    """
    from ledger.subject_commands import RestrictSubject

    _give(folder, RestrictSubject(subject=subject, basis=basis), actor, as_json)


@click.command(cls=Command)
@click.argument("subject")
@staff_option
@json_option
@click.pass_obj
def lift(folder: Path, subject: str, actor: str, as_json: bool) -> None:
    """Let the data of SUBJECT be used again."""
    from ledger.subject_commands import LiftRestriction

    _give(folder, LiftRestriction(subject=subject), actor, as_json)


@click.command(cls=Command)
@click.argument("subject")
@click.option("--basis", type=_ERASURE, required=True, help="The law it rests on.")
@staff_option
@json_option
@click.pass_obj
def erase(folder: Path, subject: str, basis: Any, actor: str, as_json: bool) -> None:
    """Destroy the key of SUBJECT, and all data with it.

    They have to be restricted, and all their cases over. Every proof still holds.
    """
    from ledger.subject_commands import EraseSubject

    _give(folder, EraseSubject(subject=subject, basis=basis), actor, as_json)


@click.command("subject-copy", cls=Command)
@click.argument("subject")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_obj
def subject_copy(folder: Path, subject: str, file: Path) -> None:
    """Write all that is held of SUBJECT into a ZIP file.

    FILE is not to be there before. It is for that person alone: it holds every
    entry of theirs opened, and every material.
    """
    from ledger.holding import streams_of, subject_copy
    from ledger.http.shown import show_entry
    from terminal.opening import begun_home, materials_of, reading

    home = begun_home(folder)
    with reading(folder) as (ledger, _):
        streams = streams_of(home.views, subject)
        if not streams:
            raise Refused("nothing is held under this pseudonym; a case shows its `subject`")
        pieces = subject_copy(
            ledger,
            materials_of(home, ledger),
            streams,
            subject,
            show=show_entry,
            made_at=ledger.now(),
        )
        with _created(file) as out:
            for piece in pieces:
                out.write(piece)
    click.echo(f"{file}: all that is held of {subject}")


COMMANDS = (restrict, lift, erase, subject_copy, retention)


def _give(folder: Path, command: "SubjectCommand", actor: str, as_json: bool) -> None:
    from msgspec import to_builtins

    from ledger.actor import Actor, Channel, Role
    from ledger.errors import LedgerError
    from ledger.handover.unfinished import unfinished
    from ledger.holding import cases_of
    from ledger.subjects import Subjects

    by = Actor(role=Role.OPERATOR, id=actor, principal=actor, channel=Channel.SYSTEM)
    command_id = UUID(bytes=os.urandom(16), version=4)
    with _writing(folder) as (home, ledger, eraser):
        where = ledger, home.views, command.subject
        changed = Subjects(ledger).give(
            command,
            by,
            command_id=command_id,
            cases=partial(cases_of, *where),
            others=partial(unfinished, *where),
        )
        trouble: LedgerError | None = None
        try:
            eraser.finish()
        except LedgerError as error:
            # What was asked is recorded all the same, and it may be about another person.
            trouble = error
        is_left = eraser.has_failed(changed.position)
    if is_left:
        raise Refused(
            f"recorded at {changed.position:,}, and not carried out yet: {trouble}; the next"
            " start, or command about a person, tries again"
        )
    if as_json:
        show_json(to_builtins(changed))
    else:
        show([f"{changed.subject}: {changed.standing}, recorded at {changed.position:,}"])
    if trouble is not None:
        click.echo(f"an earlier erasure is not finished: {trouble}", err=True)


@contextmanager
def _writing(folder: Path) -> "Iterator[tuple[Home, Ledger, Eraser]]":
    from ledger.erasure import Eraser
    from ledger.errors import HomeBusy
    from ledger.log_keys import check_log_key
    from ledger.opening import all_views
    from ledger.projections.follower import Follower
    from terminal.opening import begun_home, erasures_of, materials_of, opening

    home = begun_home(folder)
    with ExitStack() as held:
        try:
            held.enter_context(home.writing())
        except HomeBusy as error:
            raise Refused(_ASK_THE_SERVER) from error
        ledger = held.enter_context(closing(opening(home)()))
        check_log_key(home, ledger)
        ledger.published.catch_up()
        views = all_views(ledger)
        with closing(Follower(ledger, home.views, views)) as follower:
            follower.catch_up()
            materials, listed = materials_of(home, ledger), erasures_of(home)
            eraser = Eraser(ledger, materials, home.views, views, listed.catch_up)
            yield home, ledger, eraser
            follower.catch_up()


@contextmanager
def _created(file: Path) -> Iterator[Any]:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(f"{file} cannot be made: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
    except BaseException:
        # A part is not to be taken for the whole.
        file.unlink()
        raise


_ASK_THE_SERVER = (
    "a server is writing this home, so ask it, with `tongban session --role operator`:"
    " POST or DELETE /v1/subjects/SUBJECT/restriction, POST /v1/subjects/SUBJECT/erasure"
)
