"""The conditions a rule of triage may have, by the words they have in the file of rules."""

from collections.abc import Callable, Mapping
from typing import Any

from services.intake.domain.children import Minor
from shared.events import Concern, Labelled, LivesWith, Trade

OfChild = Callable[[Minor], bool]
Made = Callable[[Any], OfChild]


class Wrong(ValueError):
    """A condition that cannot be: what is wrong with it, and what would be right."""


def of_child(key: str, value: Any) -> OfChild:
    """The condition on a child that a key of the file stands for. Raises Wrong."""
    if key not in CONDITIONS:
        raise Wrong(f"there is no condition {key!r}; there are {', '.join(sorted(CONDITIONS))}")
    return CONDITIONS[key](value)


def _age(value: Any) -> OfChild:
    if not (isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)):
        raise Wrong("age is written as [youngest, oldest], both included, such as [0, 13]")
    low, high = value
    if not 0 <= low <= high:
        raise Wrong("age begins with the youngest: [youngest, oldest], such as [0, 13]")

    def possible(minor: Minor) -> bool:
        """It may be of that age; of unknown age, it may."""
        return minor.ages is None or (minor.ages[0] <= high and low <= minor.ages[1])

    return possible


def _hours(value: Any) -> OfChild:
    if type(value) not in (int, float) or not 0 <= value < 168:
        raise Wrong("hours_over is a number of hours a week, such as 24")
    return lambda minor: (minor.told.work_hours or 0) > value


def _codes(kind: type[Labelled], read: Callable[[Minor], Any]) -> Made:
    def made(value: Any) -> OfChild:
        codes = value if isinstance(value, list) else [value]
        if not codes or (unknown := [each for each in codes if each not in list(kind)]):
            raise Wrong(f"{repr(unknown[0]) if codes else 'an empty list'} is no {kind.__name__}; {known(kind)}")
        wanted = frozenset(kind(each) for each in codes)
        return lambda minor: not wanted.isdisjoint(_set(read(minor)))

    return made


def _flag(read: Callable[[Minor], bool | None]) -> Made:
    def made(value: Any) -> OfChild:
        values = value if isinstance(value, list) else [value]
        if not values or any(type(each) is not bool and each != "unknown" for each in values):
            raise Wrong('this is true, false, "unknown", or several of them in a list')
        wanted = tuple(None if each == "unknown" else each for each in values)
        return lambda minor: read(minor) in wanted

    return made


def _malnutrition(value: Any) -> OfChild:
    if value not in ("none", "chronic", "acute"):
        raise Wrong('malnutrition is "none", "chronic" or "acute"')
    return lambda minor: minor.told.malnutrition == value


def known(kind: type[Labelled]) -> str:
    """The codes there are, for somebody who wrote another."""
    return "there are " + ", ".join(str(each) for each in kind)


def _set(value: Any) -> frozenset[Any]:
    return value if isinstance(value, frozenset) else frozenset([value])


CONDITIONS: Mapping[str, Made] = {
    "concern": _codes(Concern, lambda minor: minor.concerns),
    "lives_with": _codes(LivesWith, lambda minor: minor.told.lives_with),
    "trade": _codes(Trade, lambda minor: minor.told.trade),
    "age": _age,
    "age_known": _flag(lambda minor: minor.ages is not None),
    "hours_over": _hours,
    "malnutrition": _malnutrition,
    "working": _flag(lambda minor: minor.works),
    "in_school": _flag(lambda minor: minor.told.in_school),
    "night_work": _flag(lambda minor: minor.told.night_work),
    "placed_by_authority": _flag(lambda minor: minor.told.placed_by_authority),
    "protective_adult": _flag(lambda minor: minor.told.protective_adult),
    "reassuring": _flag(lambda minor: minor.reassuring),
}
