"""The maps of labels that one kind of token may be, each prepared for reading and writing.

There is one layout for each choice of optional claims. In it labels stand in the
order of their encoding (RFC 8949, 4.2.1), so a token whose claims are in another
order, or under other labels, has no layout.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import product
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec

import cose
from identity.claim_forms import Claim, Form, Step, checked


class Field(NamedTuple):
    """One claim of a kind of token."""

    label: int
    name: str
    form: Form
    optional: bool


@cache
def fields_of(kind: type) -> tuple[Field, ...]:
    """Return the claims of `kind` in the order of their labels' encoding."""
    hints = get_type_hints(kind, include_extras=True)
    claims: dict[str, Claim] = {name: get_args(hint)[1] for name, hint in hints.items()}
    found = [
        Field(claims[each.name].label, each.name, claims[each.name].form, each.default is None)
        for each in fields(kind)
    ]
    return tuple(sorted(found, key=lambda field: cose.encode(field.label)))


@dataclass(frozen=True, slots=True)
class Layout:
    """One choice of claims: their labels, the shape of their values, and what is left to do."""

    labels: tuple[int, ...]
    shape: type[msgspec.Struct]
    steps: tuple[tuple[str, Step], ...]
    unshaped: tuple[tuple[int, Step], ...]

    def read(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return the claims by name, or raise `TokenRefused`."""
        found = msgspec.structs.asdict(checked(values, self.shape))
        for name, step in self.steps:
            found[name] = step(found[name])
        return found

    def check(self, values: Sequence[Any]) -> None:
        """Raise `TokenRefused` for values that `read` would refuse."""
        checked(values, self.shape)
        for place, read in self.unshaped:
            read(values[place])


@cache
def layouts_of(kind: type) -> Mapping[tuple[int, ...], Layout]:
    """Return every layout of `kind` by its labels."""
    choices = [((field,), ()) if field.optional else ((field,),) for field in fields_of(kind)]
    layouts = (_layout([f for each in chosen for f in each]) for chosen in product(*choices))
    return {layout.labels: layout for layout in layouts}


def _layout(chosen: Sequence[Field]) -> Layout:
    return Layout(
        labels=tuple(field.label for field in chosen),
        shape=msgspec.defstruct(
            "Claims",
            [(field.name, field.form.shape) for field in chosen],
            array_like=True,
            forbid_unknown_fields=True,
            gc=False,
        ),
        steps=tuple((field.name, step) for field in chosen if (step := _step(field.form))),
        unshaped=tuple(
            (place, field.form.read)
            for place, field in enumerate(chosen)
            if field.form.shape is Any
        ),
    )


def _step(form: Form) -> Step | None:
    return form.read if form.shape is Any else form.made
