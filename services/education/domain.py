"""A view of each child: the school level for its age, what to check, and how soon."""

from datetime import date
from functools import lru_cache

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
    Labelled,
    SchoolLevel,
    Utc,
    age_at,
    child,
    in_district,
    in_districts,
    transferred,
)

SCHOOL_CONCERNS = {Concern.SCHOOL_ABSENCE, Concern.SCHOOL_DROPOUT}


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
def evolve(state: ChildView, event: Event, school_age_day: str) -> ChildView:
    """The view after news of the child. The age on `school_age_day` (month and day) decides the school level."""
    match event.data:
        case FamilyAtRisk() as fact:
            return _at_risk(state, event, fact, school_age_day)
        case ChildNeedsCare() as fact if fact.child_id == state.child_id:
            needed = _told(state, fact, fact.family_id, fact.district, (fact.reason, *fact.concerns))
            return _examined(needed.but(at_risk=True, needs_care=True), event, school_age_day)
        case ChildUpdated() as fact if fact.child_id == state.child_id:
            return _examined(_told(state, fact, fact.family_id, fact.district, fact.concerns), event, school_age_day)
        case CaseInDistricts() as fact:
            return in_districts(state, fact)
        case CaseTransferred() as fact:
            return transferred(state, fact)
        case _:
            return state


def decide(state: ChildView, event: Event, school_age_day: str) -> list[tuple[str, Fact]]:
    """Publish that a child is on the list as soon as there is something to check."""
    if state.opened:
        return []
    after = evolve(state, event, school_age_day)
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


def _at_risk(state: ChildView, event: Event, fact: FamilyAtRisk, school_age_day: str) -> ChildView:
    told = next((each for each in fact.children if each.child_id == state.child_id), None)
    if told is None:
        return state
    of_each = any(each.concerns for each in fact.children)  # before 0.2 there were only those of the whole report
    concerns = told.concerns if of_each else fact.concerns
    district = told.district or fact.district
    known = _told(state, told, fact.family_id, district, concerns).but(at_risk=True)
    return _examined(in_district(known, fact.district), event, school_age_day)


def _told(
    state: ChildView, told: ChildAtRisk, family_id: str, district: str, concerns: tuple[Concern, ...]
) -> ChildView:
    """The view with new facts; being back in school ends school concerns, unless the report repeats them."""
    facts = {name: getattr(told, name) for name in ("birth_month", "sex", "in_school", "working")}
    before = () if told.in_school else state.concerns
    return in_district(state, district).but(
        family_id=family_id,
        concerns=tuple(sorted(SCHOOL_CONCERNS.intersection(concerns).union(before))),
        **{name: value for name, value in facts.items() if value is not None},
    )


def _examined(view: ChildView, event: Event, school_age_day: str) -> ChildView:
    age = age_at(view.birth_month, event.time.date()) if view.birth_month else None
    level = _level(view.birth_month, event.time.year, school_age_day) if view.birth_month else None
    aged = view.but(age=age, level=level)
    if not (checks := checks_for(aged)):
        return aged.but(checks=(), priority=None)
    return aged.but(checks=checks, priority=priority_of(aged), opened=view.opened or event.time)


def _level(birth_month: str, year: int, school_age_day: str) -> SchoolLevel | None:
    month, day = map(int, school_age_day.split("-"))
    return SchoolLevel.for_age(age_at(birth_month, date(year, month, day)))
