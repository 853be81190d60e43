"""The columns of a table that `ayllu send` knows: every field of a Report, found by walking its model."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, NaiveDatetime
from pydantic.fields import FieldInfo

from shared.events import Report

ANY = "#"
"""In a path, the place of an entry of a list."""

LISTS = (tuple, list, set, frozenset, Sequence)
LIMITS = {"ge": "least", "le": "most", "max_length": "longest", "pattern": "pattern"}
MOST_ENTRIES = 50


class Kind(Enum):
    """What the cells of a column hold."""

    TEXT = auto()
    ID = auto()
    DISTRICT = auto()
    WHOLE = auto()
    NUMBER = auto()
    TRUTH = auto()
    DATE = auto()
    MOMENT = auto()
    CODE = auto()
    CODES = auto()


SIMPLE = {
    bool: Kind.TRUTH,
    int: Kind.WHOLE,
    float: Kind.NUMBER,
    date: Kind.DATE,
    datetime: Kind.MOMENT,
    AwareDatetime: Kind.MOMENT,
    NaiveDatetime: Kind.MOMENT,
}


@dataclass(frozen=True)
class Known:
    """A field of a report as a column: its path, what it holds, and whether it is required."""

    way: tuple[str, ...]
    kind: Kind
    required: bool
    """Of the report, or of each entry of the list that it is in."""

    codes: tuple[tuple[str, ...], ...] = ()
    """Each code with the labels that people read."""

    least: float | None = None
    most: float | None = None
    longest: int | None = None
    entries: int = MOST_ENTRIES

    @property
    def in_list(self) -> bool:
        """Whether the field is of an entry of a list, such as a child."""
        return ANY in self.way

    def at(self, *numbers: int) -> str:
        """The name of the column for these entries; by default for the first ones."""
        given = iter(numbers)
        return ".".join(str(next(given, 0)) if part == ANY else part for part in self.way)


@cache
def known_columns() -> dict[str, Known]:
    """Every column by its name without case, `#` for the number of an entry."""
    return {".".join(each.way).casefold(): each for each in columns_of(Report)}


def columns_of(model: type[BaseModel]) -> tuple[Known, ...]:
    """The columns of a model, nested fields included."""
    return tuple(_walk(model, (), required=True, entries=MOST_ENTRIES))


def find(header: str) -> tuple[Known, tuple[int, ...]] | None:
    """The column that a header names, and the numbers of its entries."""
    parts = header.casefold().split(".")
    numbers = tuple(int(part) for part in parts if re.fullmatch("[0-9]{1,3}", part))
    pattern = ".".join(ANY if re.fullmatch("[0-9]{1,3}", part) else part for part in parts)
    known = known_columns().get(pattern)
    return (known, numbers) if known and all(number < known.entries for number in numbers) else None


def _walk(model: type[BaseModel], way: tuple[str, ...], *, required: bool, entries: int) -> Iterator[Known]:
    for name, info in model.model_fields.items():
        here, needed = (*way, info.alias or name), required and info.is_required()
        kind, limits = _bare(info.annotation, [info])
        if get_origin(kind) in LISTS:
            item, of_item = _bare(get_args(kind)[0], [])
            if _is_model(item):
                yield from _walk(item, (*here, ANY), required=True, entries=limits.get("longest", MOST_ENTRIES))
            else:
                yield Known(here, Kind.CODES, needed, _codes(item), longest=of_item.get("longest"), entries=entries)
        elif _is_model(kind):
            yield from _walk(kind, here, required=needed, entries=entries)
        else:
            yield _leaf(here, kind, limits, required=needed, entries=entries)


def _leaf(way: tuple[str, ...], kind: Any, limits: dict[str, Any], *, required: bool, entries: int) -> Known:
    codes = _codes(kind)
    found = Kind.CODE if codes else SIMPLE.get(kind, Kind.TEXT)
    if found is Kind.TEXT and way[-1] == "district":
        found = Kind.DISTRICT
    elif found is Kind.TEXT and re.search("(^i|I)d$", way[-1]):
        found = Kind.ID
    size = {name: limits.get(name) for name in ("least", "most", "longest")}
    return Known(way, found, required, codes, entries=entries, **size)


def _bare(annotation: Any, marks: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
    """A type without `Annotated` and `| None`, and their limits."""
    marks = list(marks)
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            marks += more
        elif get_origin(annotation) in (Union, UnionType):
            options = [each for each in get_args(annotation) if each is not NoneType]
            if len(options) != 1:
                return str, _limits(marks)
            annotation = options[0]
        else:
            return annotation, _limits(marks)


def _limits(marks: Sequence[Any]) -> dict[str, Any]:
    flat = [each for mark in marks for each in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]
    return {
        ours: value
        for mark in flat
        for theirs, ours in LIMITS.items()
        if (value := getattr(mark, theirs, None)) is not None
    }


def _codes(kind: Any) -> tuple[tuple[str, ...], ...]:
    if get_origin(kind) is Literal:
        return tuple((str(each),) for each in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple((str(each.value), *_labels(each)) for each in kind)
    return ()


def _labels(code: Enum) -> list[str]:
    return [said for language in ("es", "en") if (said := getattr(code, language, ""))]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
