"""Fields that Ayllu does not know: the answer lists them, since a misspelled one would go unnoticed.

Their names are the sender's own words, and may hold a person's: they go back to the sender and nowhere else.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel

MOST_NAMES = 50
LONGEST_NAME = 100


def fields(tree: Any, model: type[BaseModel], *at: str) -> tuple[str, ...]:
    """The paths of unknown fields in parsed JSON, with `at` before each: `children.0.nmae`; the first fifty."""
    return tuple(_shown(way) for way in islice(_unknown(tree, model, at), MOST_NAMES))


@cache
def names(model: type[BaseModel]) -> Mapping[str, str]:
    """Every name by which a field of a model, or of one inside it, may be written, and the one it has in JSON."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        alias = field.alias or name
        written = {alias, name} if model.model_config.get("populate_by_name") else {alias}
        found |= dict.fromkeys(written, alias)
        if inner := _inside(field.annotation):
            found |= names(inner)
    return found


def told(document: dict[str, Any], ignored: tuple[str, ...]) -> dict[str, Any]:
    """An answer to one request, with what was ignored in it; what is kept of the answer stays as it is."""
    return {**document, "ignored": list(ignored)} if ignored else document


def _unknown(tree: Any, model: type[BaseModel], at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from _unknown(each, model, (*at, str(number)))
    if not isinstance(tree, dict):
        return
    known = _models(model)
    for name, value in tree.items():
        if name not in known:
            yield (*at, name)
        elif inner := known[name]:
            yield from _unknown(value, inner, (*at, name))


@cache
def _models(model: type[BaseModel]) -> Mapping[str, type[BaseModel] | None]:
    """The fields of a model by their name in JSON, with the model inside, if there is one."""
    return {field.alias or name: _inside(field.annotation) for name, field in model.model_fields.items()}


def _inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inside, get_args(annotation))), None)


def _shown(way: tuple[str, ...]) -> str:
    whole = ".".join(way)
    cut = whole if len(whole) <= LONGEST_NAME else f"{whole[: LONGEST_NAME - 1]}…"
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in cut)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"
