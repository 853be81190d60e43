"""Small makers of reports, facts and events: say only what the test is about, the rest is an ordinary case."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from shared.events import (
    Caregiver,
    ChildAtRisk,
    ChildNeedsCare,
    Concern,
    Consent,
    EnrolmentCheckOpened,
    Event,
    Fact,
    FamilyAtRisk,
    Household,
    LivesWith,
    NotificationAcknowledged,
    PlacementRequested,
    ReportedChild,
    Reporter,
    ReportSubmitted,
    RiskLevel,
    Role,
    SchoolLevel,
    SupportPlanOpened,
    child,
    family,
)

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
DISTRICT = "060101"

PRIVATE = (
    "Rosa Quispe Mamani",
    "45678912",
    "+51 976 555 123",
    "Jr. Amalia Puga 123",
    "José Huamán Quispe",
    "vecina@correo.example",
    "Oyó gritos anoche.",
)
"""Everything in `named_report` that must never leave intake."""


def at(hours: float = 0) -> datetime:
    """So many hours after a Monday morning in March."""
    return MORNING + timedelta(hours=hours)


def fold(
    begin: Callable[[str], Any], evolve: Callable[[Any, Event], Any], document_id: str, heard: Iterable[Event]
) -> Any:
    """The state of a document that heard these events: each once, in (time, id) order."""
    history = {each.id: each for each in heard}.values()
    return reduce(evolve, sorted(history, key=lambda each: each.place), begin(document_id))


def event(fact: Fact, hours: float = 0, *, learnt: float | None = None, name: str = "", source: str = "/test") -> Event:
    """`fact` as it happened at `hours`, learnt of at `learnt` (the same, if not said)."""
    moment, recorded = at(hours), at(hours if learnt is None else learnt)
    event_id = str(
        uuid5(NAMESPACE_URL, f"{name} {moment} {recorded} {source} {type(fact).__name__} {fact.model_dump_json()}")
    )
    return Event(
        id=event_id,
        source=source,
        type=type(fact).__name__,
        subject=subject_of(fact),
        time=moment,
        recordedtime=recorded,
        correlationid=event_id,
        data=fact,
    )


def subject_of(fact: Fact) -> str:
    """A child's fact is about the child, any other about the family."""
    child_id, family_id = getattr(fact, "child_id", None), getattr(fact, "family_id", "")
    return child(child_id) if child_id else family(family_id)


def reported_child(lives_with: LivesWith = LivesWith.BOTH_PARENTS, **told: Any) -> ReportedChild:
    """A child who lives with both parents."""
    return ReportedChild(lives_with=lives_with, **told)


def report(*concerns: Concern, children: tuple[ReportedChild, ...] | None = None, **told: Any) -> ReportSubmitted:
    """A teacher's report on one child at home, in a family known as `f1`; its children are c1, c2, …"""
    told_children = (reported_child(),) if children is None else children
    ordinary: dict[str, Any] = {
        "report_id": "r1",
        "reported_at": MORNING,
        "reporter": Reporter(role="teacher"),
        "district": DISTRICT,
        "family": Household(),
        "consent": Consent(share_with_partners=True, basis="legal_duty"),
        "family_id": "f1",
        "child_ids": tuple(f"c{number}" for number, _ in enumerate(told_children, 1)),
    }
    return ReportSubmitted(concerns=concerns, children=told_children, **{**ordinary, **told})


def named_report(*concerns: Concern, **told: Any) -> ReportSubmitted:
    """A report full of everything that is private."""
    rosa, document, phone, address, jose, contact, narrative = PRIVATE
    mother = Caregiver(name=rosa, document_number=document, relation="mother", phone=phone)
    ordinary: dict[str, Any] = {
        "reporter": Reporter(role="community", contact=contact),
        "family": Household(id="H-7", caregivers=(mother,), address=address, monthly_income=850, household_size=5),
        "children": (reported_child(LivesWith.MOTHER, name=jose, age_years=9, working=True, in_school=False),),
        "narrative": narrative,
    }
    return report(*concerns, **{**ordinary, **told})


def family_at_risk(*concerns: Concern, level: RiskLevel = RiskLevel.MEDIUM, **told: Any) -> FamilyAtRisk:
    """The family `f1` at medium risk, with one child of primary school age."""
    ordinary: dict[str, Any] = {
        "family_id": "f1",
        "children": (ChildAtRisk(child_id="c1", birth_month="2017-03"),),
        "district": DISTRICT,
        "respond_by": at(72),
    }
    return FamilyAtRisk(concerns=concerns, risk_level=level, **{**ordinary, **told})


def child_needs_care(child_id: str = "c1", *siblings: str, **told: Any) -> ChildNeedsCare:
    """A child of the family `f1`, abandoned."""
    ordinary: dict[str, Any] = {
        "family_id": "f1",
        "reason": Concern.ABANDONMENT,
        "urgency": RiskLevel.HIGH,
        "district": DISTRICT,
        "respond_by": at(24),
    }
    return ChildNeedsCare(child_id=child_id, siblings=siblings, **{**ordinary, **told})


def support_plan_opened(family_id: str = "f1") -> SupportPlanOpened:
    """Care opened a plan."""
    return SupportPlanOpened(family_id=family_id, goals=("in_school",), services=("school_access",), district=DISTRICT)


def placement_requested(child_id: str = "c1", *siblings: str, **told: Any) -> PlacementRequested:
    """Care looks for a home."""
    ordinary: dict[str, Any] = {"family_id": "f1", "urgency": RiskLevel.HIGH, "respond_by": at(24)}
    return PlacementRequested(child_id=child_id, siblings=siblings, district=DISTRICT, **{**ordinary, **told})


def enrolment_check_opened(child_id: str = "c1", **told: Any) -> EnrolmentCheckOpened:
    """Education put a child on its list."""
    ordinary: dict[str, Any] = {"family_id": "f1", "level": SchoolLevel.PRIMARY, "checks": ("enrolled",), "priority": 4}
    return EnrolmentCheckOpened(child_id=child_id, district=DISTRICT, **{**ordinary, **told})


def acknowledged(
    *causes: Event, role: Role = Role.SOCIAL_WORKER, by: str = "staff-7", more: int = 0
) -> NotificationAcknowledged:
    """Somebody in the role has seen the item of `f1`, with these causes shown and so many more counted."""
    return NotificationAcknowledged(
        family_id="f1",
        role=role,
        acknowledged_by=by,
        cause_id=causes[-1].id if causes else "cause",
        causes_seen=len(causes) + more or None,
        shown_ids=tuple(each.id for each in causes) or None,
    )
