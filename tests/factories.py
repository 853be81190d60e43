"""Small makers of reports, facts and events: say only what the test is about, the rest is an ordinary case."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from shared.events import (
    ApproachAgreed,
    CareAssessmentRequested,
    Caregiver,
    CaseInDistricts,
    CaseTransferred,
    ChildAtRisk,
    ChildNeedsCare,
    ChildUpdated,
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
    Response,
    ResponseRecorded,
    RiskLevel,
    RiskReassessed,
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


def child_updated(child_id: str = "c1", **told: Any) -> ChildUpdated:
    """News of a child of the family `f1` who is not at risk by them."""
    return ChildUpdated(child_id=child_id, **{"family_id": "f1", "district": DISTRICT, **told})


def risk_reassessed(level: RiskLevel | None, previous: RiskLevel | None = None, **told: Any) -> RiskReassessed:
    """All that is known of the family `f1` comes to another level."""
    ordinary = {"district": DISTRICT, "respond_by": at(72) if level else None}
    return RiskReassessed(family_id="f1", level=level, previous_level=previous, **{**ordinary, **told})


def in_districts(*districts: str, child_ids: tuple[str, ...] = ("c1",)) -> CaseInDistricts:
    """The case of the family `f1` belongs to several districts."""
    return CaseInDistricts(family_id="f1", child_ids=child_ids, districts=districts)


def transferred(from_district: str, to_district: str, child_ids: tuple[str, ...] = ("c1",)) -> CaseTransferred:
    """A supervisor confirmed that the case of `f1` belongs elsewhere."""
    return CaseTransferred(
        family_id="f1", child_ids=child_ids, from_district=from_district, to_district=to_district, by="s-1"
    )


def support_plan_opened(family_id: str = "f1") -> SupportPlanOpened:
    """Care opened a plan."""
    return SupportPlanOpened(family_id=family_id, goals=("in_school",), services=("school_access",), district=DISTRICT)


def approach_agreed() -> ApproachAgreed:
    """The UPE agrees that the programme goes to the family."""
    return ApproachAgreed(family_id="f1", authority="upe", reference="EXP-7", district=DISTRICT, by="s-1")


def assessment_requested(child_id: str = "c1", **told: Any) -> CareAssessmentRequested:
    """Care has to find out whether a child can stay where it is."""
    ordinary: dict[str, Any] = {"reasons": (Concern.ABANDONMENT,), "urgency": RiskLevel.HIGH, "respond_by": at(24)}
    return CareAssessmentRequested(child_id=child_id, family_id="f1", district=DISTRICT, **{**ordinary, **told})


def placement_requested(child_id: str = "c1", *siblings: str, **told: Any) -> PlacementRequested:
    """Somebody asked for a home."""
    ordinary: dict[str, Any] = {"family_id": "f1", "urgency": RiskLevel.HIGH, "respond_by": at(24), "by": "s-1"}
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


def answered(*causes: Event, role: Role = Role.SOCIAL_WORKER, some: bool = False, more: int = 0) -> ResponseRecorded:
    """Somebody in the role visited the family: that answers these causes, of an item that had so many more."""
    return ResponseRecorded(
        family_id="f1",
        child_ids=("c1",),
        role=role,
        by="staff-7",
        what=Response.VISITED,
        at=at(1),
        cause_ids=tuple(each.id for each in causes) or ("cause",),
        causes_seen=None if some else (len(causes) + more or None),
    )
