"""Writing an answer to standard output, as lines or as JSON."""

import json
from collections.abc import Iterable

import click


def show(lines: Iterable[str], *, err: bool = False) -> None:
    """Write one line after another, beside the answer if that is not one (`err`)."""
    for line in lines:
        click.echo(line, err=err)


def show_json(value: object) -> None:
    """Write one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False))
