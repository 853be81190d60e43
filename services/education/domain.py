"""A view of each child: the school it belongs in, what to check there, and how soon."""

from functools import lru_cache

from pydantic import TypeAdapter

from shared.events import (
    ChildAtRisk,
    ChildNeedsCare,
    Concern,
    EnrolmentCheckOpened,
    Event,
    Fact,
    FamilyAtRisk,
    Frozen,
    SchoolLevel,
    Utc,
    age_at,
    child,
)
from shared.events.vocabulary import Labelled

SCHOOL_CONCERNS = {Concern.SCHOOL_ABSENCE, Concern.SCHOOL_DROPOUT}


class Check(Labelled):
    """What the education officer finds out."""

    AGE = "age", "Edad", "Age"
    OUT_OF_SCHOOL = "out_of_school", "Fuera de la escuela", "Out of school"
    WORKS = "works", "Trabaja", "Works"
    CONTINUITY = "continuity_of_schooling", "Continuidad escolar", "Continuity of schooling"
    ENROLLED = "enrolled", "Matrícula", "Enrolled"
    ATTENDANCE = "attendance", "Asistencia", "Attendance"
    LEVEL_FITS_AGE = "level_fits_age", "Nivel acorde a la edad", "Level fits the age"


class ChildView(Frozen):
    """A child as education sees it. `priority` 1 is first; outside school age there is nothing to check."""

    child_id: str
    family_id: str | None = None
    district: str | None = None
    birth_month: str | None = None
    sex: str | None = None
    in_school: bool | None = None
    working: bool | None = None
    needs_care: bool = False
    concerns: tuple[Concern, ...] = ()
    age: int | None = None
    level: SchoolLevel | None = None
    checks: tuple[Check, ...] = ()
    priority: int | None = None
    opened: Utc | None = None


STATE: TypeAdapter[ChildView] = TypeAdapter(ChildView)


def begin(document_id: str) -> ChildView:
    """The empty view of `child/<id>`."""
    return ChildView(child_id=document_id.partition("/")[2])


@lru_cache(maxsize=16)  # asked by `decide`, which looks ahead, then for the fold itself
def evolve(state: ChildView, event: Event) -> ChildView:
    """The view after the child's family was found at risk, or the child to need care."""
    match event.data:
        case FamilyAtRisk() as fact:
            told = next((each for each in fact.children if each.child_id == state.child_id), None)
            concerns = SCHOOL_CONCERNS.intersection(fact.concerns)
        case ChildNeedsCare() as fact if fact.child_id == state.child_id:
            told, concerns = fact, SCHOOL_CONCERNS.intersection([fact.reason])
        case _:
            return state
    if told is None:
        return state
    return _examined(_heard(state, event, fact, told, concerns), event)


def decide(state: ChildView, event: Event) -> list[tuple[str, Fact]]:
    """Education says that a child is on its list when there first is something to check."""
    if state.opened:
        return []
    after = evolve(state, event)
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
    """What to check for a child of school age, or of unknown age; nothing for anybody else."""
    if view.age is not None and view.level is None:
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
    """1 works and is out of school; 2 one of them, or needs care; 3 something is unknown or missed; 4 the rest."""
    if view.working and view.in_school is False:
        return 1
    if view.working or view.in_school is False or view.needs_care:
        return 2
    return 3 if view.in_school is None or view.age is None or view.concerns else 4


def _heard(
    state: ChildView, event: Event, fact: FamilyAtRisk | ChildNeedsCare, told: ChildAtRisk, concerns: set[Concern]
) -> ChildView:
    facts = {name: getattr(told, name) for name in ("birth_month", "sex", "in_school", "working")}
    return state.but(
        family_id=fact.family_id,
        district=fact.district,
        needs_care=state.needs_care or isinstance(fact, ChildNeedsCare),
        concerns=tuple(sorted(concerns.union(state.concerns))),
        **{name: value for name, value in facts.items() if value is not None},
    )


def _examined(view: ChildView, event: Event) -> ChildView:
    age = age_at(view.birth_month, event.time.date()) if view.birth_month else None
    level = SchoolLevel.for_age(age) if age is not None else None
    aged = view.but(age=age, level=level)
    if not (checks := checks_for(aged)):
        return aged.but(checks=(), priority=None)
    return aged.but(checks=checks, priority=priority_of(aged), opened=view.opened or event.time)
