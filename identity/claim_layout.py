"""The maps of labels that one kind of token may be, each prepared for reading and writing.

There is one layout for each choice of optional claims. In it labels stand in the
order of their encoding (RFC 8949, 4.2.1), so a token whose claims are in another
order, or under other labels, has no layout.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import signature
from itertools import product
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec

import cose
from identity.claim_forms import Claim, Form, Step, checked, same


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
        Field(claims[name].label, name, claims[name].form, each.default is None)
        for name, each in signature(kind).parameters.items()
    ]
    return tuple(sorted(found, key=lambda field: cose.encode(field.label)))


@dataclass(frozen=True, slots=True)
class Layout:
    """One choice of claims: their labels, the shape of their values, and what is left to do."""

    labels: tuple[int, ...]
    shape: type[msgspec.Struct]
    reads: tuple[tuple[str, Step], ...]
    writes: tuple[tuple[int, Step], ...]
    unshaped: tuple[tuple[int, Step], ...]
    of: Callable[[Any], tuple[Any, ...]]

    def read(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return the claims by name, or raise `TokenRefused`."""
        found = msgspec.structs.asdict(checked(values, self.shape))
        for name, step in self.reads:
            found[name] = step(found[name])
        return found

    def write(self, claims: Sequence[Any]) -> list[Any]:
        """Return these claims as values, or raise `TokenRefused` where `read` would."""
        values = [*claims]
        for place, step in self.writes:
            values[place] = step(values[place])
        checked(values, self.shape)
        for place, read in self.unshaped:
            read(values[place])
        return values


@cache
def layouts_of(kind: type) -> Mapping[tuple[int, ...], Layout]:
    """Return every layout of `kind` by its labels; the first has every claim."""
    choices = [((field,), ()) if field.optional else ((field,),) for field in fields_of(kind)]
    layouts = (_layout([f for each in chosen for f in each]) for chosen in product(*choices))
    return {layout.labels: layout for layout in layouts}


def laid_out(claims: Any) -> tuple[Layout, tuple[Any, ...]]:
    """Return those claims that are not None, in their order, and the layout they have."""
    kind: type = type(claims)
    layout = _full_layout(kind)
    every = layout.of(claims)
    if None not in every:
        return layout, every
    here = [f for f in fields_of(kind) if not f.optional or getattr(claims, f.name) is not None]
    layout = layouts_of(kind)[tuple(field.label for field in here)]
    return layout, layout.of(claims)


@cache
def _full_layout(kind: type) -> Layout:
    return next(iter(layouts_of(kind).values()))


def _layout(chosen: Sequence[Field]) -> Layout:
    names = [field.name for field in chosen]
    forms = [field.form for field in chosen]
    return Layout(
        labels=tuple(field.label for field in chosen),
        shape=msgspec.defstruct(
            "Claims",
            [*zip(names, (form.shape for form in forms), strict=True)],
            array_like=True,
            forbid_unknown_fields=True,
            gc=False,
        ),
        reads=tuple(
            (name, step)
            for name, form in zip(names, forms, strict=True)
            if (step := form.read if form.shape is Any else form.made) is not same
        ),
        writes=tuple((n, form.write) for n, form in enumerate(forms) if form.write is not same),
        unshaped=tuple((n, form.read) for n, form in enumerate(forms) if form.shape is Any),
        of=_getter(names),
    )


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda claims: tuple(getattr(claims, name) for name in names)
