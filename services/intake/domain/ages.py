"""When a child was born, as far as a report tells, and how old it may be on a day: always as a range."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.events import ReportedChild

ADULT = 18
OLDEST_REPORTED = 25
DOUBT = timedelta(days=365)
"""An estimate may be wrong by as much: 2017 and 2018 may mean the same birth, 2017 and 2019 do not."""


@dataclass(frozen=True)
class Birth:
    """Born on some day from `earliest` to `latest`, both included; `exact` if the day itself was told."""

    earliest: date
    latest: date
    exact: bool = False

    def ages(self, day: date) -> tuple[int, int]:
        """The youngest and the oldest the child may be on a day, in whole years."""
        return years(self.latest, day), years(self.earliest, day)

    def contradicts(self, other: "Birth") -> bool:
        """Whether both cannot be about one person: another day, or an estimate more than a year off."""
        if self.exact and other.exact:
            return self.earliest != other.earliest
        return max(self.earliest, other.earliest) - min(self.latest, other.latest) > DOUBT

    def agrees_with(self, other: "Birth") -> bool:
        """Whether some day can be both."""
        return max(self.earliest, other.earliest) <= min(self.latest, other.latest)

    @property
    def month(self) -> str:
        """`YYYY-MM`: the month of the day that was told, or of the middle of the range."""
        middle = self.earliest + (self.latest - self.earliest + timedelta(days=1)) // 2
        return f"{middle.year:04d}-{middle.month:02d}"


@dataclass(frozen=True)
class Told:
    """What a report tells of a birth, and the fields that cannot be believed or contradict a better one."""

    birth: Birth | None
    set_aside: tuple[str, ...] = ()


def years(born: date, day: date) -> int:
    """Whole years from a birth to a day; below zero for a birth to come."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def told_birth(child: ReportedChild, day: date) -> Told:
    """The birth by the most precise field that can be true on the day of the report.

    A field that makes the child older than 25 or not yet born is a slip of the pen, and set aside. Fields that
    contradict each other count together: whoever may be a child is one. Nobody is born after the report.
    """
    told = dict(_told(child, day))
    possible = {name: birth for name, birth in told.items() if _possible(birth, day)}
    if not possible:
        return Told(None, tuple(told))
    (best, birth), *others = possible.items()
    against = [name for name, other in others if not other.agrees_with(birth)]
    for name in against:
        birth = Birth(min(birth.earliest, possible[name].earliest), max(birth.latest, possible[name].latest))
    impossible = [name for name in told if name not in possible]
    born = replace(birth, latest=min(birth.latest, day))
    return Told(born, (*impossible, *([best, *against] if against else [])))


def _told(child: ReportedChild, day: date) -> Iterator[tuple[str, Birth]]:
    """The most precise first."""
    if child.birth_date:
        yield "birthDate", Birth(child.birth_date, child.birth_date, exact=True)
    if child.birth_year:
        yield "birthYear", Birth(date(child.birth_year, 1, 1), date(child.birth_year, 12, 31))
    if child.age_years is not None and day.year > OLDEST_REPORTED + 1:
        yield "ageYears", Birth(_before(day, child.age_years + 1) + timedelta(days=1), _before(day, child.age_years))


def _possible(birth: Birth, day: date) -> bool:
    youngest, oldest = birth.ages(day)
    return oldest >= 0 and youngest <= OLDEST_REPORTED


def _before(day: date, count: int) -> date:
    """The same day so many years before; the 28th for a 29 February that there was not."""
    try:
        return day.replace(year=day.year - count)
    except ValueError:
        return day.replace(year=day.year - count, day=28)
