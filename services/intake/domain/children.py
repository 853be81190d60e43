"""A child as the rules of triage see it: what was told of it, how old it may be, which concerns are about it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from services.intake.domain.ages import ADULT, Birth, Told, told_birth
from shared.events import Concern, LivesWith, ReportedChild, Trade


class Situation(Protocol):
    """How a child lives: as one report tells it, or as the record of its family knows it."""

    @property
    def lives_with(self) -> LivesWith | None: ...
    @property
    def placed_by_authority(self) -> bool | None: ...
    @property
    def protective_adult(self) -> bool | None: ...
    @property
    def in_school(self) -> bool | None: ...
    @property
    def working(self) -> bool | None: ...
    @property
    def work_hours(self) -> float | None: ...
    @property
    def trade(self) -> Trade | None: ...
    @property
    def night_work(self) -> bool | None: ...
    @property
    def malnutrition(self) -> str | None: ...


@dataclass(frozen=True)
class Unknown:
    """The situation of whoever is concerned where no child is named."""

    lives_with: LivesWith | None = None
    placed_by_authority: bool | None = None
    protective_adult: bool | None = None
    in_school: bool | None = None
    working: bool | None = None
    work_hours: float | None = None
    trade: Trade | None = None
    night_work: bool | None = None
    malnutrition: str | None = None


@dataclass(frozen=True)
class Minor:
    """Somebody who is, or may be, under 18 on `day`. `ages` is the youngest and oldest possible, None if unknown."""

    child_id: str
    told: Situation
    birth: Birth | None
    day: date
    concerns: frozenset[Concern] = frozenset()

    @cached_property
    def ages(self) -> tuple[int, int] | None:
        return self.birth.ages(self.day) if self.birth else None

    @cached_property
    def works(self) -> bool | None:
        """Whether it works; hours, a trade or work at night say so, whatever else is said."""
        return works(self.told)

    @property
    def reassuring(self) -> bool:
        """Whether something good was told, and no doubt about the adults.

        In school, not working, well fed, in care by an authority's decision.
        """
        told = self.told
        good = told.in_school, self.works is False, told.malnutrition == "none", told.placed_by_authority
        return told.protective_adult is not False and any(each is True for each in good)

    @property
    def birth_month(self) -> str | None:
        """`YYYY-MM` for the other services."""
        return self.birth.month if self.birth else None


def works(told: Situation) -> bool | None:
    """Whether a child works, as far as is told."""
    return True if told.work_hours or told.trade or told.night_work else told.working


def is_minor(birth: Birth | None, day: date) -> bool:
    """Whether somebody born then may be under 18; of unknown age, it may."""
    return birth is None or birth.ages(day)[0] < ADULT


def minors(child_ids: Iterable[str], children: Iterable[ReportedChild], day: date) -> tuple[Minor, ...]:
    """The entries of a report who may be under 18. A child that is told of twice is in it twice, and is one child."""
    seen = []
    for child_id, child in _completed(list(zip(child_ids, children, strict=True))):
        birth = told_birth(child, day).birth
        if is_minor(birth, day):
            seen.append(Minor(child_id, child, birth, day, frozenset(child.concerns)))
    return tuple(seen)


def _completed(entries: Sequence[tuple[str, ReportedChild]]) -> Iterator[tuple[str, ReportedChild]]:
    """The entries; each of a child that is told of several times has what the others say and it leaves out."""
    counted = Counter(child_id for child_id, _ in entries)
    for child_id, child in entries:
        if counted[child_id] == 1:
            yield child_id, child
            continue
        same = [other for other_id, other in entries if other_id == child_id]
        known = {name: value for other in reversed(same) for name, value in other if value is not None}
        own = {name: value for name, value in child if value is not None}
        together = tuple(dict.fromkeys(concern for other in same for concern in other.concerns))
        yield child_id, child.but(**{**known, **own, "concerns": together})


def of_adults(
    child_ids: Iterable[str], children: Iterable[ReportedChild], young: Iterable[Minor]
) -> frozenset[Concern]:
    """The concerns of those listed as children who are none any more."""
    ids = {minor.child_id for minor in young}
    entries = zip(child_ids, children, strict=True)
    return frozenset(concern for child_id, child in entries if child_id not in ids for concern in child.concerns)


def births(children: Iterable[ReportedChild], day: date) -> list[Told]:
    """What a report tells of the birth of each of its entries, in order."""
    return [told_birth(child, day) for child in children]
