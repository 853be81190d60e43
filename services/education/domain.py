"""A view of each child: the school level for its age, what to check, and how soon."""

from datetime import date, tzinfo
from functools import lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter

from shared.events import (
    CaseInDistricts,
    CaseTransferred,
    ChildAtRisk,
    ChildNeedsCare,
    ChildUpdated,
    Concern,
    EnrolmentCheckOpened,
    Event,
    Fact,
    FamilyAtRisk,
    Frozen,
    Home,
    Labelled,
    SchoolLevel,
    Utc,
    age_at,
    child,
    child_in_district,
    child_in_districts,
    child_transferred,
)

SCHOOL_CONCERNS = {Concern.SCHOOL_ABSENCE, Concern.SCHOOL_DROPOUT}


class SchoolYear(NamedTuple):
    """The day of the year that a school level goes by, and the time zone of the schools."""

    month: int
    day: int
    timezone: tzinfo

    def age_day(self, today: date) -> date:
        """That day in the school year of `today`, which is a calendar year."""
        return today.replace(month=self.month, day=self.day)


class Check(Labelled):
    """What the education officer checks."""

    AGE = "age", "Edad", "Age"
    OUT_OF_SCHOOL = "out_of_school", "Fuera de la escuela", "Out of school"
    WORKS = "works", "Trabaja", "Works"
    CONTINUITY = "continuity_of_schooling", "Continuidad escolar", "Continuity of schooling"
    ENROLLED = "enrolled", "Matrícula", "Enrolled"
    ATTENDANCE = "attendance", "Asistencia", "Attendance"
    LEVEL_FITS_AGE = "level_fits_age", "Nivel acorde a la edad", "Level fits the age"


class ChildView(Frozen):
    """A child as education sees it. `priority` 1 is first; a child too young for school has no checks.

    `age` is in whole years on the day of the latest news; `level` is by the age on the school year's day (31 March).
    """

    child_id: str
    family_id: str | None = None
    district: str | None = None
    districts: tuple[str, ...] = ()
    homes: tuple[Home, ...] = ()
    birth_month: str | None = None
    sex: str | None = None
    in_school: bool | None = None
    working: bool | None = None
    at_risk: bool = False
    needs_care: bool = False
    concerns: tuple[Concern, ...] = ()
    age: int | None = None
    level: SchoolLevel | None = None
    checks: tuple[Check, ...] = ()
    priority: int | None = None
    opened: Utc | None = None


STATE: TypeAdapter[ChildView] = TypeAdapter(ChildView)

SHAPE = 2
"""The shape of stored states; version 0.1 had 1."""


def begin(document_id: str) -> ChildView:
    """The empty view of `child/<id>`."""
    return ChildView(child_id=document_id.partition("/")[2])


@lru_cache(maxsize=16)  # asked by `decide`, which looks ahead, then for the fold itself
def evolve(state: ChildView, event: Event, school: SchoolYear) -> ChildView:
    """The view after news of the child. The age on `school` (month and day) decides the school level."""
    match event.data:
        case FamilyAtRisk() as fact:
            return _at_risk(state, event, fact, school)
        case ChildNeedsCare() as fact if fact.child_id == state.child_id:
            needed = _told(state, fact, fact.family_id, fact.district, (fact.reason, *fact.concerns))
            return _examined(needed.but(at_risk=True, needs_care=True), event, school)
        case ChildUpdated() as fact if fact.child_id == state.child_id:
            return _examined(_told(state, fact, fact.family_id, fact.district, fact.concerns), event, school)
        case CaseInDistricts() as fact:
            return child_in_districts(state, fact)
        case CaseTransferred() as fact:
            return child_transferred(state, fact)
        case _:
            return state


def decide(state: ChildView, event: Event, school: SchoolYear) -> list[tuple[str, Fact]]:
    """Publish that a child is on the list as soon as there is something to check."""
    if state.opened:
        return []
    after = evolve(state, event, school)
    if not after.checks or not after.family_id or not after.district or not after.priority:
        return []
    opened = EnrolmentCheckOpened(
        child_id=after.child_id,
        family_id=after.family_id,
        level=after.level,
        checks=after.checks,
        priority=after.priority,
        district=after.district,
    )
    return [(child(after.child_id), opened)]


def checks_for(view: ChildView) -> tuple[Check, ...]:
    """The checks for a child at risk of school age, or of unknown age; none for others."""
    if not view.at_risk or (view.age is not None and view.level is None):
        return ()
    asked = {
        Check.AGE: view.age is None,
        Check.OUT_OF_SCHOOL: view.in_school is False,
        Check.WORKS: view.working is True,
        Check.CONTINUITY: view.needs_care,
        Check.ENROLLED: view.in_school is not False,
        Check.ATTENDANCE: view.in_school is not False,
        Check.LEVEL_FITS_AGE: view.level is not None,
    }
    return tuple(check for check, needed in asked.items() if needed)


def priority_of(view: ChildView) -> int:
    """1: works and is out of school; 2: one of these, or needs care; 3: something unknown or missed; 4: the rest."""
    if view.working and view.in_school is False:
        return 1
    if view.working or view.in_school is False or view.needs_care:
        return 2
    return 3 if view.in_school is None or view.age is None or view.concerns else 4


def _at_risk(state: ChildView, event: Event, fact: FamilyAtRisk, school: SchoolYear) -> ChildView:
    told = next((each for each in fact.children if each.child_id == state.child_id), None)
    if told is None:
        return state
    of_each = any(each.concerns for each in fact.children)  # before 0.2 there were only those of the whole report
    concerns = told.concerns if of_each else fact.concerns
    district = told.district or fact.district
    known = _told(state, told, fact.family_id, district, concerns).but(at_risk=True)
    return _examined(child_in_district(known, fact.family_id, fact.district), event, school)


def _told(
    state: ChildView, told: ChildAtRisk, family_id: str, district: str, concerns: tuple[Concern, ...]
) -> ChildView:
    """The view with new facts; being back in school ends school concerns, unless the report repeats them."""
    facts = {name: getattr(told, name) for name in ("birth_month", "sex", "in_school", "working")}
    before = () if told.in_school else state.concerns
    return child_in_district(state, family_id, district).but(
        family_id=family_id,
        concerns=tuple(sorted(SCHOOL_CONCERNS.intersection(concerns).union(before))),
        **{name: value for name, value in facts.items() if value is not None},
    )


def _examined(view: ChildView, event: Event, school: SchoolYear) -> ChildView:
    today = event.time.astimezone(school.timezone).date()
    age = age_at(view.birth_month, today) if view.birth_month else None
    level = SchoolLevel.for_age(age_at(view.birth_month, school.age_day(today))) if view.birth_month else None
    aged = view.but(age=age, level=level)
    if not (checks := checks_for(aged)):
        return aged.but(checks=(), priority=None)
    return aged.but(checks=checks, priority=priority_of(aged), opened=view.opened or event.time)
