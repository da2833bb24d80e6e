"""How every command behaves: it knows its home, and refuses in one line.

A refusal exits with 1 and a wrong way of asking with 2; neither shows a
traceback. `--home` may stand before or after the command.
"""

from pathlib import Path
from typing import IO, Any

import click

_PATH = click.Path(file_okay=False, path_type=Path)


class Command(click.Command):
    """A command of ours; its context's object is the data folder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_home())

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, and turn what the packages refuse into one line."""
        try:
            return super().invoke(ctx)
        except _refusals() as error:
            raise Refused(str(error)) from error


class Group(Command, click.Group):
    """A command that has commands of its own, and does something without one too."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"invoke_without_command": True, **kwargs})


class Commands(click.Group):
    """Commands in the order they were written."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_home(default="var", envvar="TONGBAN_HOME", show_default=True))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands as they come in the file."""
        del ctx
        return list(self.commands)


class Refused(click.ClickException):
    """One line on stderr, and exit 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line."""
        from terminal.tables import printable

        click.echo(f"tongban: {printable(self.message)}", file=file, err=file is None)


def _home(**how: Any) -> click.Option:
    def remember(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
        del param
        if value is not None:
            ctx.obj = value

    return click.Option(
        ["--home"],
        type=_PATH,
        callback=remember,
        expose_value=False,
        help="The data folder.",
        **how,
    )


def _refusals() -> tuple[type[Exception], ...]:
    from cose import CoseError
    from identity.errors import IdentityError
    from ledger.errors import LedgerError

    return CoseError, IdentityError, LedgerError
