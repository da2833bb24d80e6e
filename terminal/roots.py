"""A root as somebody pastes it: its digits, or the whole line that shows them."""

import re

import click


def root_in(said: str, region: str) -> str:
    """Return the root of `region` in a line as `tongban keys fingerprint` prints it."""
    named, *digits = said.split() or [""]
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{2,3}", named):
        if named != region:
            raise click.BadParameter(f"that is the root of {named}", param_hint="--root")
    else:
        digits.insert(0, named)
    root = "".join(digits).lower()
    if not re.fullmatch("([0-9a-f]{2})+", root):
        raise click.BadParameter("hexadecimal, please", param_hint="--root")
    return root
