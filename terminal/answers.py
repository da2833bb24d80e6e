"""Writing an answer to standard output, as lines or as JSON."""

import json
from collections.abc import Iterable

import click


def show(lines: Iterable[str]) -> None:
    """Write one line after another."""
    for line in lines:
        click.echo(line)


def show_json(value: object) -> None:
    """Write one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False))
