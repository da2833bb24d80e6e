"""What is agreed with a partner, as it is given to a command and read back before it counts.

What is not given is not agreed: a partner that is enrolled and nothing more is
neither asked nor answered, and nothing is handed over.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from service.partners import Partner

_MODES = click.Choice(["online", "collect", "joint"])
_OPTIONS = (
    click.option("--mode", "modes", type=_MODES, multiple=True, help="A way to hand over."),
    click.option("--item", "items", multiple=True, help="A pattern of items, such as gd.*"),
    click.option("--basis", "bases", multiple=True, help="A basis, such as PIPL 13*"),
    click.option("--ask", "asks", multiple=True, help="A field we may ask on these bases."),
    click.option("--answer", "answers", multiple=True, help="A field we answer on them."),
    click.option("--hong-kong", is_flag=True, help="They cover personal data from Hong Kong."),
)


def agreed_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take what is agreed; each may be given again, `*` is for any."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def agreed_with(known: "Partner | None", **given: Any) -> dict[str, Any]:
    """Return the members of a partner that say what is agreed: all given, or all as `known`."""
    from identity.policy import Basis

    if not any(given.values()):
        if known is not None:
            return {"modes": known.modes, "items": known.items, "bases": known.bases}
        return {"modes": (), "items": (), "bases": {}}
    if not given["bases"] and (given["asks"] or given["answers"] or given["hong_kong"]):
        raise click.BadParameter("on which basis?", param_hint="--basis")
    basis = Basis(ask=given["asks"], answer=given["answers"], hong_kong=given["hong_kong"])
    bases = dict.fromkeys(given["bases"], basis)
    return {"modes": given["modes"], "items": given["items"], "bases": bases}


def agreement_lines(partner: "Partner") -> list[str]:
    """Say in words what is agreed, so that somebody can refuse it."""
    lines = [f"  hand-overs {_listed(partner.modes)}", f"  items {_listed(partner.items)}"]
    for name, basis in partner.bases.items():
        ends = ", people from Hong Kong too" if basis.hong_kong else ""
        lines.append(
            f"  on {name}: we may ask {_listed(basis.ask)},"
            f" we answer {_listed(basis.answer)}{ends}"
        )
    return ["agreed:", *lines] if partner.bases else ["agreed:", *lines, "  on no basis"]


def _listed(names: Iterable[str]) -> str:
    return ", ".join("anything" if name == "*" else name for name in names) or "nothing"
